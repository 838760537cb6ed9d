"""[monitoring]: figures are read on this machine alone."""

import pytest

from mailer.config.machine import load_config
from mailer.domain.errors import BadInput


def monitoring(folder, text=""):
    file = folder / "config.toml"
    file.write_text(f"[monitoring]\n{text}\n", encoding="utf-8")
    return load_config(file).monitoring


def test_as_shipped_nothing_is_told_to_anybody(tmp_path):
    settings = monitoring(tmp_path)
    assert settings.metrics_listen == ""


@pytest.mark.parametrize("listen", ["127.0.0.1:9464", "localhost:9464", "[::1]:9464"])
def test_metrics_are_served_to_this_machine(tmp_path, listen):
    assert monitoring(tmp_path, f"metrics_listen = '{listen}'").metrics_listen == listen


@pytest.mark.parametrize("listen", ["0.0.0.0:9464", "192.0.2.1:9464", "monitor.club.example:9464", "[::]:9464", "9464"])
def test_metrics_are_served_to_no_other_machine(tmp_path, listen):
    with pytest.raises(BadInput, match=r"\[monitoring\] metrics_listen"):
        monitoring(tmp_path, f"metrics_listen = '{listen}'")
