"""Every command costs at most in proportion to the people: counted over a club and one of eight times as many."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from typer.main import get_command

from mailer.cli import console, main
from mailer.cli.commands import app
from mailer.gateways.clock import SystemClock
from tests.cli.terminal import a_relay, quiet
from tests.club import THURSDAY, Club
from tests.growth.conftest import Hold
from tests.growth.grown import APPROVED, EARLIER, PASSWORD, PLANNED, PULLED, SENDING, SENT
from tests.reported import bounce

pytestmark = pytest.mark.sqlite

# Commands that end only when they are stopped, or make a club of their own: nothing in them is as large as the register.
WITHOUT_A_CASE = {
    "daemon": "it runs until it is stopped; tests/benchmarks/idle.py measures its looks",
    "worker": "it runs until it is stopped, as the daemon does",
    "install-service": "it writes a file out of the settings alone",
    "web": "it runs until it is stopped; its pages are in test_pages.py",
    "demo": "it makes a club of its own",
    "init": "it makes a new installation",
    "accept-clock": "it writes one row, and refuses while the clock is right",
    "db upgrade": "it opens the database, as every command does",
    "db copy": "it wants a PostgreSQL; tests/store/test_transfer.py copies in chunks",
    "db restore": "it copies, as db backup does, and wants no process at the database",
    "resume-after-restore": "it refuses where no backup was put in place",
}
# The words that follow a command; several where it does more than one thing. {places} are filled in.
CASES: dict[str, tuple[str, ...]] = {
    "check": ("", "--json"),
    "pull": ("",),
    "plan": (f"{PULLED}", f"{PULLED} --json", f"{PLANNED} --json"),
    "why": (f"P00005 {SENT}",),
    "test": (f"{PLANNED}",),
    "approve": (f"{PLANNED} --as-planned",),
    "withdraw": (f"{APPROVED}",),
    "send": (f"{APPROVED} --as-planned", f"{APPROVED} --as-planned --wait", f"{APPROVED} --dry-run {{out}}"),
    "stop": (f"{SENDING}",),
    "pause": (f"{SENDING}",),
    "resume": (f"{SENDING}",),
    "cancel": (f"{SENDING}",),
    "to-do": ("", "--json"),
    "find": ("reader", "Reader00007", "no such person"),
    "status": ("", f"{SENT}", f"{SENDING} --json"),
    "report": (f"{SENT}", f"{SENT} --json", f"{SENDING}", f"{EARLIER} --json"),
    "unsent": (f"{SENT}", f"{SENT} --json", f"{EARLIER} --send"),
    "issue list": ("", "--json"),
    "issue show": (f"{SENT}",),
    "issue check": (f"{SENT}",),
    "issue preview": (f"{PLANNED} --person P00005 --out {{out}}",),
    "issue upload": ("{text} --newsletter harbour-letter",),
    "issue import": ("{text} --into {out} --newsletter harbour-letter --language en",),
    "issue drop": (f"{PULLED}", f"{PLANNED}"),
    "register import": (
        "--members {members} --payments {payments}",
        "--members {members} --payments {payments} --apply --json",
        "--members {some} --end-missing --apply",
    ),
    "register export": ("--out {out}", "--out {out} --xlsx"),
    "person list": ("", "--json"),
    "person find": ("reader", "reader --json"),
    "person show": ("P00005",),
    "person pause": ("P00005",),
    "person resume": ("P00005",),
    "person export": ("P00006",),
    "person erase": ("P00005",),
    "payment add": ("M00005 --from 2019-01-01 --to 2019-12-31 --amount 1 --currency RUB",),
    "payment list": ("M00005",),
    "delivery list": (f"{SENT}", f"{SENT} --json", f"{SENDING} --state pending"),
    "delivery show": ("5",),
    "delivery settle": (f"{SENT} --all-uncertain --as accepted", f"{SENT} --all-uncertain --as resend"),
    "delivery release": ("{held}",),
    "bounce ingest": ("{mail}", "--again"),
    "bounce list": ("", "--all", "--all --json", f"{SENT}"),
    "bounce show": ("1",),
    "bounce settle": ("1", "{reports}"),
    "hold list": ("", "--all --json"),
    "hold set": ("desk00006@members6.example --why left",),
    "hold lift": ("desk00001@members1.example --why wrote",),
    "domain list": ("",),
    "domain suspend": ("members1.example --reason asked",),
    "domain lift": ("members1.example",),
    "db check": ("",),
    "db backup": ("{out}/backup.db",),
    "user add": ("boris --role editor",),
    "user list": ("",),
    "user passwd": ("editor",),
    "user change": ("editor --role admin",),
    "user disable": ("editor",),
    "user enable": ("editor",),
    "user reset": ("editor",),
}
# What comes before, where a command would refuse otherwise.
BEFORE = {
    "resume": f"pause {SENDING}",
    "person resume": "person pause P00005",
    "domain lift": "domain suspend members1.example --reason asked",
    "user enable": "user disable editor",
}
# Commands that may end otherwise than done: what they look at is read all the same.
REFUSED = {
    "check": "no relay listens",
    "find": "no such person",
    "stop": "copies have left",
    "user reset": "no second way is set up",
    "issue upload": "the folder has another text",
    "send": "copies came back",
}
LINES = [(command, words) for command, lines in CASES.items() for words in lines]


def commands(command: object = None, *path: str) -> Iterator[str]:
    """The names of all commands that are no groups."""
    command = command or get_command(app)
    inner = getattr(command, "commands", {})
    if not inner:
        yield " ".join(path)
    for name, each in inner.items():
        yield from commands(each, *path, name)


def run(words: list[str]) -> None:
    """Run a command to its end; it must be done."""
    out, err = io.StringIO(), io.StringIO()
    console.invocation.config = Path("/nowhere")
    umask, status = os.umask(0o077), None
    typed, sys.stdin = sys.stdin, io.StringIO(f"{PASSWORD} 2\n" * 2)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main([*words, "--yes"])
    except SystemExit as ended:
        status = ended.code
    finally:
        sys.stdin = typed
        os.umask(umask)
        quiet()
    assert not status or " ".join(words[:2]) in REFUSED or words[0] in REFUSED, err.getvalue()


def places(club: Club) -> dict[str, str]:
    """Files and numbers of this club."""
    people = [line for line in (club.folder / "members.csv").read_text().splitlines() if line]
    (club.folder / "some.csv").write_text("\n".join([*people[: -(len(people) // 10)], ""]))
    (club.folder / "text.md").write_text((club.folder / "issues" / "2018-11" / "en.md").read_text())
    (club.folder / "returned.eml").write_bytes(bounce())
    (club.folder / "out").mkdir()
    files = {name: f"{club.folder / name}.csv" for name in ("members", "payments", "some")}
    number = (len(people) - 1) // 20  # reports
    return {
        **files,
        "text": f"{club.folder / 'text.md'}",
        "mail": f"{club.folder / 'returned.eml'}",
        "out": f"{club.folder / 'out'}",
        "reports": " ".join(map(str, range(1, number))),
        "held": "7",
    }


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The clock stands on the day of the issue."""
    monkeypatch.setattr(SystemClock, "now", lambda _: THURSDAY)
    monkeypatch.chdir(tmp_path)


def test_every_command_has_a_case() -> None:
    assert {*CASES, *WITHOUT_A_CASE} == set(commands())
    assert not CASES.keys() & WITHOUT_A_CASE.keys()


@pytest.mark.parametrize(("command", "words"), LINES, ids=[f"{command} {words}".strip() for command, words in LINES])
def test_a_command_costs_in_proportion(hold: Hold, monkeypatch: pytest.MonkeyPatch, command: str, words: str) -> None:
    with a_relay() as relay:

        def prepare(club: Club) -> Callable[[], object]:
            monkeypatch.setenv("MAILER_CONFIG", str(club.config))
            club.config.write_text(club.config.read_text().replace("port = 1\n", f"port = {relay.port}\n"))
            typed = [word.format_map(places_of) for word in words.split()] if (places_of := places(club)) else []
            if command in BEFORE:
                run(BEFORE[command].split())
            return lambda: run([*command.split(), *" ".join(typed).split()])

        hold(f"mailer {command} {words}".strip(), prepare)
