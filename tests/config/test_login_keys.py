"""How a relay is greeted and logged in to: the keys of [smtp] and [[relay]], and what contradicts itself."""

import pytest

from mailer.config.machine import load_config
from mailer.domain.errors import BadInput
from mailer.gateways.oauth import TokenSource
from mailer.gateways.smtp.settings import Mechanism

PASSWORDS = (Mechanism.PLAIN, Mechanism.LOGIN, Mechanism.CRAM_MD5)


@pytest.fixture
def relay(tmp_path):
    def read(text, section="[smtp]"):
        file = tmp_path / "config.toml"
        file.write_text(f"{section}\n{text}\n", encoding="utf-8")
        return load_config(file).relays[0].smtp

    return read


def test_without_keys_the_relay_and_this_machine_decide(relay):
    smtp = relay("")
    assert (smtp.auth, smtp.token_source, smtp.ehlo_name, smtp.mechanisms) == (None, None, "", PASSWORDS)


@pytest.mark.parametrize("section", ["[smtp]", "[[relay]]"])
def test_a_token_comes_from_a_file(relay, tmp_path, section):
    smtp = relay("username = 'club'\noauth_token_file = 'token'", section)
    place = "[smtp]" if section == "[smtp]" else "[[relay]] 1"
    assert smtp.token_source == TokenSource(key=f"{place} oauth_token_file", folder=tmp_path, file=tmp_path / "token")
    assert smtp.mechanisms == (Mechanism.XOAUTH2,)
    assert tmp_path / "token" in load_config(tmp_path / "config.toml").private_files


def test_a_token_comes_from_a_command(relay, tmp_path):
    smtp = relay("""username = 'club'\nauth = 'xoauth2'\noauth_token_command = 'bin/token --for "the club" $HOME'""")
    command = ("bin/token", "--for", "the club", "$HOME")
    assert smtp.token_source == TokenSource(key="[smtp] oauth_token_command", folder=tmp_path, command=command)


def test_a_password_serves_beside_a_token(relay, monkeypatch):
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", "sesame")
    assert relay("username = 'club'\noauth_token_file = 'token'").mechanisms == (Mechanism.XOAUTH2, *PASSWORDS)


@pytest.mark.parametrize("auth", ["plain", "login"])
def test_a_mechanism_that_is_set_is_the_only_one(relay, auth):
    assert relay(f"username = 'club'\nauth = '{auth}'").mechanisms == (Mechanism(auth),)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("mail.club.example", "mail.club.example"),
        ("vm", "vm"),
        ("[192.0.2.7]", "[192.0.2.7]"),
        ("почта.example", "xn--80a1acny.example"),
    ],
)
def test_the_name_in_ehlo(relay, written, name):
    assert relay(f"ehlo_name = '{written}'").ehlo_name == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("username = 'c'\nauth = 'xoauth2'", 'smtp: auth = "xoauth2" needs oauth_token_file or oauth_token_command'),
        ("username = 'c'\noauth_token_file = 'a'\noauth_token_command = 'b'", "name one of them"),
        ("username = 'c'\nauth = 'plain'\noauth_token_file = 'a'", 'auth = "plain" takes no token'),
        ("auth = 'login'", "smtp: a login needs a username"),
        ("oauth_token_file = 'a'", "smtp: a login needs a username"),
        ("auth = 'cram-md5'", "[smtp] auth: found 'cram-md5'; input should be '', 'plain', 'login' or 'xoauth2'"),
        ("oauth_token_command = '''a \"b'''", "[smtp] oauth_token_command: "),
        ("ehlo_name = 'two words'", "[smtp] ehlo_name: found 'two words'; allowed: the name of this machine, such as"),
        ("ehlo_name = '192.0.2.7'", "or its address in brackets"),
        ("ehlo_name = 'mail_1.club.example'", "[smtp] ehlo_name: "),
        ("ehlo_name = 'mail..example'", "[smtp] ehlo_name: "),
    ],
)
def test_what_contradicts_itself_is_named(relay, text, message):
    with pytest.raises(BadInput) as refused:
        relay(text)
    assert message in str(refused.value)
