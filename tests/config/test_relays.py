"""[[relay]], [[domain]] and [dkim]: one relay or several, named once, and every mistake said with its table and key."""

import re
import tomllib
from pathlib import Path

import pytest

from mailer.config.machine import load_config
from mailer.config.relays import DomainTable, RelaySettings, RelayTable
from mailer.domain.errors import BadInput
from mailer.domain.pacing import RelayLimit
from mailer.gateways.smtp.settings import Security, SmtpSettings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


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


@pytest.fixture
def read(written):
    return lambda text="": load_config(written(text))


def refused(file):
    with pytest.raises(BadInput) as caught:
        load_config(file)
    return str(caught.value)


# --- relays -----------------------------------------------------------------------------------------------------------


def test_smtp_alone_is_one_relay_named_by_its_host(read, tmp_path):
    [relay] = read("[smtp]\nhost = 'Relay.Club.Example'\nca_file = 'ca.pem'\nwindow = 9").relays
    assert (relay.name, relay.smtp.host, relay.limit.weight, relay.smtp.section) == (
        "relay.club.example",
        "Relay.Club.Example",
        1,
        "[smtp]",
    )
    assert (relay.smtp.ca_file, relay.smtp.window, relay.smtp.password) == (tmp_path / "ca.pem", 9, "")


def test_nothing_at_all_is_one_relay_too(read):
    [relay] = read().relays
    assert (relay.name, relay.smtp.port, relay.connections, relay.smtp.ca_file) == ("127.0.0.1", 25, 4, None)
    assert (relay.smtp.messages_per_connection, relay.smtp.window, relay.limit.new_relay_per_hour) == (0, 4, 0)


def test_several_relays_stand_in_the_order_of_the_file(read, tmp_path):
    (tmp_path / "a.password").write_text("sesame\n")
    config = read("""
        [[relay]]
        name = "main"
        weight = 3
        host = "relay.club.example"
        port = 587
        security = "starttls"
        username = "club"
        password_file = "a.password"
        ca_file = "ca.pem"
        connections = 2
        messages_per_connection = 100
        window = 1
        per_minute = 600
        new_relay_per_hour = 50
        timeout_seconds = 30
        final_timeout_seconds = 300
        [[relay]]
        weight = 0
        host = "relay.example.org"
    """)
    main, spare = config.relays
    assert main == RelaySettings(
        name="main",
        connections=2,
        limit=RelayLimit(per_minute=600, new_relay_per_hour=50, weight=3),
        smtp=SmtpSettings(
            section="[[relay]] 1",
            host="relay.club.example",
            port=587,
            security=Security.STARTTLS,
            username="club",
            password="sesame",
            ca_file=tmp_path / "ca.pem",
            messages_per_connection=100,
            window=1,
            timeout_seconds=30,
            final_timeout_seconds=300,
        ),
    )
    assert (spare.name, spare.smtp.section, spare.limit.weight, spare.smtp.port) == (
        "relay.example.org",
        "[[relay]] 2",
        0,
        25,
    )
    assert "sesame" not in repr(config.relays)
    assert tmp_path / "a.password" in config.private_files


