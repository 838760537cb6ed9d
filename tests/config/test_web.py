"""[web]: where the console listens, under which address, and which proxies it believes."""

from ipaddress import ip_network

import pytest

from mailer.config.machine import load_config
from mailer.domain.errors import BadInput


def web(folder, text):
    file = folder / "config.toml"
    file.write_text(f"[web]\n{text}\n", encoding="utf-8")
    return load_config(file).web


def refusal(folder, text):
    with pytest.raises(BadInput) as caught:
        web(folder, text)
    return str(caught.value)


def test_without_the_key_there_is_no_console(tmp_path):
    settings = web(tmp_path, "")
    assert (settings.listen, settings.host, settings.port, settings.address) == ("", "", 0, "")


@pytest.mark.parametrize("listen", ["127.0.0.1:8025", "localhost:80", "[::1]:8025", "127.9.9.9:65535"])
def test_a_loopback_address_needs_nothing_else(tmp_path, listen):
    assert web(tmp_path, f"listen = '{listen}'").listen == listen


@pytest.mark.parametrize("listen", ["0.0.0.0:8025", "[::]:8025", "192.0.2.7:443", "console.club.example:443"])
def test_another_address_needs_tls_or_a_proxy(tmp_path, listen):
    message = refusal(tmp_path, f"listen = '{listen}'")
    assert f"[web] listen: found '{listen}'; without cert_file and key_file, or behind_proxy = true, only a " in message
    assert web(tmp_path, f"listen = '{listen}'\nbehind_proxy = true").listen == listen
    assert web(tmp_path, f"listen = '{listen}'\ncert_file = 'c.pem'\nkey_file = 'k.pem'").listen == listen


@pytest.mark.parametrize(
    "listen", ["8025", "127.0.0.1", ":8025", "127.0.0.1:", "127.0.0.1:0", "h:65536", "http://h:1", "a b:1"]
)
def test_an_address_that_is_none_is_refused(tmp_path, listen):
    assert "[web] listen: " in refusal(tmp_path, f"listen = '{listen}'")
    assert "allowed: a host and a port" in refusal(tmp_path, f"listen = '{listen}'")


@pytest.mark.parametrize(("keys", "key"), [("cert_file = 'c.pem'", "key_file"), ("key_file = 'k.pem'", "key_file")])
def test_certificate_and_key_come_together(tmp_path, keys, key):
    assert f"[web] {key}: " in refusal(tmp_path, f"listen = '0.0.0.0:443'\n{keys}")
    assert len(refusal(tmp_path, keys).splitlines()) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://console.club.example", "https://console.club.example"),
        ("https://Console.Club.example/", "https://console.club.example"),
        ("HTTPS://club.example:443", "https://club.example"),
        ("https://club.example:8443/", "https://club.example:8443"),
        ("https://клуб.example", "https://xn--90ard6a.example"),
        ("http://localhost:8025", "http://localhost:8025"),
        ("http://127.0.0.1:8025", "http://127.0.0.1:8025"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("", ""),
    ],
)
def test_the_public_address_is_read_as_browsers_name_it(tmp_path, written, read):
    assert web(tmp_path, f"public_url = '{written}'").public_url == read


@pytest.mark.parametrize(
    "written",
    [
        "http://club.example",
        "club.example",
        "//club.example",
        "https://",
        "https://club.example/mail",
        "https://club.example?x=1",
        "https://club.example#x",
        "https://user@club.example",
        "https://club.example:https",
        "https://club.example:99999",
        "https://[::1",
        "ftp://club.example",
        "https://club.example\\\\evil.example",
        "https://club example",
        "javascript:alert(1)",
    ],
)
def test_a_public_address_that_is_none_is_refused(tmp_path, written):
    message = refusal(tmp_path, f'public_url = "{written}"')
    assert '[web] public_url: allowed: "https://HOST"' in message


def test_proxies_are_believed_only_where_one_stands_in_front(tmp_path):
    assert web(tmp_path, "trusted_proxies = ['192.0.2.0/24']").proxies == ()
    assert web(tmp_path, "behind_proxy = true").proxies == (ip_network("127.0.0.1"), ip_network("::1"))
    named = web(tmp_path, "behind_proxy = true\ntrusted_proxies = ['192.0.2.0/24', '2001:db8::/64']")
    assert named.proxies == (ip_network("192.0.2.0/24"), ip_network("2001:db8::/64"))
    assert "[web] trusted_proxies: " in refusal(tmp_path, "behind_proxy = true\ntrusted_proxies = []")
    assert "192.0.2.7" in refusal(tmp_path, "trusted_proxies = ['proxy.club.example']")


@pytest.mark.parametrize("key", ["behind_proxy", "require_second"])
def test_what_is_true_or_false_is_written_so(tmp_path, monkeypatch, key):
    assert f"[web] {key}: found 1; " in refusal(tmp_path, f"{key} = 1")
    assert f"[web] {key}: found 'yes'; " in refusal(tmp_path, f"{key} = 'yes'")
    monkeypatch.setenv(f"MAILER_WEB__{key.upper()}", "true")
    assert getattr(web(tmp_path, f"{key} = false"), key) is True
    monkeypatch.setenv(f"MAILER_WEB__{key.upper()}", "yes")
    assert f"MAILER_WEB__{key.upper()}: [web] {key}: found 'yes'; " in refusal(tmp_path, "")


def test_a_list_comes_from_a_variable_too(tmp_path, monkeypatch):
    monkeypatch.setenv("MAILER_WEB__TRUSTED_PROXIES", "192.0.2.7, 192.0.2.8")
    assert web(tmp_path, "").trusted_proxies == ("192.0.2.7/32", "192.0.2.8/32")


@pytest.mark.parametrize(
    ("keys", "address"),
    [
        ("listen = '127.0.0.1:8025'", "http://127.0.0.1:8025"),
        ("listen = '[::1]:8025'", "http://[::1]:8025"),
        ("listen = 'localhost:8025'\npublic_url = 'https://club.example'", "https://club.example"),
        ("listen = '0.0.0.0:8025'\ncert_file = 'c'\nkey_file = 'k'", "https://localhost:8025"),
    ],
)
def test_the_address_is_what_a_person_types_into_a_browser(tmp_path, keys, address):
    assert web(tmp_path, keys).address == address


def test_the_key_is_a_private_file(tmp_path):
    (tmp_path / "config.toml").write_text("[web]\ncert_file = 'c.pem'\nkey_file = 'k.pem'\n")
    private = load_config(tmp_path / "config.toml").private_files
    assert tmp_path / "k.pem" in private
    assert tmp_path / "c.pem" not in private
