"""The commands about what comes back, as a secretary types them: what they print, and what they change."""

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.gateways.clock import SystemClock
from mailer.store.deliveries import Delivery
from tests.cli.terminal import Terminal
from tests.club import ISSUE, Club, copies
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, Refusal, bounce, complaint, letter, path_of, unsubscribe_path_of

NAME = str(ISSUE)
ANNA, BORIS, CLARA = (f"desk00{number}@members.example" for number in (1, 2, 3))
# A server that means ill: colours, a title for the window, and words that turn the line around.
EVIL = Refusal(
    550, "5.1.1", "No such user \x1b[31m\x1b]0;title\x07\x9b2J\u202egnp.exe\u2066 [bold]here[/bold] " + "x" * 900
)


@pytest.fixture
def club(at: Callable[[str], Club]) -> Club:
    """Three people have just got the issue."""
    club = at("begun")
    club.settle(bounces={"return_path_domain": DOMAIN})
    with club.opened(SystemClock()) as app:
        deliver(app)
    return club


@pytest.fixture
def found(club: Club) -> dict[str, Delivery]:
    """Their copies; and as files what comes back of them."""
    with club.opened(SystemClock()) as app:
        found = copies(app)
        first, second, third = (found[f"P00{number}"] for number in (1, 2, 3))
        path = path_of(app, first)
        Path("bounce.eml").write_bytes(bounce(path, ANNA, message_id=first.message_id))
        Path("evil.eml").write_bytes(bounce(path, ANNA, EVIL))
        Path("stop.eml").write_bytes(letter(unsubscribe_path_of(app, second), "Please no more."))
        Path("spam.eml").write_bytes(complaint(path_of(app, third), CLARA))
        Path("nobody.eml").write_bytes(bounce(failed=BORIS))
        Path("letter.eml").write_bytes(letter(path, "Dear club, thank you.", subject="Re: The Harbour Letter"))
    return found


# --- taking in --------------------------------------------------------------------------------------------------------


def test_files_are_taken_in_and_what_they_say_is_told(run: Terminal, found: dict[str, Delivery]) -> None:
    said = run.ok("bounce", "ingest", "bounce.eml", "stop.eml", "spam.eml", "nobody.eml")
    one, two, three = (found[f"P00{number}"].id for number in (1, 2, 3))
    assert said.out.splitlines() == [
        f"bounce.eml: bounce: the address does not exist, delivery {one}",
        f"stop.eml: other, delivery {two}",
        f"spam.eml: complaint: the reader, or the reader’s provider, calls it spam, delivery {three}",
        "nobody.eml: bounce: the address does not exist, names no copy of ours that may still come back",
        "`mailer bounce list` shows what there is to do",
    ]
    again = run.ok("bounce", "ingest", "bounce.eml")
    assert again.out == "bounce.eml: known already, nothing changed\n"
    assert run.ok("bounce", "ingest", "bounce.eml", "--json").document == [
        {"file": "bounce.eml", "new": False, "reports": []}
    ]
    assert run.ok("bounce", "ingest", "--again").out == "4 mails read again, 0 say something else now\n"
    assert run.ok("bounce", "ingest", "--again", "--json").document == {"read": 4, "changed": 0}


