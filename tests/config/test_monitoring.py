"""[monitoring]: figures are read on this machine alone, a ping goes by https, and the log has one of two forms."""

import pytest

from mailer.config.machine import load_config
from mailer.domain.errors import BadInput


def monitoring(folder, text=""):
    file = folder / "config.toml"
    file.write_text(f"[monitoring]\n{text}\n", encoding="utf-8")
    return load_config(file).monitoring


def test_as_shipped_nothing_is_told_to_anybody(tmp_path):
    settings = monitoring(tmp_path)
    assert (settings.metrics_listen, settings.ping_url, settings.log_format) == ("", "", "text")


@pytest.mark.parametrize("listen", ["127.0.0.1:9464", "localhost:9464", "[::1]:9464"])
def test_metrics_are_served_to_this_machine(tmp_path, listen):
    assert monitoring(tmp_path, f"metrics_listen = '{listen}'").metrics_listen == listen


@pytest.mark.parametrize("listen", ["0.0.0.0:9464", "192.0.2.1:9464", "monitor.club.example:9464", "[::]:9464", "9464"])
def test_metrics_are_served_to_no_other_machine(tmp_path, listen):
    with pytest.raises(BadInput, match=r"\[monitoring\] metrics_listen"):
        monitoring(tmp_path, f"metrics_listen = '{listen}'")


@pytest.mark.parametrize("url", ["https://hc.example/ping/5e1f", "https://[2001:db8::1]:8443/x?y=z"])
def test_a_ping_goes_by_https(tmp_path, url):
    assert monitoring(tmp_path, f"ping_url = '{url}'").ping_url == url


@pytest.mark.parametrize(
    "url", ["http://hc.example/1", "hc.example", "https://", "https://a b/", "https://h:x/", "file:///x"]
)
def test_no_other_address_is_taken(tmp_path, url):
    with pytest.raises(BadInput, match=r"\[monitoring\] ping_url"):
        monitoring(tmp_path, f"ping_url = '{url}'")


def test_another_form_of_the_log_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"\[monitoring\] log_format"):
        monitoring(tmp_path, "log_format = 'xml'")
