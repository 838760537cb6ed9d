"""`mailer check` says of each way in whether reports can come by it."""

import asyncio
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from sqlalchemy import update

from mailer.app.scheduler import hold_scheduler
from mailer.app.sender import open_sender
from mailer.checking import checks
from mailer.domain.bounce import RawReport
from mailer.gateways.clock import SystemClock
from mailer.gateways.listener.server import Listener
from mailer.store.schema import owners
from tests.certificates import Authority, an_authority
from tests.club import Club
from tests.servers import free_port

DOMAIN = {"return_path_domain": "bounces.club.example"}


async def admit(recipient: str) -> bool:
    """As this installation's daemon does: it knows the addresses that are signed here."""
    return recipient.startswith("b")


async def admit_none(_recipient: str) -> bool:
    """As that of another installation does."""
    return False


def checked(club: Club, **bounces: object) -> dict[str, tuple[bool, str]]:
    club.settle(bounces=bounces)
    results = checks.check(club.config)
    return {
        result.subject.removeprefix("bounces: "): (result.ok, result.finding)
        for result in results
        if result.subject.startswith("bounces")
    }


def test_check_says_when_nobody_reads_them(club: Club):
    said = "they go to the newsletter's sender address; nobody reads them here"
    assert checked(club) == {"bounces": (True, said)}


def test_check_says_when_they_cannot_get_in(club: Club):
    ((ok, said),) = checked(club, **DOMAIN).values()
    assert not ok
    assert "return_path_domain has no way in: name listen, imap_url or maildir" in said


def test_check_says_what_a_way_in_alone_is_good_for(club: Club):
    found = checked(club, maildir="mail")
    assert found["bounces"] == (True, "without return_path_domain only the Message-ID that a report shows names a copy")
    assert found["maildir"] == (True, "it can be read; 0 mails wait")


def test_check_looks_at_every_way_in(club: Club, authority: Authority):
    files = {f"listen_{what}_file": str(authority.good_file) for what in ("cert", "key")}
    at = f"127.0.0.1:{free_port()}"
    found = checked(club, **DOMAIN, maildir="mail", listen=at, **files)
    assert found == {
        "bounces": (True, "they come to addresses at bounces.club.example"),
        "listener": (True, f"{at}, with STARTTLS; free, the daemon will listen there"),
        "maildir": (True, "it can be read; 0 mails wait"),
    }
    found = checked(club, **DOMAIN, listen=at)
    assert found["listener"] == (True, f"{at}, without STARTTLS; free, the daemon will listen there")


@contextmanager
def a_daemon(club: Club) -> Iterator[None]:
    """Somebody holds the daemon's lease."""
    with club.opened(SystemClock()) as app, open_sender(app) as (_sender, owner):
        assert hold_scheduler(app, owner)
        yield


async def nothing(report: RawReport) -> None:
    raise AssertionError(report)


def test_check_says_when_the_daemon_does_not_listen(club: Club):
    at = f"127.0.0.1:{free_port()}"
    with a_daemon(club):
        found = checked(club, **DOMAIN, listen=at)
    assert found["listener"] == (
        False,
        f"{at}, without STARTTLS: the daemon runs, but does not listen there; see its log",
    )


def test_a_daemon_of_another_machine_need_not_listen_here(club: Club):
    at = f"127.0.0.1:{free_port()}"
    club.settle(bounces={**DOMAIN, "listen": at})
    with a_daemon(club):
        with club.opened(SystemClock()) as app, app.store.transaction() as connection:
            connection.execute(update(owners).values(boot_id="another"))
        found = {result.subject: result for result in checks.check(club.config)}
    assert found["a return path"].ok
    assert found["bounces: listener"].ok
    assert found["bounces: listener"].finding == f"{at}, without STARTTLS; free, the daemon will listen there"


