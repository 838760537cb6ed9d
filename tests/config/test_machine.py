"""config.toml: every default is the example's, some keys are enough, and an error names file, key, found and allowed."""

import json
import tomllib
from pathlib import Path

import pytest

from mailer.config.machine import Config, load_config
from mailer.domain.address import is_loopback
from mailer.domain.errors import BadInput

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
# What may stand several times has no default; the example shows it in comments.
LISTS = {"relay", "domain"}
# A new installation has a console; a file of an earlier version, which lacks the key, opens no port.
UNLIKE_THE_DEFAULT = {"web": "listen"}


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch):
    monkeypatch.delenv("MAILER_CONFIG", raising=False)


@pytest.fixture
def written(tmp_path):
    def write(text=""):
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def values(config):
    """Every setting, without the file that it came from."""
    return {name: getattr(config, name) for name in Config.model_fields}


def defaults_shown():
    """The example with its defaults: without the keys that it sets to another value."""
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    return {
        section: {key: value for key, value in table.items() if UNLIKE_THE_DEFAULT.get(section) != key}
        for section, table in example.items()
    }


def refused(file):
    with pytest.raises(BadInput) as caught:
        load_config(file)
    return str(caught.value)


def test_every_default_is_that_of_the_example():
    example = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    tables = {name: field for name, field in Config.model_fields.items() if name not in LISTS}
    keys = {name: set(type(field.default).model_fields) for name, field in tables.items()}
    keys["smtp"].remove("password")
    keys["bounces"].remove("imap_password")
    assert {name: set(table) for name, table in example.items()} == keys
    assert values(Config(**defaults_shown())) == values(Config())
    assert [values(Config())[name] for name in LISTS] == [()] * len(LISTS)


def test_the_example_is_valid_and_explains_every_key(written):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert load_config(written(text)).web.listen == "127.0.0.1:8025"
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if "=" in line and not line.startswith("#"):
            assert lines[number - 1].startswith("#"), f"{line} has no comment"


def test_an_empty_file_is_complete(written):
    assert values(load_config(written())) == values(Config())


