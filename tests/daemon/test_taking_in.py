"""The daemon takes in what comes back: by SMTP, from a Maildir; it goes on where it cannot, and stops without losing any."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import aiosmtplib
import pytest

from mailer.app import inbound
from mailer.app import installation as composition
from mailer.app.installation import App
from mailer.app.sender import open_sender
from mailer.daemon import Daemon, Pace
from mailer.domain.bounce import RawReport, Way
from mailer.domain.delivery import Delivery, State
from mailer.domain.ports import Clock
from mailer.gateways.clock import SystemClock
from mailer.pipeline.bounces import ingest
from mailer.pipeline.mailings.deliveries import delivery_history
from mailer.store import reports
from tests.away import lost
from tests.certificates import Authority
from tests.club import THURSDAY, Club, begin, copies, members, states
from tests.doubles import FrozenClock
from tests.reported import DOMAIN, bounce, path_of
from tests.scripted_mailbox import Mailbox, scripted
from tests.scripted_relay import Sink
from tests.servers import free_port

PATIENCE = 30  # seconds; what is waited for takes a moment
QUICK = Pace(tick=0.05, idle=0.01)


@pytest.fixture
def clock() -> SystemClock:
    """The true one: a daemon that runs is woken by it."""
    return SystemClock()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def club(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Club:
    monkeypatch.setattr(composition, "STILL", 0.0)  # nobody writes into the folder meanwhile
    return Club.found(tmp_path)


@contextmanager
def a_daemon(club: Club, clock: Clock, relay: Sink, **bounces: object) -> Iterator[Daemon]:
    """A daemon whose issue is about to leave to three people."""
    club.settle(smtp={"port": relay.port}, bounces={"return_path_domain": DOMAIN, **bounces})
    with club.opened(clock, who="daemon") as app, open_sender(app) as (sender, owner):
        begin(app, members(3))
        yield Daemon(app=app, sender=sender, owner=owner, pace=QUICK)


@asynccontextmanager
async def at_work(daemon: Daemon) -> AsyncIterator[None]:
    """It runs; at the end it has stopped as by SIGTERM, and everybody has the issue."""
    run = asyncio.create_task(daemon.run())
    try:
        await until(lambda: all(one.attempts for one in copies(daemon.app).values()))
        yield
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(run, PATIENCE)
    assert states(daemon.app).get("sending") is None


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as relay:
        yield relay


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():  # noqa: ASYNC110  (what is waited for is the outside world's)
            await asyncio.sleep(0.005)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def a_bounce(app: App, person: str = "P001") -> tuple[str, bytes, Delivery]:
    copy = copies(app)[person]
    path = path_of(app, copy)
    return path, bounce(path, copy.address, message_id=copy.message_id), copy


async def hand_over(port: int, path: str, content: bytes, sender: str = "") -> str:
    """As the club's mail server brings it; returns what it is told."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        _, said = await client.sendmail(sender, [path], content)
        return said


def ways(daemon: Daemon) -> inbound.WaysIn:
    return inbound.WaysIn(app=lambda: daemon.app, sender=daemon.sender, leads=daemon._leads, reloaded=daemon._reloaded)


def found(app: App, copy: Delivery) -> State:
    return delivery_history(app.context, copy.id).delivery.state


# --- by SMTP ----------------------------------------------------------------------------------------------------------


async def test_a_bounce_by_smtp_finds_its_copy_and_a_bad_token_is_refused(
    club: Club, clock: SystemClock, port: int, sink: Sink
) -> None:
    with a_daemon(club, clock, sink, listen=f"127.0.0.1:{port}") as daemon:
        async with at_work(daemon):
            await until(lambda: listens(port))
            path, content, copy = a_bounce(daemon.app)
            assert "Report stored" in await hand_over(port, path, content)
            assert found(daemon.app, copy) is State.BOUNCED
            forged = path[:-1].replace(path[3], "a" if path[3] != "a" else "b", 1) + path[-1]
            for bad in (forged, path.replace("b", "u", 1), f"bounces@{DOMAIN}", "letter@club.example"):
                with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
                    await hand_over(port, bad, content)
                [said] = refused.value.recipients
                assert said.code == 550
            assert "Report stored" in await hand_over(port, path, content)  # once more: it is known
            assert len(ingest.listing(daemon.app.context, every=True)) == 1
        assert not listens(port)


