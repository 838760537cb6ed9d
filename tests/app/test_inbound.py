"""The ways in are those of the settings, and what cannot be used is named."""

import ssl
from pathlib import Path

import aiosmtplib
import pytest

from mailer.app import inbound
from mailer.domain.bounce import RawReport, Way
from mailer.domain.errors import BadInput
from tests.certificates import Authority
from tests.club import Club
from tests.servers import free_port

DOMAIN = {"return_path_domain": "bounces.club.example"}


@pytest.fixture
def club(tmp_path: Path) -> Club:
    club = Club.found(tmp_path / "club")
    (club.folder / "mail" / "new").mkdir(parents=True)
    (club.folder / "password").write_text("sesame\n")
    return club


async def admit(recipient: str) -> bool:
    return recipient.startswith("b-")


def test_without_settings_nothing_is_read(club: Club):
    async def take(report: RawReport) -> None:
        raise AssertionError(report)

    with club.opened() as app:
        assert inbound.listener(app, admit, take) is None
        assert inbound.certificate(app) is None
        assert inbound.inboxes(app) == []


@pytest.mark.parametrize("secured", [False, True])
async def test_the_listener_is_where_the_settings_say(club: Club, authority: Authority, secured: bool):
    port, kept = free_port(), []
    certificate = {f"listen_{what}_file": str(authority.good_file) for what in ("cert", "key")} if secured else {}
    club.settle(bounces={"listen": f"127.0.0.1:{port}", **certificate})

    async def take(report: RawReport) -> None:
        kept.append(report)

    with club.opened() as app:
        listener = inbound.listener(app, admit, take)
        assert listener is not None
        async with listener:
            trust = ssl.create_default_context(cafile=authority.ca_file)
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=secured, tls_context=trust) as client:
                await client.sendmail("", ["b-x@bounces.club.example"], b"x\r\n")
    assert [(one.recipient, one.way) for one in kept] == [("b-x@bounces.club.example", Way.LISTENER)]


def test_who_comes_from_elsewhere_must_use_starttls(club: Club, authority: Authority):
    port = free_port()
    files = {f"listen_{what}_file": str(authority.good_file) for what in ("cert", "key")}
    club.settle(bounces={"listen": f"0.0.0.0:{port}", **files})

    async def take(report: RawReport) -> None:
        raise AssertionError(report)

    with club.opened() as app:
        # Nothing is opened to others in a test: only what it would ask for is looked at.
        listener = inbound.listener(app, admit, take)
    assert listener is not None
    assert listener._require_starttls


def test_the_inboxes_are_those_of_the_settings(club: Club, authority: Authority):
    club.settle(
        bounces={
            "maildir": "mail",
            "imap_url": "imaps://bounces@127.0.0.1/Back",
            "imap_password_file": "password",
            "imap_ca_file": str(authority.ca_file),
        }
    )
    with club.opened() as app:
        imap, maildir = inbound.inboxes(app)
    assert (imap.way, maildir.way) == (Way.IMAP, Way.MAILDIR)
    assert (imap._settings.folder, imap._settings.password) == ("Back", "sesame")
    assert maildir.count() == 0


def test_a_maildir_that_somebody_names_is_read_whole(club: Club):
    (club.folder / "mail" / "cur").mkdir()
    (club.folder / "mail" / "cur" / "1.x:2,S").write_bytes(b"x")
    assert inbound.maildir(club.folder / "mail").count() == 1


def test_what_cannot_be_used_is_named(club: Club, authority: Authority):
    club.settle(bounces={"imap_url": "imaps://b@127.0.0.1/", "imap_password_file": "none"})
    with club.opened() as app, pytest.raises(BadInput, match="imap_password_file"):
        inbound.inboxes(app)
    club.settle(bounces={"listen": "127.0.0.1:2525", "listen_cert_file": "none", "listen_key_file": "none"})
    with club.opened() as app, pytest.raises(BadInput, match="listen_cert_file"):
        inbound.certificate(app)
