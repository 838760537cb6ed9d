"""Dovecot as a mailbox that takes OAuth tokens and no passwords; it asks a provider, made up here, whom a token is for."""

import json
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mailer.domain.errors import MailerError
from mailer.gateways.inbox.imap import ImapInbox
from mailer.gateways.inbox.imap_settings import ImapSettings
from mailer.gateways.oauth import TokenSource
from tests.certificates import Authority
from tests.dovecot import USER, Dovecot, absent, running

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(absent()), reason=f"{absent()}: run sh tests/real/install as root"),
]

MANNER = """
auth_mechanisms = xoauth2
imap_capability = +LOGINDISABLED
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {provider}
}}
"""
PROVIDER = """
tokeninfo_url = http://127.0.0.1:{port}/?token=
introspection_mode = auth
username_attribute = email
"""


class Provider(BaseHTTPRequestHandler):
    """Knows one token."""

    def do_GET(self) -> None:
        valid = urlsplit(self.path).query == "token=ya29.good"
        body = json.dumps({"email": USER} if valid else {"error": "invalid_token"}).encode()
        self.send_response(200 if valid else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Dovecot's processes, without the rights of root, can read."""
    with tempfile.TemporaryDirectory(prefix="club-mailer-provider-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def dovecot(authority: Authority, folder: Path) -> Iterator[Dovecot]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        (folder / "provider").write_text(PROVIDER.format(port=server.server_port))
        try:
            with running(authority, more=MANNER.format(provider=folder / "provider")) as its:
                yield its
        finally:
            server.shutdown()
            serving.join()


def inbox(dovecot: Dovecot, authority: Authority, source: TokenSource | None) -> ImapInbox:
    return ImapInbox(ImapSettings.read(f"{dovecot.url}/INBOX", "", authority.ca_file, source))


def test_a_good_token_logs_in_and_a_bad_one_is_explained(dovecot: Dovecot, authority: Authority, folder: Path):
    source = TokenSource(key="[bounces] imap_oauth_token_file", folder=folder, file=folder / "token")
    (folder / "token").write_text("ya29.good\n")
    assert inbox(dovecot, authority, source).count() == 0
    (folder / "token").write_text("ya29.bad\n")
    with pytest.raises(MailerError, match=rf"refuses the OAuth token of {USER} \(.*; status 401") as refused:
        inbox(dovecot, authority, source).count()
    assert "ya29" not in str(refused.value)


def test_without_a_token_the_keys_are_named(dovecot: Dovecot, authority: Authority):
    with pytest.raises(MailerError, match=r"it wants OAuth: set imap_oauth_token_file or"):
        inbox(dovecot, authority, None).count()