def test_a_mail_from_standard_input(run: Terminal, found: dict[str, Delivery], monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO(Path("bounce.eml").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    [one] = run.ok("bounce", "ingest", "-", "--json").document
    copy = found["P001"].id
    assert one == {
        "file": "-",
        "new": True,
        "reports": [{"kind": "bounce", "reason": "user_unknown", "hard": True, "delivery": copy}],
    }


def test_when_one_file_cannot_be_read_none_is_taken_in(run: Terminal, found: dict[str, Delivery]) -> None:
    said = run("bounce", "ingest", "bounce.eml", "gone.eml")
    assert (said.status, said.out) == (1, "")
    assert said.err == "mailer: gone.eml: it cannot be read: No such file or directory\n"
    assert run.ok("bounce", "list", "--all", "--json").document == []


def test_a_maildir_is_taken_in_and_what_cannot_be_read_lies_aside(run: Terminal, found: dict[str, Delivery]) -> None:
    for part in ("new", "cur"):
        Path("back", part).mkdir(parents=True)
    Path("bounce.eml").rename("back/new/1")
    Path("spam.eml").rename("back/cur/2:2,S")
    Path("back/new/3\x1b[31m").symlink_to("/etc/passwd")
    said = run("bounce", "ingest", "--maildir", "back")
    assert (said.status, said.out) == (1, "2 new mails, 0 known already, 1 unreadable\n")
    assert said.err == "mailer: it cannot be read and lies aside: new/3 [31m: it is a link\n"
    again = run.ok("bounce", "ingest", "--maildir", "back", "--json")
    assert again.document == {"new": 0, "known": 2, "failed": 0}


def test_without_a_word_the_maildir_of_the_settings_is_looked_into(
    run: Terminal, club: Club, found: dict[str, Delivery]
) -> None:
    (club.folder / "back" / "new").mkdir(parents=True)
    club.settle(bounces={"return_path_domain": DOMAIN, "maildir": "back"})
    Path("bounce.eml").rename(club.folder / "back" / "new" / "1")
    assert run.ok("bounce", "ingest").out == "1 new mails, 0 known already, 0 unreadable\n"
    assert run.ok("bounce", "list", "--json").document[0]["way"] == "maildir"


# --- listing and settling ---------------------------------------------------------------------------------------------


def test_the_list_says_what_came_and_what_to_do(run: Terminal, found: dict[str, Delivery]) -> None:
    assert run.ok("bounce", "list").out == "nothing came back that somebody has to see to\n"
    assert run.ok("bounce", "list", "--all").out == "nothing came back\n"
    run.ok("bounce", "ingest", "bounce.eml", "stop.eml", "spam.eml", "nobody.eml", "letter.eml")
    lines = run.ok("bounce", "list").out.splitlines()
    assert lines[0].split() == [
        "report",
        "came",
        "issue",
        "person",
        "address",
        "what",
        "to",
        "see",
        "to",
        "server's",
        "words",
    ]
    assert [line.split()[0] for line in lines[1:6]] == ["1", "2", "3", "4", "5"]
    assert NAME in lines[1]
    assert re.search(r"bounce: the address does not exist, for good +bounced +550", lines[1])
    assert lines[1].endswith("550 5.1.1 No such user here")
    told = [line.partition(":")[0] for line in lines[6:-1]]
    assert told == ["bounced", "complained", "unsubscribed", "unread", "unnamed"]
    assert lines[-1] == "`mailer bounce settle REPORT` when it is done"
    assert run.ok("bounce", "settle", "1", "4").out == "settled: 1, 4\n"
    assert [one["id"] for one in run.ok("bounce", "list", "--json").document] == [2, 3, 5]
    assert "bounced (settled)" in run.ok("bounce", "list", "--all").out
    assert [one["person"] for one in run.ok("bounce", "list", NAME, "--all", "--json").document] == [
        *("P001", "P002", "P003", "P001"),
    ]


def test_what_needs_nobody_cannot_be_settled_and_none_with_it(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "bounce.eml", "nobody.eml")
    run.ok("bounce", "settle", "2")
    said = run("bounce", "settle", "1", "2")
    assert (said.status, said.out) == (1, "")
    assert said.err == "mailer: report 2 needs nobody: there is nothing to settle\n"
    assert [one["id"] for one in run.ok("bounce", "list", "--json").document] == [1]
    assert run.ok("bounce", "settle", "1", "--json").document == {"settled": [1]}


def test_one_report_is_shown_and_written_as_it_came(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "bounce.eml")
    said = run.ok("bounce", "show", "1", "--out", "copy.eml")
    assert Path("copy.eml").read_bytes() == Path("bounce.eml").read_bytes()
    lines = said.out.splitlines()
    assert {"kind: bounce", "hard: yes", "matter: bounced", "forwarded: no"} <= set(lines)
    assert "This is the mail system at host mx.members.example." in lines
    assert lines[-1] == "the mail as it came is in copy.eml"
    assert run.ok("bounce", "show", "1", "--json").document["hard"] is True


# --- what servers say is only ever shown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("bounce", "list"),
        ("bounce", "show", "1"),
        ("delivery", "show", "1"),
        ("hold", "list"),
        ("delivery", "list", NAME),
    ],
    ids=" ".join,
)
def test_no_terminal_does_what_a_server_says(run: Terminal, club: Club, found, words) -> None:
    run.ok("bounce", "ingest", "evil.eml")
    said = run.ok(*words)
    assert not set(said.out) & set("\x1b\x07\x9b\u202e\u2066")
    if words[0] != "hold" and words[1] != "list":
        assert "[bold]here[/bold]" in said.out
    table = [line for line in said.out.splitlines() if "No such user" in line and words[:2] != ("bounce", "show")]
    assert all(len(line) < 260 for line in table)