@pytest.mark.parametrize("section", sorted(set(Config.model_fields) - LISTS))
def test_each_key_of_a_section_may_stand_alone(written, section):
    for key, value in defaults_shown()[section].items():
        shown = json.dumps(value)
        assert values(load_config(written(f"[{section}]\n{key} = {shown}\n"))) == values(Config())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smtp]\nhots = 'x'", "[smtp] hots is not a setting; allowed here: host, port, security, "),
        ("[smtp]\nhots = 'x'", "did you mean host?"),
        (
            "[smpt]\nhost = 'x'",
            "smpt is not a setting; allowed here: paths, database, backup, smtp, relay, domain, delivery, ",
        ),
        ("host = 'x'", "host is not a setting"),
        ("[smtp]\nport = 'smtp'", "[smtp] port: found 'smtp'; input should be a valid integer"),
        ("[smtp]\nport = 0", "[smtp] port: found 0; input should be greater than or equal to 1"),
        ("[smtp]\nport = 65536", "[smtp] port: found 65536; input should be less than or equal to 65535"),
        (
            "[smtp]\nper_minute = 1000001",
            "[smtp] per_minute: found 1000001; allowed: at most 1000000",
        ),
        (
            "[bounces]\nkeep_days = 3650001",
            "[bounces] keep_days: found 3650001; allowed: at most 365000",
        ),
        (
            "[bounces]\nevery = '99999999999999 d'",
            "[bounces] every: found '99999999999999 d'; allowed: at most \"365000 d\"",
        ),
        ("[smtp]\nport = " + "[" * 5000, "its brackets lie too deep in each other"),
        ("[smtp]\nport = true", "[smtp] port: found True; "),
        ("[smtp]\nport = '25'", "[smtp] port: found '25'; "),
        ("[smtp]\nhost = ''", "[smtp] host: found ''; "),
        ("[smtp]\nhost = 7", "[smtp] host: found 7; input should be a valid string"),
        ("[smtp]\nsecurity = 'ssl'", "[smtp] security: found 'ssl'; input should be 'tls', 'starttls' or 'none'"),
        ("[smtp]\nconnections = 0", "[smtp] connections: found 0; "),
        ("[smtp]\nconnections = 1.5", "[smtp] connections: found 1.5; "),
        ("[smtp]\nper_minute = -1", "[smtp] per_minute: found -1; "),
        ("[smtp]\nmessages_per_connection = -1", "[smtp] messages_per_connection: found -1; "),
        ("[smtp]\nwindow = 0", "[smtp] window: found 0; input should be greater than or equal to 1"),
        ("[smtp]\nwindow = 21", "[smtp] window: found 21; input should be less than or equal to 20"),
        ("[smtp]\nnew_relay_per_hour = 0.5", "[smtp] new_relay_per_hour: found 0.5; "),
        ("[smtp]\nname = 'main'", "[smtp] name is not a setting; "),
        ("[smtp]\ntimeout_seconds = 0", "[smtp] timeout_seconds: found 0; "),
        ("[smtp]\ntimeout_seconds = inf", "[smtp] timeout_seconds: found inf; "),
        ("[smtp]\ntimeout_seconds = nan", "[smtp] timeout_seconds: found nan; "),
        ("[delivery]\ngive_up_after_hours = 0", "[delivery] give_up_after_hours: found 0; "),
        ("[delivery]\ngive_up_after_hours = inf", "[delivery] give_up_after_hours: found inf; "),
        ("[delivery]\nretry_minutes = -5", "[delivery] retry_minutes: found -5; "),
        ("[delivery]\non_unknown = 'drop'", "[delivery] on_unknown: found 'drop'; input should be 'ask' or 'resend'"),
        ("[delivery]\nprocesses = 0", "[delivery] processes: found 0; input should be greater than or equal to 1"),
        ("[delivery]\nprocesses = 17", "[delivery] processes: found 17; input should be less than or equal to 16"),
        ("[delivery]\nprocesses = 1.5", "[delivery] processes: found 1.5; "),
        ("[delivery]\nprocesses = '2'", "[delivery] processes: found '2'; "),
        ("[holds]\nissues = 1", "holds is not a setting; "),
        ("[delivery]\nrefusals = 1", "[delivery] refusals is not a setting; "),
        ("smtp = 'x'", "smtp: found 'x'; "),
        ("[[smtp]]\nhost = 'x'", "smtp: "),
        ("[smtp\nhost = 'x'", "is not valid TOML: "),
        ("[smtp]\npassword = 'x'", "[smtp] password: a secret does not belong here; name a file in password_file"),
    ],
)
def test_a_bad_key_is_named_with_what_was_found_and_what_is_allowed(written, text, said):
    file = written(text)
    message = refused(file)
    assert said in message
    assert all(line.startswith(str(file)) for line in message.splitlines())


def test_every_bad_key_is_named_at_once(written):
    message = refused(written("[smtp]\nhots = 'x'\nport = 'y'\n[delivery]\non_unknown = 'z'"))
    assert [key for key in ("hots", "port", "on_unknown") if key in message] == ["hots", "port", "on_unknown"]
    assert len(message.splitlines()) == 3


@pytest.mark.parametrize("host", ["relay.example.org", "192.0.2.1", "2001:db8::1", "127.0.0.1.example.org", "0.0.0.0"])
def test_sending_in_clear_is_for_this_machine_only(written, host):
    message = refused(written(f"[smtp]\nhost = '{host}'\nsecurity = 'none'"))
    assert 'security = "none" is only for a loopback host; use "starttls" or "tls"' in message


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_on_this_machine_it_may_be_in_clear(written, host):
    assert is_loopback(host)
    assert load_config(written(f"[smtp]\nhost = '{host}'\nsecurity = 'none'")).smtp.security == "none"


def test_a_secret_is_never_shown_in_an_error(written, monkeypatch):
    found = refused(written("[database]\nurl = 7\nurl_file = ['postgresql://club:sesame@db.example/x']"))
    assert "sesame" not in found
    assert "sesame" not in refused(written("[smtp]\npassword = 'sesame'"))
    assert "sesame" not in refused(written("[[smtp]]\npassword = 'sesame'"))
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", "sesame")
    assert "sesame" not in repr(load_config(written()))