async def test_check_knows_our_listener_from_others(club: Club):
    async with Listener("127.0.0.1", 0, admit=admit, take=nothing) as listener:
        at = f"127.0.0.1:{listener.port}"
        with a_daemon(club):
            ours = await asyncio.to_thread(checked, club, **DOMAIN, listen=at)
        another = await asyncio.to_thread(checked, club, **DOMAIN, listen=at)
    assert ours["listener"] == (True, f"{at}, without STARTTLS; the daemon listens")
    assert another["listener"] == (
        False,
        f"{at}, without STARTTLS: a daemon listens there, but none works for this installation; see the daemon's log",
    )


async def test_check_knows_that_the_daemon_of_another_installation_has_the_port(club: Club):
    async with Listener("127.0.0.1", 0, admit=admit_none, take=nothing) as listener:
        at = f"127.0.0.1:{listener.port}"
        with a_daemon(club):
            ok, said = (await asyncio.to_thread(checked, club, **DOMAIN, listen=at))["listener"]
    assert (ok, "the daemon of another installation listens there; end it, or choose another port in" in said) == (
        False,
        True,
    )


@pytest.mark.parametrize("greets", [True, False])
def test_check_says_that_another_program_has_the_port(club: Club, greets: bool):
    with socket.create_server(("127.0.0.1", 0)) as other:
        at = f"127.0.0.1:{other.getsockname()[1]}"

        def answer() -> None:
            with other.accept()[0] as one:
                if greets:
                    one.sendall(b"220 mx.club.example ESMTP Postfix\r\n")
                else:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # it cuts us off

        answering = Thread(target=answer, daemon=True)
        answering.start()
        ok, said = checked(club, listen=at)["listener"]
        answering.join()
    assert not ok
    assert said.startswith(f"{at}, without STARTTLS: another program listens there; end it, or choose another port")


def test_check_says_when_nobody_can_listen_there(club: Club):
    files = {"listen_cert_file": "cert.pem", "listen_key_file": "key.pem"}
    shutil.copy(an_authority(club.folder).good_file, club.folder / "cert.pem")
    shutil.copy(club.folder / "cert.pem", club.folder / "key.pem")
    ok, said = checked(club, listen="192.0.2.1:2525", **files)["listener"]
    assert not ok
    assert said.startswith("it is not possible to listen at 192.0.2.1:2525 (")


def test_check_says_that_spf_cannot_count_for_a_domain_of_another_name(club: Club):
    found = checked(club, return_path_domain="bounces.other.example", maildir="mail")
    assert found["bounces"] == (
        True,
        (
            "they come to addresses at bounces.other.example; SPF will not align with club.example for DMARC, "
            "only a DKIM signature counts"
        ),
    )
    assert "SPF" not in checked(club, return_path_domain="club.example", maildir="mail")["bounces"][1]


def test_check_names_what_is_wrong_with_a_way_in(club: Club, authority: Authority):
    found = checked(
        club,
        maildir="nowhere",
        listen="127.0.0.1:2525",
        listen_cert_file="none.pem",
        listen_key_file=str(authority.good_file),
        imap_url=f"imaps://b@127.0.0.1:{free_port()}/",
        imap_password_file="password",
    )
    assert [found[what][0] for what in ("bounces", "listener", "imap", "maildir")] == [True, False, False, False]
    assert "none.pem cannot be read" in found["listener"][1]
    assert "broke off at connecting" in found["imap"][1]
    assert f"the Maildir {club.folder / 'nowhere'} does not exist" in found["maildir"][1]


def test_check_asks_for_the_mailbox_s_password(club: Club, monkeypatch: pytest.MonkeyPatch):
    url = f"imaps://b@127.0.0.1:{free_port()}/"
    assert "MAILER_BOUNCES__IMAP_PASSWORD" in checked(club, imap_url=url)["imap"][1]
    monkeypatch.setenv("MAILER_BOUNCES__IMAP_PASSWORD", "sesame")
    assert "broke off at connecting" in checked(club, imap_url=url)["imap"][1]
    monkeypatch.delenv("MAILER_BOUNCES__IMAP_PASSWORD")
    ok, said = checked(club, imap_url=url, imap_password_file="none")["imap"]
    assert not ok
    assert "imap_password_file" in said
