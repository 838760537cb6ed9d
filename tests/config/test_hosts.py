"""The host of a relay: a name or an address alone; what else people write there is refused with what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mailer.config.machine import load_config
from mailer.config.relays import Smtp
from mailer.domain.errors import BadInput


@pytest.fixture
def host_of(tmp_path):
    def read(host):
        file = tmp_path / "config.toml"
        file.write_text(f"[smtp]\nhost = '{host}'\n", encoding="utf-8")
        return load_config(file).smtp.host

    return read


@pytest.mark.parametrize(
    "host",
    [
        "relay.example",
        "Relay.Example.",
        "localhost",
        "mail_relay",
        "192.0.2.7",
        "2001:db8::7",
        "fe80::1%eth0",
        "почта.example",
    ],
)
def test_a_name_or_an_address_is_taken_as_it_stands(host_of, host):
    assert host_of(host) == host


def test_an_address_may_stand_in_brackets(host_of, tmp_path):
    assert host_of("[2001:db8::7]") == "2001:db8::7"
    assert load_config(tmp_path / "config.toml").relays[0].smtp.name == "[2001:db8::7]:25"


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("relay.example:587", 'host = "relay.example", port = 587'),
        ("192.0.2.7:25", 'host = "192.0.2.7", port = 25'),
        ("[2001:db8::7]:465", 'host = "2001:db8::7", port = 465'),
        ("smtp://relay.example", 'host = "relay.example"'),
        ("SMTPS://relay.example:465/", 'host = "relay.example", port = 465'),
        ("smtp://club@relay.example:587", 'host = "relay.example", port = 587'),
        (" relay.example ", 'host = "relay.example"'),
        ("relay.example\t", 'host = "relay.example"'),
        (" relay.example : 587", 'host = "relay.example", port = 587'),
    ],
)
def test_what_does_not_belong_to_a_host_is_refused_with_what_to_write(host_of, host, hint):
    with pytest.raises(BadInput) as refused:
        host_of(host)
    assert str(refused.value).endswith(
        f"[smtp] host: found {host!r}; allowed: a host name or an IP address alone; write {hint}"
    )


label = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(
    st.lists(label, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["", "smtp://", "smtps://", "SMTP+STARTTLS://"]),
    st.sampled_from(["", "club@", "club:pass@"]),
    st.sampled_from([None, 25, 465, 587]),
    st.sampled_from(["", "/", " "]),
)
def test_whatever_stands_around_it_the_host_is_recognised(name, scheme, user, port, end):
    text = f"{scheme}{user}{name}{f':{port}' if port else ''}{end}"
    if text == name:
        assert Smtp(host=text, security="starttls").host == name
        return
    with pytest.raises(ValidationError) as refused:
        Smtp(host=text, security="starttls")
    hint = f'; write host = "{name}"{f", port = {port}" if port else ""}'
    assert refused.value.errors()[0]["msg"].endswith(f"an IP address alone{hint}")


@pytest.mark.parametrize("host", ["", " ", "two words", "a.example,b.example", "relay..example", "-x", "club@", "://"])
def test_what_is_no_host_at_all_is_refused(host_of, host):
    with pytest.raises(BadInput, match=r"\[smtp\] host: found .*; allowed: a host name or an IP address alone$"):
        host_of(host)