@pytest.mark.parametrize(("content", "said"), [(None, "is not there"), (b"\xff\xfe[smtp]", "is not UTF-8")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content, said):
    file = tmp_path / "config.toml"
    if content is not None:
        file.write_bytes(content)
    message = refused(file)
    assert str(file) in message
    assert said in message
    assert "cannot be read" in refused(tmp_path)


# --- the environment --------------------------------------------------------------------------------------------------


def test_a_variable_wins_over_the_file(written, monkeypatch):
    monkeypatch.setenv("MAILER_SMTP__HOST", "relay.example.org")
    monkeypatch.setenv("MAILER_SMTP__PORT", "587")
    monkeypatch.setenv("mailer_delivery__give_up_after_hours", "12")
    config = load_config(written("[smtp]\nhost = 'other.example.org'\nusername = 'club'"))
    assert (config.smtp.host, config.smtp.port, config.smtp.username) == ("relay.example.org", 587, "club")
    assert config.delivery.give_up_after_hours == 12


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "MAILER_SMPT__HOST",
            "x",
            "the environment variable MAILER_SMPT__HOST is not a setting; allowed: MAILER_CONFIG, ",
        ),
        ("MAILER_HOST", "x", "the environment variable MAILER_HOST is not a setting"),
        ("MAILER_SMTP__HOTS", "x", "[smtp] hots is not a setting; allowed here: host, "),
        ("MAILER_SMTP__PORT", "smtp", "[smtp] port: found 'smtp'; "),
        ("MAILER_SMTP__SECURITY", "ssl", "[smtp] security: found 'ssl'; "),
        ("MAILER_SMTP", "relay.example.org", "MAILER_"),
        ("MAILER_SMTP_HOST", "x", "MAILER_SMTP_HOST is not a setting"),
    ],
)
def test_a_bad_variable_is_named(written, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    message = refused(written())
    assert said in message
    assert name in message


def test_a_variable_cannot_open_the_wire(written, monkeypatch):
    monkeypatch.setenv("MAILER_SMTP__SECURITY", "none")
    monkeypatch.setenv("MAILER_SMTP__HOST", "relay.example.org")
    assert "only for a loopback host" in refused(written())


def test_no_env_file_is_read(written, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("MAILER_SMTP__HOST=relay.example.org\n")
    monkeypatch.chdir(tmp_path)
    assert load_config(written()).smtp.host == "127.0.0.1"


# --- paths and secrets ------------------------------------------------------------------------------------------------


def test_relative_paths_count_from_the_file_wherever_we_stand(written, tmp_path, monkeypatch):
    file = written("[paths]\ntemplates = 'look'")
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    config = load_config(Path("..") / file.name)
    assert config.folder == tmp_path
    assert config.path(config.paths.templates) == tmp_path / "look"
    assert config.path(config.secrets.key_file) == tmp_path / "mailer.key"
    assert config.path("/srv/look") == Path("/srv/look")


def test_a_password_comes_from_its_file_or_from_the_environment(written, tmp_path, monkeypatch):
    (tmp_path / "smtp.password").write_text(" open sesame \n")
    file = written("[smtp]\npassword_file = 'smtp.password'")
    assert load_config(file).relays[0].smtp.password == " open sesame "
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", "abracadabra")
    assert load_config(file).relays[0].smtp.password == "abracadabra"


def test_the_url_comes_from_its_file(written, tmp_path):
    assert load_config(written()).database_url == "sqlite:///mailer.db"
    (tmp_path / "url").write_text("postgresql+psycopg://club:sesame@db.example/club\n")
    config = load_config(written("[database]\nurl = 'sqlite:///other.db'\nurl_file = 'url'"))
    assert config.database_url == "postgresql+psycopg://club:sesame@db.example/club"


@pytest.mark.parametrize(
    ("text", "ask", "key"),
    [
        ("[database]\nurl_file = 'gone'", "database_url", "[database] url_file"),
        ("[smtp]\npassword_file = 'gone'", "relays", "[smtp] password_file"),
        ("[[relay]]\n[[relay]]\nname = 'b'\npassword_file = 'gone'", "relays", "[[relay]] 2 password_file"),
    ],
)
def test_a_secret_file_that_is_missing_is_named(written, tmp_path, text, ask, key):
    config = load_config(written(text))
    with pytest.raises(BadInput) as caught:
        getattr(config, ask)
    assert f"{config.file}: {key}: {tmp_path / 'gone'} cannot be read" in str(caught.value)
