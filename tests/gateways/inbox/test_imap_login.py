"""The login to a mailbox: by a password, or by an OAuth token where the server takes one; what is refused is explained."""

import base64
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.domain.errors import MailerError
from mailer.gateways.inbox.imap import ImapInbox
from mailer.gateways.inbox.imap_settings import ImapSettings
from mailer.gateways.oauth import TokenSource
from tests.certificates import Authority
from tests.scripted_mailbox import Mailbox, scripted

OAUTH_ONLY = b"IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"
BOTH = b"IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2"
KEYS = "imap_oauth_token_file or imap_oauth_token_command of [bounces]"
REFUSAL = base64.b64encode(
    json.dumps({"status": "400", "schemes": "Bearer", "scope": "https://mail.example/"}).encode()
)


@pytest.fixture
def source(tmp_path: Path) -> TokenSource:
    (tmp_path / "token").write_text("ya29.first\n")
    return TokenSource(key="[bounces] imap_oauth_token_file", folder=tmp_path, file=tmp_path / "token")


def count(mailbox: Mailbox, authority: Authority, *, password: str = "", source: TokenSource | None = None) -> int:
    with scripted(mailbox, authority):
        settings = ImapSettings.read(f"{mailbox.url}/INBOX", password, authority.ca_file, source)
        return ImapInbox(settings, lambda: False).count()


def refused(mailbox: Mailbox, authority: Authority, **options: object) -> str:
    with pytest.raises(MailerError) as error:
        count(mailbox, authority, **options)
    assert "secret-123" not in str(error.value)
    assert "ya29" not in str(error.value)
    return str(error.value)


def mailbox(capabilities: bytes, **more: object) -> Mailbox:
    return Mailbox(mails={1: b"Subject: 1\r\n\r\nx\r\n"}, capabilities=capabilities, **more)


@pytest.mark.parametrize("capabilities", [OAUTH_ONLY, BOTH])
def test_a_token_is_shown_where_the_server_takes_one(authority, source, capabilities) -> None:
    server = mailbox(capabilities, token="ya29.first")
    assert count(server, authority, source=source, password="secret-123") == 1
    assert server.words == ["user=bounces\1auth=Bearer ya29.first\1\1"]


def test_the_token_is_read_afresh_for_each_login(authority, source, tmp_path) -> None:
    assert count(mailbox(OAUTH_ONLY, token="ya29.first"), authority, source=source) == 1
    (tmp_path / "token").write_text("ya29.second")
    assert count(mailbox(OAUTH_ONLY, token="ya29.second"), authority, source=source) == 1


def test_a_token_may_come_from_a_command(authority, tmp_path) -> None:
    command = TokenSource(key="k", folder=tmp_path, command=(sys.executable, "-c", "print('ya29.printed')"))
    assert count(mailbox(OAUTH_ONLY, token="ya29.printed"), authority, source=command) == 1


def test_a_refused_token_is_explained(authority, source) -> None:
    server = mailbox(OAUTH_ONLY, token="another", challenge=REFUSAL)
    message = refused(server, authority, source=source)
    assert (
        "refuses the OAuth token of bounces ([AUTHENTICATIONFAILED] Invalid credentials; status 400, scope https://mail.example/)"
        in message
    )
    assert "renew it where [bounces] imap_oauth_token_file gets it" in message
    assert server.words[-1] == ""  # ends the exchange


def test_a_token_that_is_not_there_is_named(authority, source, tmp_path) -> None:
    (tmp_path / "token").unlink()
    message = refused(mailbox(OAUTH_ONLY), authority, source=source)
    assert f"needs a token to log in: [bounces] imap_oauth_token_file: {tmp_path / 'token'} cannot be read" in message


def test_a_server_that_wants_oauth_says_which_keys_to_set(authority) -> None:
    server = mailbox(OAUTH_ONLY)
    assert refused(server, authority, password="secret-123").endswith(
        f"takes no login by a password; it wants OAuth: set {KEYS}"
    )
    assert server.words == []
    assert not server.count("LOGIN")


def test_a_server_without_any_login_is_named(authority) -> None:
    assert "takes no login by a password; ask its provider" in refused(mailbox(b"IMAP4rev1 LOGINDISABLED"), authority)


def test_a_refused_password_names_oauth_where_the_server_takes_it(authority) -> None:
    server = mailbox(BOTH, login=b"NO Basic authentication is disabled")
    message = refused(server, authority, password="secret-123")
    assert "(Basic authentication is disabled)" in message
    assert message.endswith(f"check imap_url and imap_password_file of [bounces], or use OAuth: {KEYS}")


def test_with_a_token_and_a_password_the_password_serves_a_server_without_oauth(authority, source) -> None:
    server = mailbox(b"IMAP4rev1 AUTH=PLAIN")
    assert count(server, authority, source=source, password="secret-123") == 1
    assert server.words == ["\0bounces\0secret-123"]


def test_a_stop_does_not_wait_for_a_command(authority, tmp_path) -> None:
    script = "import signal; signal.pause()"
    hanging = TokenSource(key="k", folder=tmp_path, command=(sys.executable, "-c", script))
    with scripted(mailbox(OAUTH_ONLY), authority) as server:
        settings = ImapSettings.read(f"{server.url}/INBOX", "", authority.ca_file, hanging)
        began = time.monotonic()
        with pytest.raises(MailerError, match="the service stops"):
            ImapInbox(settings, lambda: time.monotonic() - began > 0.5).count()
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("certificate", "sentence"),
    [
        ("expired", r"certificate has expired\); nothing was sent; its operator must renew it"),
        ("for_another_host", r"check imap_url of \[bounces\]: it must be a name in the certificate"),
    ],
)
def test_each_fault_of_a_certificate_has_its_own_remedy(authority, certificate, sentence) -> None:
    faulty = replace(authority, good=getattr(authority, certificate))
    with pytest.raises(MailerError, match=sentence):
        count(mailbox(BOTH), faulty, password="secret-123")