def test_an_empty_list_is_no_relay(read):
    assert [relay.smtp.section for relay in read("relay = []\n[smtp]\nport = 26").relays] == ["[smtp]"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smtp]\n[[relay]]\n", "[smtp] stands beside [[relay]]; name the relay in one place"),
        ("[[relay]]\n[[relay]]\nport = 'x'", "[[relay]] 2 port: found 'x'; input should be a valid integer"),
        ("[[relay]]\nhots = 'x'", "[[relay]] 1 hots is not a setting; allowed here: host, port, "),
        ("[[relay]]\nhots = 'x'", "did you mean host?"),
        ("[[relay]]\nweight = -1", "[[relay]] 1 weight: found -1; "),
        ("[[relay]]\nweight = 0.5", "[[relay]] 1 weight: found 0.5; "),
        ("[[relay]]\nname = 'The main one'", "[[relay]] 1 name: found 'The main one'; allowed: small letters, digits"),
        (
            "[[relay]]\nhost = 'a.example'\n[[relay]]\nhost = 'A.example'",
            "[[relay]] 2 name: found 'a.example', as in [[relay]] 1; each needs its own",
        ),
        ("[[relay]]\nname = 'localhost'\n[[relay]]\nhost = 'localhost'", "[[relay]] 2 name: found 'localhost', as in "),
        (
            "[[relay]]\nhost = 'a.example'\nsecurity = 'none'",
            '[[relay]] 1: security = "none" is only for a loopback host; use "starttls" or "tls"',
        ),
        (
            "[[relay]]\n[[relay]]\npassword = 'sesame'",
            "[[relay]] 2 password: a secret does not belong here; name a file in password_file",
        ),
        ("[relay]\npassword = 'sesame'", "relay: found [relay]; write [[relay]], there may be several"),
        ("relay = 'x'", "relay: found 'x'; "),
        ("relay = ['x']", "[[relay]] 1: found 'x'; "),
        ("relay = [{password = 'sesame'}, 7]", "[[relay]] 1 password: a secret does not belong here"),
    ],
)
def test_a_relay_that_is_wrong_is_named(written, text, said):
    file = written(text)
    message = refused(file)
    assert said in message
    assert "sesame" not in message
    assert all(line.startswith(f"{file}: ") for line in message.splitlines())


# --- the environment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["MAILER_RELAY__1__HOST", "MAILER_RELAY", "mailer_relay__host"])
def test_a_list_is_not_set_by_a_variable(written, monkeypatch, name):
    monkeypatch.setenv(name, "x")
    message = refused(written())
    assert f"the environment variable {name} is not a setting: each [[relay]] is set in config.toml only" in message


def test_other_variables_do_not_offer_a_list(written, monkeypatch):
    monkeypatch.setenv("MAILER_RELAYS__HOST", "x")
    message = refused(written())
    assert (
        "allowed: MAILER_CONFIG, MAILER_BACKUP__…, MAILER_BOUNCES__…, MAILER_DATABASE__…, MAILER_DELIVERY__…, MAILER_DKIM__…, MAILER_MONITORING__…, MAILER_NOTIFY__…"
        in message
    )
    assert "MAILER_RELAY__" not in message


def test_a_variable_for_smtp_names_no_second_relay(written, monkeypatch):
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", "sesame")
    file = written("[[relay]]\n")
    message = refused(file)
    assert (
        message
        == f"the environment variable MAILER_SMTP__PASSWORD is for [smtp], but {file} names its relays in [[relay]]"
    )


def test_a_number_of_a_variable_is_read_as_one(read, monkeypatch):
    monkeypatch.setenv("MAILER_SMTP__WINDOW", "7")
    monkeypatch.setenv("MAILER_DELIVERY__RETRY_MINUTES", "0.25")
    config = read()
    assert (config.relays[0].smtp.window, config.delivery.retry_minutes) == (7, 0.25)


# --- domains ----------------------------------------------------------------------------------------------------------


def test_a_domain_has_its_limits(read):
    assert read().domain == ()
    first, second = read(
        "[[domain]]\nname = 'Gmail.COM'\nper_minute = 60\nconnections = 2\n[[domain]]\nname = 'почта.example'"
    ).domain
    assert (first.name, first.per_minute, first.connections) == ("gmail.com", 60, 2)
    assert (second.name, second.per_minute, second.connections) == ("xn--80a1acny.example", 0, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[domain]]\nper_minute = 5", "[[domain]] 1 name: field required"),
        ("[[domain]]\nname = ''", "[[domain]] 1 name: found ''; allowed: a domain such as"),
        ("[[domain]]\nname = 'a@gmail.com'", "[[domain]] 1 name: found 'a@gmail.com'; allowed: a domain such as"),
        ("[[domain]]\nname = 'gmail'", "[[domain]] 1 name: found 'gmail'; allowed: a domain such as"),
        ("[[domain]]\nname = '*.example'", "[[domain]] 1 name: found '*.example'; "),
        ("[[domain]]\nname = 'a.example'\nper_minute = -1", "[[domain]] 1 per_minute: found -1; "),
        ("[[domain]]\nname = 'a.example'\nconnections = 1.5", "[[domain]] 1 connections: found 1.5; "),
        ("[[domain]]\nname = 'a.example'\nweight = 1", "[[domain]] 1 weight is not a setting; allowed here: name, "),
        (
            "[[domain]]\nname = 'a.example'\n[[domain]]\nname = 'b.example'\n[[domain]]\nname = 'A.Example'",
            "[[domain]] 3 name: found 'a.example', as in [[domain]] 1; each needs its own",
        ),
        ("[domain]\nname = 'a.example'", "domain: found [domain]; write [[domain]], there may be several"),
    ],
)
def test_a_domain_that_is_wrong_is_named(written, text, said):
    file = written(text)
    message = refused(file)
    assert said in message
    assert message.startswith(f"{file}: ")