async def test_the_empty_sender_of_the_envelope_tells_a_report_from_a_letter(
    club: Club, clock: SystemClock, port: int, sink: Sink
) -> None:
    text = "From: Post room <post@members.example>\r\nSubject: Your mail\r\n\r\n{}: 550 5.1.1 No such user here\r\n"
    with a_daemon(club, clock, sink, listen=f"127.0.0.1:{port}") as daemon:
        async with at_work(daemon):
            await until(lambda: listens(port))
            by_letter, by_report = copies(daemon.app)["P001"], copies(daemon.app)["P002"]
            await hand_over(
                port,
                path_of(daemon.app, by_letter),
                text.format(by_letter.address).encode(),
                sender="post@members.example",
            )
            await hand_over(port, path_of(daemon.app, by_report), text.format(by_report.address).encode())
            assert found(daemon.app, by_letter) is State.ACCEPTED
            assert found(daemon.app, by_report) is State.BOUNCED


async def test_where_the_port_is_taken_copies_leave_all_the_same_and_it_is_tried_again(
    club: Club, clock: SystemClock, port: int, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    with a_daemon(club, clock, sink, listen=f"127.0.0.1:{port}") as daemon:
        taken = socket.create_server(("127.0.0.1", port))
        async with at_work(daemon):
            await until(lambda: "listening for return paths failed" in caplog.text)
            assert f"not possible to listen at 127.0.0.1:{port}" in caplog.text
            assert len(sink.received) == 3
            taken.close()
            os.kill(os.getpid(), signal.SIGHUP)  # else in five minutes
            await until(lambda: listens(port))
            path, content, copy = a_bounce(daemon.app)
            await hand_over(port, path, content)
            assert found(daemon.app, copy) is State.BOUNCED


async def test_what_nobody_foresaw_in_the_listener_is_tried_again_too(
    club: Club,
    clock: SystemClock,
    port: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    sink: Sink,
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(inbound, "listener", broken)

    with a_daemon(club, clock, sink, listen=f"127.0.0.1:{port}") as daemon:
        async with at_work(daemon):
            await until(lambda: "nobody foresaw this" in caplog.text)
            monkeypatch.undo()
            daemon.reload()
            await until(lambda: listens(port))


async def test_sighup_leaves_the_listener_where_it_is(
    club: Club, clock: SystemClock, port: int, caplog, sink: Sink
) -> None:
    caplog.set_level("INFO")

    with a_daemon(club, clock, sink, listen=f"127.0.0.1:{port}") as daemon:
        async with at_work(daemon):
            await until(lambda: listens(port))
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
                before = daemon.app
                os.kill(os.getpid(), signal.SIGHUP)
                await until(lambda: daemon.app is not before)
                path, content, copy = a_bounce(daemon.app)
                await client.sendmail("", [path], content)  # by the connection of before
            assert found(daemon.app, copy) is State.BOUNCED
            assert caplog.text.count("listening for") == 1


async def test_what_is_being_taken_when_it_stops_is_kept_and_answered_for(
    club: Club, clock: SystemClock, port: int, sink: Sink
) -> None:
    with a_daemon(club, clock, sink, listen=f"127.0.0.1:{port}") as daemon:
        async with at_work(daemon):
            await until(lambda: listens(port))
            path, content, copy = a_bounce(daemon.app)
            half = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
            await half.connect()
            await half.mail("")
            await half.rcpt(path)
            with daemon.app.store.transaction():  # somebody else writes: the report must wait
                taking = asyncio.create_task(hand_over(port, path, content))
                await until(lambda: any("ReportHandler._store" in str(task.get_coro()) for task in asyncio.all_tasks()))
                daemon.sender.stop()
                await until(lambda: not listens(port))
                assert not taking.done()
            assert "Report stored" in await asyncio.wait_for(taking, PATIENCE)
            with pytest.raises((aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPResponseException)):
                await half.data(content)  # that one comes again
            half.close()
            assert found(daemon.app, copy) is State.BOUNCED


# --- from a Maildir ---------------------------------------------------------------------------------------------------


async def test_a_maildir_is_looked_into_by_the_one_daemon_that_leads(
    club: Club, clock: SystemClock, sink: Sink
) -> None:
    maildir = club.folder / "back"
    (maildir / "new").mkdir(parents=True)

    with a_daemon(club, clock, sink, maildir="back") as daemon:
        async with at_work(daemon):
            _, content, copy = a_bounce(daemon.app)
            (maildir / "new" / "1").write_bytes(content)
            (maildir / "new" / "2").symlink_to("/etc/passwd")
            with club.opened(clock, who="daemon") as other, open_sender(other) as (sender, owner):
                ways(Daemon(app=other, sender=sender, owner=owner))._fetch()
                assert (maildir / "new" / "1").exists()  # it does not lead
            await asyncio.to_thread(ways(daemon)._fetch)  # as every five minutes
            assert found(daemon.app, copy) is State.BOUNCED
            assert [one.name for one in (maildir / "cur").iterdir()] == ["1:2,S"]
            assert [one.name for one in (maildir / ".Failed" / "cur").iterdir()] == ["2:2,"]


async def test_what_waits_in_the_maildir_at_its_start_is_taken_in(club: Club, clock: SystemClock, sink: Sink) -> None:
    maildir = club.folder / "back"
    (maildir / "new").mkdir(parents=True)
    (maildir / "new" / "1").write_bytes(b"Subject: Hello\n\nHello there\n")

    with a_daemon(club, clock, sink, maildir="back") as daemon:
        async with at_work(daemon):
            await until((maildir / "cur" / "1:2,S").exists)
        assert len(ingest.listing(daemon.app.context, every=True)) == 1


async def test_a_maildir_that_is_gone_stops_nothing_and_is_tried_again(
    club: Club, clock: SystemClock, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    with a_daemon(club, clock, sink, maildir="back") as daemon:
        async with at_work(daemon):
            await until(lambda: "back does not exist" in caplog.text)
            (club.folder / "back" / "new").mkdir(parents=True)
            (club.folder / "back" / "new" / "1").write_bytes(b"Subject: Hello\n\nHello there\n")
            await asyncio.to_thread(ways(daemon)._fetch)
            assert len(ingest.listing(daemon.app.context, every=True)) == 1


async def test_a_mailbox_that_cannot_be_reached_keeps_nobody_from_the_maildir(
    club: Club, clock: SystemClock, port: int, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    (club.folder / "back" / "new").mkdir(parents=True)
    (club.folder / "back" / "new" / "1").write_bytes(b"Subject: Hello\n\nHello there\n")
    (club.folder / "password").write_text("sesame")
    mailbox = {"imap_url": f"imaps://b@127.0.0.1:{port}/", "imap_password_file": "password"}

    with a_daemon(club, clock, sink, maildir="back", **mailbox) as daemon:
        async with at_work(daemon):
            await until((club.folder / "back" / "cur" / "1:2,S").exists)
            assert "fetching reports by imap failed" in caplog.text


async def test_who_leads_may_be_unknown_for_a_while(
    club: Club, clock: SystemClock, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    (club.folder / "back" / "new").mkdir(parents=True)
    (club.folder / "back" / "new" / "1").write_bytes(b"Subject: Hello\n\nHello there\n")
    looks = iter([False, False, True])

    async def stopped(_seconds: float) -> bool:
        return next(looks)

    answers = iter([lost(), lost(), True])

    def leads() -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with a_daemon(club, clock, sink, maildir="back") as daemon:
        monkeypatch.setattr(daemon.sender, "stopped", stopped)
        await replace(ways(daemon), leads=leads).fetch()
    assert (club.folder / "back" / "cur" / "1:2,S").exists()


# --- letting go -------------------------------------------------------------------------------------------------------


async def test_old_octets_are_let_go_when_two_looks_a_day_apart_have_seen_them(
    club: Club, port: int, sink: Sink
) -> None:
    clock = FrozenClock(THURSDAY)

    def octets(app: App) -> int:
        with app.store.reading() as connection:
            return len(reports.kept(connection))

    with a_daemon(club, clock, sink, keep_days=30) as daemon:
        await daemon.sender.drain()
        path, content, _ = a_bounce(daemon.app)
        ingest.ingest(daemon.app.context, [_mail(path, content)])
        await daemon.tick()
        clock.advance(days=30, minutes=1)
        await daemon.tick()
        clock.advance(hours=23)
        await daemon.tick()
        assert octets(daemon.app) == 1
        clock.advance(hours=1)
        await daemon.tick()
        assert octets(daemon.app) == 0
        [kept] = ingest.listing(daemon.app.context, every=True)
        assert kept.diagnostic == "550 5.1.1 No such user here"


def _mail(path: str, content: bytes) -> RawReport:
    return RawReport(content=content, recipient=path, way=Way.LISTENER)


async def test_a_mailbox_that_stalls_does_not_hold_up_a_stop(
    club: Club, clock: SystemClock, authority: Authority, caplog: pytest.LogCaptureFixture, sink: Sink
) -> None:
    (club.folder / "password").write_text("sesame")
    stalling = Mailbox(mails={1: b"Subject: 1\r\n\r\n"}, on_body=lambda talk, _uid: talk.stall())
    with scripted(stalling, authority) as mailbox:
        settings = {"imap_url": mailbox.url, "imap_password_file": "password", "imap_ca_file": str(authority.ca_file)}
        with a_daemon(club, clock, sink, **settings) as daemon:
            async with at_work(daemon):
                await until(lambda: mailbox.count("UID FETCH") == 2)
                begun = clock.elapsed()
    assert clock.elapsed() - begun < 10
    assert "stopped before" not in caplog.text
    assert "fetching reports" not in caplog.text
