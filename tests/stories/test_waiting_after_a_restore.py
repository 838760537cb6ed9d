"""The daemon on a restored backup serves the console and does nothing else, until a person has said what left since."""

from collections.abc import Callable
from http.client import HTTPConnection
from signal import SIGTERM

from mailer.gateways.clock import SystemClock
from tests.cli.terminal import Terminal
from tests.club import ISSUE, Club, import_register, members, pull_issues
from tests.servers import free_port
from tests.stories.conftest import BOUND, Process

WAITS = "only the console is served until a person has said what left since; `mailer resume-after-restore`"


def answer_of(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=BOUND)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status
    except ConnectionRefusedError:
        return 0
    finally:
        connection.close()


def restored(club: Club, run: Terminal) -> None:
    with club.opened(SystemClock()) as app:
        import_register(app, members(2))
        pull_issues(app)
    run.ok("db", "backup", club.folder / "backup.db")
    run.ok("--yes", "db", "restore", club.folder / "backup.db")


def test_the_console_is_there_and_all_else_goes_on_once_a_person_has_answered(
    run: Terminal, club: Club, start: Callable[..., Process], until: Callable[[Callable[[], bool]], None]
) -> None:
    port = free_port()
    club.settle(web={"listen": f"127.0.0.1:{port}"}, smtp={"port": free_port()})
    restored(club, run)
    daemon = start("daemon")
    until(lambda: WAITS in daemon.said.read_text())
    until(lambda: answer_of(port) == 200)
    assert "daemon started" not in daemon.said.read_text()
    run.ok("--yes", "resume-after-restore", "--new", str(ISSUE))
    until(lambda: "daemon started" in daemon.said.read_text())
    until(lambda: answer_of(port) == 200)
    daemon.process.send_signal(SIGTERM)
    assert daemon.process.wait(BOUND) == 0


def test_it_ends_when_it_is_told_to_while_it_waits(
    run: Terminal, club: Club, start: Callable[..., Process], until: Callable[[Callable[[], bool]], None]
) -> None:
    restored(club, run)
    daemon = start("daemon")
    until(lambda: WAITS in daemon.said.read_text())
    daemon.process.send_signal(SIGTERM)
    assert daemon.process.wait(BOUND) == 0
    assert "Traceback" not in daemon.said.read_text()
