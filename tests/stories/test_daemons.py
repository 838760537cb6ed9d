"""Daemons in processes of their own: two on one database, one started too late, one that pauses; and the demo."""

import json
import re
import signal
from collections.abc import Callable
from contextlib import closing
from email import message_from_bytes
from pathlib import Path

from mailer.app.installation import open_app
from mailer.domain.errors import NotFound
from mailer.domain.mailing import MailingState
from mailer.domain.to_do import ToDoKind
from mailer.gateways.clock import SystemClock
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.overview.to_do import to_do
from mailer.store import mailings, users
from tests.cli.terminal import Terminal, a_relay, mode
from tests.club import ISSUE, Club, make_ready, members
from tests.stories.conftest import BOUND, Process, standing

NAME = str(ISSUE)
PEOPLE = members(40)

Start = Callable[..., Process]
Until = Callable[[Callable[[], bool]], None]


def state(club: Club) -> str:
    with club.opened(SystemClock()) as app:
        try:
            return issue_progress(app.context, ISSUE).state
        except NotFound:  # not pulled or planned yet
            return ""


def works(daemon: Process) -> bool:
    return "daemon started" in daemon.said.read_text()


def test_two_daemons_on_one_database_send_each_copy_once(run: Terminal, club: Club, start: Start, until: Until) -> None:
    club.reschedule({"send": {"cron": "0 10 1 1 *"}})  # a person sends it long before that
    club.write_register(PEOPLE)
    files = ("--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv")
    run.ok("register", "import", *files, "--apply")
    with a_relay(delay_seconds=0.02) as relay:
        club.settle(smtp={"port": relay.port})
        daemons = [start("daemon"), start("daemon")]
        until(lambda: all(works(daemon) for daemon in daemons))
        until(lambda: state(club) == "planned")  # by the leading daemon, which pulled it
        run.ok("--yes", "approve", NAME)
        until(lambda: run("--yes", "send", NAME).status == 0)
        until(lambda: state(club) == "closed")
        assert standing(club) == {"accepted": 40}
        assert (
            len({message_from_bytes(one.message)["Message-ID"] for one in relay.received}) == len(relay.received) == 40
        )
        assert [daemon.end(signal.SIGTERM) for daemon in daemons] == [0, 0]
        said = [daemon.said.read_text() for daemon in daemons]
        assert sum(text.count(" accepted code=250") for text in said) == 40
        assert all("daemon stopped; nothing is in flight" in text for text in said)
        assert not [member for member in PEOPLE if any(word in text for word in member.words for text in said)]
        assert run.ok("--json", "report", NAME).document["balanced"]


def test_what_missed_its_window_is_held_and_a_person_sends_it_and_may_pause_it(
    run: Terminal, club: Club, start: Start, until: Until
) -> None:
    with club.opened() as app:  # approved in 2018, and then the machine was off for years
        make_ready(app, PEOPLE)
    with a_relay(delay_seconds=0.05) as relay:
        club.settle(smtp={"port": relay.port, "connections": 1})
        daemon = start("daemon")
        until(lambda: state(club) == "held")
        assert "missed_window" in run.ok("status", NAME).out
        assert relay.connections == 0
        run.ok("--yes", "send", NAME)
        until(lambda: len(relay.received) >= 5)
        run.ok("pause", NAME)
        until(lambda: "sending" not in standing(club))
        gone = len(relay.received)
        assert standing(club) == {"accepted": gone, "pending": 40 - gone}
        run.ok("--yes", "resume", NAME)
        until(lambda: len(relay.received) >= gone + 5)
        run.ok("--yes", "cancel", NAME)
        until(lambda: not {"sending", "pending"} & set(standing(club)))
        gone = len(relay.received)
        assert standing(club) == {"accepted": gone, "cancelled": 40 - gone}
        assert daemon.end(signal.SIGTERM) == 0
        report = run.ok("--json", "report", NAME).document
        assert (report["state"], report["balanced"]) == ("cancelled", True)


def test_the_demo_ends_by_itself_and_its_report_balances(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    demo = start("--json", "demo", "--once", "--fast", "--dir", str(folder))
    assert demo.process.wait(BOUND) == 0, demo.said.read_text()
    report = json.loads((tmp_path / "stdout-0").read_text())
    assert report["balanced"]
    assert report["state"] == "closed"
    assert report["considered"] == report["recipients"] + sum(report["excluded"].values())
    assert report["deliveries"]["accepted"] > 0
    assert report["deliveries"]["rejected"] > 0
    letters = [message_from_bytes(file.read_bytes()) for file in (folder / "mail").glob("*.eml")]
    tests = [letter for letter in letters if letter["Message-ID"].startswith("<test.")]
    assert tests
    copies = [letter for letter in letters if letter not in tests]
    assert len(copies) == report["deliveries"]["accepted"]
    one_click = {str(copy["List-Unsubscribe"]).partition(",")[0].rpartition("/")[0] for copy in copies}
    private = [
        path for path in [folder, *folder.rglob("*")] if path.suffix == ".eml" or path.name.startswith("mailer.")
    ]
    assert {mode(path) for path in private} == {0o600}
    assert {mode(path) for path in (folder, folder / "mail")} == {0o700}
    printed = demo.said.read_text()
    console = re.search(r"The console is at (http://localhost:\d+);", printed)
    assert console is not None
    assert one_click == {f"<{console[1]}/u"}
    assert re.findall(r"^mailer:   (\w+): \w+ \w+ \w+ \w+$", printed, re.MULTILINE) == ["secretary", "editor"]
    app = open_app(folder / "config.toml")
    with closing(app.store):
        kinds = {item.kind for item in to_do(app.context)}
        with app.store.reading() as connection:
            names = [user.name for user in users.listing(connection)]
            states = [mailings.mailings_of(connection, "russia-confidential", serial)[0].state for serial in (320, 321)]
    assert names == ["editor", "secretary"]
    assert states == [MailingState.CLOSED, MailingState.PLANNED]
    assert {ToDoKind.APPROVAL, ToDoKind.REPORT} <= kinds
