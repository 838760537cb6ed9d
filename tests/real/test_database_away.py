"""Every process on a PostgreSQL that is restarted at once, is away for a while, or fails over: it waits and goes on."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Event

import httpx2 as httpx
import pytest

from mailer.gateways.clock import SystemClock
from mailer.store import Store, backup, resolve
from tests import postgresql
from tests.cli.terminal import a_relay
from tests.club import ISSUE, Club, make_ready, members, states
from tests.postgresql import Server, a_folder, a_server
from tests.scripted_relay import Sink
from tests.servers import free_port, wait_until
from tests.store.rows import NOW, a_mailing_of

pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(postgresql.absent()), reason=postgresql.absent() or "-")]

PEOPLE = members(300)
LONG = 180.0  # seconds; on a quiet machine each wait takes some
AWAY = 8  # seconds, longer than a turn of the sender is tried again


class Process:
    """A command in a process of its own, and what it says."""

    def __init__(self, club: Club, *words: str) -> None:
        self.said = club.folder / f"said-{len(list(club.folder.glob('said-*')))}"
        command = [sys.executable, "-m", "mailer", "--config", str(club.config), *words]
        with self.said.open("wb") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL)

    @property
    def words(self) -> str:
        return self.said.read_text()

    def outages(self) -> tuple[int, int]:
        """How often it said that the database does not answer, and that it does again."""
        assert "Traceback" not in self.words, self.words
        return self.words.count("the database does not answer"), self.words.count("the database answers again")

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONG)


@contextmanager
def processes() -> Iterator[Callable[..., Process]]:
    with ExitStack() as stack:

        def start(club: Club, *words: str) -> Process:
            process = Process(club, *words)
            stack.callback(process.process.wait)
            stack.callback(process.process.kill)
            return process

        yield start


def a_club(folder: Path, url: str, relay: Sink) -> tuple[Club, int]:
    """A club on this database, its issue approved, and the port of its console."""
    club, port = Club.found(folder / "club", {"send": {"cron": "0 10 1 1 *", "undo_minutes": 0}}), free_port()
    club.settle(
        database={"url": url},
        smtp={"port": relay.port, "connections": 2},
        web={"listen": f"127.0.0.1:{port}"},
    )
    with club.opened(SystemClock()) as app:
        make_ready(app, PEOPLE)
    return club, port


def sent(relay: Sink, club: Club) -> None:
    """Each of the copies has left once, and the ledger has it."""
    recipients = [received.recipient for received in relay.received]
    assert sorted(recipients) == sorted(member.email for member in PEOPLE)
    with club.opened(SystemClock()) as app:
        assert states(app) == {"accepted": len(PEOPLE)}
        with app.store.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM attempts").scalar() == len(PEOPLE)


def trouble(server: Server) -> None:
    """It is restarted at once, then it is away for longer than any step is tried."""
    server.stop("immediate")
    server.start()
    Event().wait(2)
    server.stop("fast")
    Event().wait(AWAY)
    server.start()


def test_a_daemon_the_console_and_who_looks_on(tmp_path: Path) -> None:
    with a_server() as server, a_relay(delay_seconds=0.03) as relay, processes() as start:
        club, port = a_club(tmp_path, server.url, relay)
        daemon = start(club, "daemon")
        wait_until(lambda: "daemon started" in daemon.words, "no daemon", LONG)
        club.settle(database={"url": server.url}, smtp={"port": relay.port}, web={"listen": f"127.0.0.1:{port + 1}"})
        web = start(club, "web")
        wait_until(lambda: "console is at" in web.words, "no console", LONG)
        looking = start(club, "--yes", "send", str(ISSUE), "--wait")
        wait_until(lambda: len(relay.received) > 20, "nothing leaves", LONG)
        trouble(server)
        assert looking.process.wait(LONG) == 0, looking.words
        sent(relay, club)
        for address in (port, port + 1):
            assert httpx.get(f"http://127.0.0.1:{address}/readyz").json() == {
                "database": True,
                "schema": True,
                "scheduler": True,
            }
        assert (daemon.end(), web.end()) == (0, 0)
        for process in (daemon, looking):
            away, again = process.outages()
            assert 1 <= away == again <= 2, process.words
        assert web.outages()[0] <= 2


def test_a_send_that_waits_sends_itself_and_commands_beside_it_wait_too(tmp_path: Path) -> None:
    with a_server() as server, a_relay(delay_seconds=0.03) as relay, processes() as start:
        club, _port = a_club(tmp_path, server.url, relay)
        sending = start(club, "--yes", "send", str(ISSUE), "--wait")
        wait_until(lambda: len(relay.received) > 20, "nothing leaves", LONG)
        server.stop("immediate")
        status = start(club, "status")
        mail = club.folder / "mail.eml"
        mail.write_bytes(b"From: reader@members.example\nSubject: Thank you\n\nA fine issue.\n")
        ingest = start(club, "bounce", "ingest", str(mail))
        wait_until(lambda: (status.outages()[0], ingest.outages()[0]) == (1, 1), "a command says nothing", LONG)
        server.start()
        for command in (status, ingest):
            assert command.process.wait(LONG) == 0, command.words
            assert command.outages() == (1, 1)
        trouble(server)
        assert sending.process.wait(LONG) == 0, sending.words
        sent(relay, club)
        away, again = sending.outages()
        assert 1 <= away == again <= 3, sending.words


def test_services_that_start_before_their_database_wait_for_it(tmp_path: Path) -> None:
    with a_server() as server, a_relay() as relay, processes() as start:
        club, _port = a_club(tmp_path, server.url, relay)
        server.stop("fast")
        daemon = start(club, "daemon")
        wait_until(lambda: daemon.outages() == (1, 0), "it says nothing", LONG)
        server.start()
        wait_until(lambda: "the console is at" in daemon.words, "no daemon", LONG)
        assert daemon.outages() == (1, 1)
        assert daemon.end() == 0


def test_a_fail_over_to_the_standby(tmp_path: Path) -> None:
    with a_folder() as folder, a_relay(delay_seconds=0.03) as relay, processes() as start:
        first, second = Server(folder=folder, port=free_port()), Server(folder=folder, port=free_port())
        try:
            first.make()
            first.start()
            second.copy(first)
            second.start()
            first.stop("fast")
            first.start("synchronous_standby_names='*'")  # a commit is on both
            both = re.sub("@[^/]*", "@", first.url) + f"?host=127.0.0.1:{first.port}&host=127.0.0.1:{second.port}"
            club, _port = a_club(tmp_path, both, relay)
            sending = start(club, "--yes", "send", str(ISSUE), "--wait")
            wait_until(lambda: len(relay.received) > 20, "nothing leaves", LONG)
            first.stop("immediate")
            Event().wait(1)
            second.promote()
            assert sending.process.wait(LONG) == 0, sending.words
            sent(relay, club)
            assert sending.outages() == (1, 1)
        finally:
            for server in (first, second):
                server.end()


def test_a_backup_where_the_standby_is_named_first(tmp_path: Path) -> None:
    with a_folder() as folder:
        standby, primary = (Server(folder=folder, port=free_port()) for _ in range(2))
        try:
            primary.make()
            primary.start()
            standby.copy(primary)
            standby.start()
            both = f"{re.sub('@[^/]*', '@', primary.url)}?host=127.0.0.1:{standby.port}&host=127.0.0.1:{primary.port}"
            with closing(Store.open(both, tmp_path)) as store:
                with store.transaction() as connection:
                    a_mailing_of(connection, 3)
                assert store.back_up(tmp_path / "backup.dump", NOW).rows["deliveries"] == 3
            place = backup.restore(resolve(both, tmp_path), tmp_path / "backup.dump", NOW)
            assert place.check.rows["deliveries"] == 3
        finally:
            for server in (standby, primary):
                server.end()


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def another_machine() -> Iterator[tuple[str, str, Callable[[bool], None]]]:
    """A network namespace: its name, the address of this machine as seen from there, and what cuts and joins both."""
    name = f"cmt{os.getpid() % 10000}"
    near, far = f"{name}a", f"{name}b"
    ip("netns", "add", name)
    try:
        ip("link", "add", near, "type", "veth", "peer", "name", far)
        ip("link", "set", far, "netns", name)
        ip("addr", "add", "10.231.77.1/30", "dev", near)
        ip("link", "set", near, "up")
        ip("-n", name, "addr", "add", "10.231.77.2/30", "dev", far)
        for link in (far, "lo"):
            ip("-n", name, "link", "set", link, "up")
        yield name, "10.231.77.1", lambda whole: ip("link", "set", near, "up" if whole else "down")
    finally:
        ip("netns", "del", name)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can cut a network")
def test_a_cut_of_the_network(tmp_path: Path) -> None:
    relay_at = [sys.executable, "-m", "tests.stories.judge", "--folder", str(tmp_path), "--delay-ms", "30"]
    with another_machine() as (name, host, joined), a_server(host) as server, ExitStack() as stack:
        there = ["ip", "netns", "exec", name]
        relay = stack.enter_context(subprocess.Popen([*there, *relay_at], stdout=subprocess.PIPE))
        stack.callback(relay.kill)
        port = int(relay.stdout.readline())
        club = Club.found(tmp_path / "club", {"send": {"cron": "0 10 1 1 *", "undo_minutes": 0}})
        club.settle(database={"url": server.url}, smtp={"port": port, "connections": 2})
        with club.opened(SystemClock()) as app:
            make_ready(app, PEOPLE)
        said = stack.enter_context((tmp_path / "said").open("wb"))
        command = [
            *there,
            sys.executable,
            "-m",
            "mailer",
            "--config",
            str(club.config),
            "--yes",
            "send",
            str(ISSUE),
            "--wait",
        ]
        sending = stack.enter_context(subprocess.Popen(command, stdout=said, stderr=said))
        stack.callback(sending.kill)
        taken = tmp_path / "taken"
        wait_until(lambda: len(taken.read_text().split()) > 20, "nothing leaves", LONG)
        joined(False)
        Event().wait(15)
        joined(True)
        words = tmp_path / "said"
        assert sending.wait(LONG) == 0, words.read_text()
        assert sorted(taken.read_text().split()) == sorted(member.email for member in PEOPLE)
        with club.opened(SystemClock()) as app:
            assert states(app) == {"accepted": len(PEOPLE)}
        assert words.read_text().count("the database does not answer") == 1
        assert words.read_text().count("the database answers again") == 1