# --- holds, and those who come back -----------------------------------------------------------------------------------


def test_a_hold_is_explained_and_lifted(run: Terminal, found: dict[str, Delivery]) -> None:
    assert run.ok("hold", "list").out == "no address is held\n"
    run.ok("bounce", "ingest", "spam.eml", "bounce.eml")
    said = run.ok("hold", "list").out.splitlines()
    assert said[0].startswith(f"{CLARA}: held since ")
    assert said[0].endswith(": a copy was reported as spam there")
    assert said[1] == "  whose: Reader003 (P003, M003)"
    assert f", issue {NAME}: came back, the reader, or the reader’s provider, calls it spam" in said[2]
    assert said[3].endswith(f"`mailer hold lift {CLARA}`; then `mailer unsent ISSUE --send`")
    [document] = run.ok("hold", "list", "--json").document
    assert (document["address"], document["reason"], document["people"][0]["person"]) == (CLARA, "complaint", "P003")
    lifted = run("hold", "lift", CLARA, ANNA, "nobody@members.example")
    assert lifted.status == 1
    assert lifted.out.splitlines() == [
        f"{CLARA} is not held any more; `mailer unsent ISSUE` shows what is owed",
        f"{ANNA} was not held; what failed there counts no more; `mailer unsent ISSUE` shows what is owed",
    ]
    assert lifted.err.startswith("mailer: nobody@members.example is not held, and nothing failed there")
    assert run.ok("hold", "list").out == "no address is held\n"
    assert "; lifted " in run.ok("hold", "list", "--all").out
    assert "1 copies" in run.ok("unsent", NAME).out


def test_who_unsubscribed_gets_issues_again_when_they_ask(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "stop.eml")
    assert "paused" in run.ok("why", "P002", NAME).out
    asked = run("person", "resume", "P002")
    assert asked.status == 1
    assert re.search(
        r"P002 unsubscribed on [-\d]{10}, and gets the next issues again. Nobody can be asked here", asked.err
    )
    assert run.ok("--yes", "person", "resume", "P002").out == "P002 gets issues again, from the next plan on\n"
    assert "paid" in run.ok("why", "P002", NAME).out
    assert run("--yes", "person", "resume", "P002").status == 1


def test_a_copy_shows_what_came_back_of_it_in_order(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "bounce.eml")
    identity = str(found["P001"].id)
    lines = run.ok("delivery", "show", identity).out.splitlines()
    assert "attempt 1: accepted" in lines[1]
    assert "report 1: bounce: the address does not exist, for good" in lines[2]
    assert lines[-2].endswith(": bounced")
    timeline = run.ok("delivery", "show", identity, "--json").document["timeline"]
    assert [one["what"] for one in timeline] == ["attempt", "report"]