# --- signing ----------------------------------------------------------------------------------------------------------

RSA = "domain = 'Club.Example'\nselector = 'a2018'\nkey_file = 'rsa.pem'\n"


def test_signing_takes_one_key_or_two(read, tmp_path):
    assert read().dkim.domain == ""
    one = read(f"[dkim]\n{RSA}")
    assert (one.dkim.domain, one.dkim.selector, one.path(one.dkim.key_file)) == (
        "club.example",
        "a2018",
        tmp_path / "rsa.pem",
    )
    both = read(f"[dkim]\n{RSA}ed25519_selector = 'e2018.mail'\ned25519_key_file = 'ed.pem'")
    assert both.dkim.ed25519_selector == "e2018.mail"
    assert both.private_files == tuple(tmp_path / name for name in ("config.toml", "mailer.key", "rsa.pem", "ed.pem"))


def test_without_a_domain_the_keys_may_stay(read):
    assert read("[dkim]\nselector = 'a2018'\nkey_file = 'rsa.pem'").dkim.domain == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("domain = 'a.example'\nkey_file = 'x'", "[dkim] selector: found ''; [dkim] domain needs it"),
        ("domain = 'a.example'\nselector = 'x'", "[dkim] key_file: found ''; [dkim] domain needs it"),
        ("domain = 'a b'", "[dkim] domain: found 'a b'; allowed: a domain such as"),
        ("selector = 'a b'", "[dkim] selector: found 'a b'; allowed: letters, digits, hyphens and dots"),
        ("selector = '.a'", "[dkim] selector: found '.a'; "),
        (
            f"{RSA}ed25519_selector = 'x'",
            "[dkim] ed25519_key_file: found ''; ed25519_selector and ed25519_key_file come",
        ),
        (f"{RSA}ed25519_key_file = 'x'", "[dkim] ed25519_key_file: found 'x'; ed25519_selector and ed25519_key_file "),
        (
            f"{RSA}ed25519_selector = 'A2018'\ned25519_key_file = 'x'",
            "[dkim] ed25519_selector: found 'A2018'; each key needs a selector of its own",
        ),
        ("key = 'x'", "[dkim] key is not a setting; allowed here: domain, selector, key_file, "),
    ],
)
def test_a_signature_that_cannot_be_made_is_named(written, text, said):
    file = written(f"[dkim]\n{text}")
    message = refused(file)
    assert said in message
    assert all(line.startswith(f"{file}: ") for line in message.splitlines())


# --- the example ------------------------------------------------------------------------------------------------------


def test_the_lists_of_the_example_are_valid_and_explained(read, tmp_path):
    (tmp_path / "main.password").write_text("sesame\n")
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    shown = "\n".join(line[1:] for line in lines if re.match(r"#($|\S)", line))
    config = read(shown)
    assert [(relay.name, relay.limit.weight) for relay in config.relays] == [("main", 3), ("spare", 0)]
    tables = tomllib.loads(shown)
    assert set(DomainTable.model_fields) == set(tables["domain"][0])
    assert set(tables["relay"][0]) <= set(RelayTable.model_fields)
    for key in ("name", "weight"):
        place = next(number for number, line in enumerate(lines) if line.startswith(f"#{key} ="))
        assert lines[place - 1].startswith("# ")
