"""The commands about what comes back, as a secretary types them: what they print, and what they change."""

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.domain.dead_address import THRESHOLDS, Threshold
from mailer.domain.delivery import Delivery
from mailer.domain.hold import HoldReason
from mailer.gateways.clock import SystemClock
from tests.cli.terminal import Terminal
from tests.club import ISSUE, Club, Member, copies, import_register, members
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, FULL, Refusal, bounce, complaint, letter, path_of, unsubscribe_path_of

NAME = str(ISSUE)
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? [+\w]+")
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
        app.epoch.save(app.context.ledger_epoch())  # as the sender does, or the database counts as a restored backup
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
        f"bounce.eml: bounce: the address does not exist, delivery {one} of P001 Reader001",
        f"stop.eml: other, delivery {two} of P002 Reader002",
        f"spam.eml: complaint: the reader, or the reader’s provider, calls it spam, delivery {three} of P003 Reader003",
        "nobody.eml: bounce: the address does not exist, names no copy of ours that may still come back",
        "`mailer bounce list` shows what there is to do",
    ]
    again = run.ok("bounce", "ingest", "bounce.eml")
    assert again.out == "bounce.eml: known already, nothing changed\n"
    assert run.ok("bounce", "ingest", "bounce.eml", "--json").document == [
        {"file": "bounce.eml", "new": False, "reports": []}
    ]
    assert run.ok("bounce", "ingest", "--again").out == "4 mails read again, 0 are read differently now\n"
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
    assert said.err == "mailer: a mail cannot be read and was put aside: new/3 [31m: it is a link\n"
    again = run.ok("bounce", "ingest", "--maildir", "back", "--json")
    assert again.document == {"new": 0, "known": 2, "failed": 0, "waiting": 0, "unmoved": 0}


def test_without_a_word_the_maildir_of_the_settings_is_looked_into(
    run: Terminal, club: Club, found: dict[str, Delivery]
) -> None:
    (club.folder / "back" / "new").mkdir(parents=True)
    club.settle(bounces={"return_path_domain": DOMAIN, "maildir": "back"})
    Path("bounce.eml").rename(club.folder / "back" / "new" / "1")
    assert run.ok("bounce", "ingest").out == "1 new mails, 0 known already, 0 unreadable\n"
    assert run.ok("bounce", "list", "--json").document[0]["way"] == "maildir"


def test_status_says_that_mails_cannot_be_moved(run: Terminal, club: Club, found: dict[str, Delivery]) -> None:
    new = club.folder / "back" / "new"
    new.mkdir(parents=True)
    club.settle(bounces={"return_path_domain": DOMAIN, "maildir": "back"})
    Path("bounce.eml").rename(new / ("x" * 255))
    ingest = run("bounce", "ingest")
    assert (ingest.status, ingest.out) == (1, "1 new mails, 0 known already, 0 unreadable\n")
    assert "1 mails were taken in, but cannot be moved" in ingest.err
    for words in (("status",), ("status", NAME)):
        assert "note: mails that were taken in by maildir cannot be moved" in run.ok(*words).err
    assert isinstance(run.ok("status", "--json").document, list)
    next(new.iterdir()).rename(new / "x")
    run.ok("bounce", "ingest")
    assert "moved" not in run.ok("status").err


# --- listing and settling ---------------------------------------------------------------------------------------------


def test_the_list_says_what_came_and_what_to_do(run: Terminal, found: dict[str, Delivery]) -> None:
    assert run.ok("bounce", "list").out == "Nothing needs your attention.\n"
    assert run.ok("bounce", "list", "--all").out == "no mail came back\n"
    run.ok("bounce", "ingest", "bounce.eml", "stop.eml", "spam.eml", "nobody.eml", "letter.eml")
    lines = [TIME.sub("…", line) for line in run.ok("bounce", "list").out.splitlines()]
    again = f"`mailer unsent {NAME} --send`"
    assert lines == [
        f"1 bounced, …: P001 Reader001 <{ANNA}>, {NAME} copy No. 1",
        "   the address does not exist, for good: 550 5.1.1 No such user here",
        (
            "   to do: put the right address of P001 Reader001 into the register; or, when it is right, "
            f"`mailer hold lift {ANNA}`; then {again}"
        ),
        f"2 unsubscribed, …: P002 Reader002 <{BORIS}>, {NAME} copy No. 2",
        "   a request for no more copies: “Hello” from desk001@members.example",
        (
            "   to do: nothing, or ask why: the copies are paused, the membership is not; "
            "`mailer person resume P002` when they want them again"
        ),
        f"3 complained, …: P003 Reader003 <{CLARA}>, {NAME} copy No. 3",
        "   the reader, or the reader’s provider, calls it spam: This is an email abuse report.",
        f"   to do: ask whether they still want it; when they do, `mailer hold lift {CLARA}`",
        f"4 unnamed, …: probably P002 Reader002 <{BORIS}>",
        "   the address does not exist, for good: 550 5.1.1 No such user here",
        (
            "   to do: nothing was changed; find out which copy it means: `mailer bounce show 4`, "
            "`mailer person show P002`"
        ),
        f"5 unread, …: P001 Reader001 <{ANNA}>, {NAME} copy No. 1",
        "   a mail that is no known report, perhaps a letter: “Re: The Harbour Letter” from desk001@members.example",
        "   to do: read it and answer it: `mailer bounce show 5`",
        "when one is done: `mailer bounce settle 1`",
    ]
    assert run.ok("bounce", "settle", "1", "4").out == "settled: 1, 4\n"
    listed = run.ok("bounce", "list", "--json").document
    assert [(one["id"], one["name"]) for one in listed] == [(2, "Reader002"), (3, "Reader003"), (5, "Reader001")]
    every = [TIME.sub("…", line) for line in run.ok("bounce", "list", "--all").out.splitlines()]
    assert re.fullmatch(rf"1 bounced, …: P001 Reader001 <{ANNA}>, {NAME} copy No. 1: settled on … by \w+", every[0])
    assert every[1].startswith("2 unsubscribed, ")
    assert every[-1] == "when one is done: `mailer bounce settle 2`"
    assert [one["person"] for one in run.ok("bounce", "list", NAME, "--all", "--json").document] == [
        *("P001", "P002", "P003", "P001"),
    ]


def test_what_needs_nobody_cannot_be_settled_and_none_with_it(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "bounce.eml", "nobody.eml", "evil.eml")
    run.ok("bounce", "settle", "2")
    said = run("bounce", "settle", "1", "2", "3", "99")
    assert (said.status, said.out) == (1, "")
    assert re.fullmatch(
        r"mailer: nothing was settled: report 2 is settled already, on … by \w+; report 3 leaves nothing to settle; "
        r"there is no report 99; `mailer bounce list --all` shows them\n",
        TIME.sub("…", said.err),
    )
    assert [one["id"] for one in run.ok("bounce", "list", "--json").document] == [1]
    assert run.ok("bounce", "settle", "1", "--json").document == {"settled": [1]}


def test_one_report_is_shown_and_written_as_it_came(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "bounce.eml")
    said = run.ok("bounce", "show", "1", "--out", "copy.eml")
    assert Path("copy.eml").read_bytes() == Path("bounce.eml").read_bytes()
    lines = [TIME.sub("…", line) for line in said.out.splitlines()]
    assert lines == [
        f"1 bounced, …: P001 Reader001 <{ANNA}>, {NAME} copy No. 1",
        "   the address does not exist, for good: 550 5.1.1 No such user here",
        "   it came to the copy's own return path; it came as a file at …",
        "   the server that reports: mx.members.example",
        "   how it was read: the server does not know the recipient",
        "   “Undelivered Mail Returned to Sender” from Mail Delivery System <MAILER-DAEMON@mx.members.example>",
        (
            "   to do: put the right address of P001 Reader001 into the register; or, when it is right, "
            f"`mailer hold lift {ANNA}`; then `mailer unsent {NAME} --send`"
        ),
        "",
        "This is the mail system at host mx.members.example.",
        "",
        f"<{ANNA}>: host mx.members.example[192.0.2.1] said: 550 5.1.1 No such user here",
        "",
        "the mail as it came is in copy.eml",
    ]
    assert run.ok("bounce", "show", "1", "--json").document["hard"] is True


def test_a_report_that_is_shown_says_who_has_seen_to_it(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "letter.eml", "bounce.eml", "evil.eml")
    assert "   to do: read it and answer it: see its text" in run.ok("bounce", "show", "1").out.splitlines()
    run.ok("bounce", "settle", "1")
    assert re.search(r"\n   settled on … by \w+\n", TIME.sub("…", run.ok("bounce", "show", "1").out))
    assert "\n   it needs no attention\n" in run.ok("bounce", "show", "3").out


def test_who_has_another_address_by_now_is_sent_the_issue_again(
    run: Terminal, club: Club, found: dict[str, Delivery]
) -> None:
    run.ok("bounce", "ingest", "bounce.eml")
    with club.opened(SystemClock()) as app:
        import_register(app, [Member(number=1, address="anna@new.example"), *members(2, first=2)])
    assert f"   to do: the register has another address by now: `mailer unsent {NAME} --send`\n" in (
        run.ok("bounce", "list").out
    )
    run.ok("--yes", "unsent", NAME, "--send")
    assert run.ok("bounce", "list").out == "Nothing needs your attention.\n"
    assert run.ok("bounce", "list", "--all").out.endswith("another copy for the same reader is there or on its way\n")


def test_the_list_of_copies_says_why_one_failed(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "bounce.eml")
    lines = run.ok("delivery", "list", NAME).out.splitlines()
    assert lines[1].endswith("the address does not exist (550 5.1.1 No such user here)")
    assert lines[2].endswith("250 2.0.0 Ok")
    assert run.ok("delivery", "list", NAME, "--json").document[0]["last_code"] == 250


def test_a_person_is_shown_with_what_stands_in_the_way(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "bounce.eml", "stop.eml", "spam.eml", "nobody.eml")
    first, second, third = (run.ok("person", "show", f"P00{number}").out.splitlines() for number in (1, 2, 3))
    assert first[-1] == (f"  report 1 of {NAME}, bounced: the address does not exist; `mailer bounce show 1`")
    assert re.sub(r"on [-\d]{10}", "on …", "\n".join(second[-3:])).splitlines() == [
        f"  unsubscribed from {ISSUE.newsletter} on …; `mailer person resume P002` when they want copies again",
        f"  report 2 of {NAME}, unsubscribed; `mailer bounce show 2`",
        "  report 4, perhaps about them, unnamed: the address does not exist; `mailer bounce show 4`",
    ]
    assert third[-2] == f"  nothing is sent to {CLARA}: a copy was reported as spam there; `mailer hold list`"
    document = run.ok("person", "show", "P003", "--json").document
    assert [(one["address"], one["reason"]) for one in document["held"]] == [(CLARA, "complaint")]
    assert [one["matter"] for one in document["reports"]] == ["complained"]
    assert document["unsubscribed_at"] is None


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
    assert said[1] == "  whose: P003 Reader003, M003"
    assert f", issue {NAME}: came back, the reader, or the reader’s provider, calls it spam" in said[2]
    assert said[3] == f"  to do: ask whether they still want it; when they do, `mailer hold lift {CLARA}`"
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
    assert "1 copy" in run.ok("unsent", NAME).out


def test_what_to_do_about_a_hold_names_the_issues_and_who_has_it(
    run: Terminal, club: Club, found: dict[str, Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(THRESHOLDS, HoldReason.ADDRESS, Threshold(issues=1, days=0))
    run.ok("bounce", "ingest", "bounce.eml")
    assert run.ok("hold", "list").out.splitlines()[-1] == (
        "  to do: ask for the right address and put it into the register, or, when it is right, "
        f"`mailer hold lift {ANNA}`; then `mailer unsent {NAME} --send`"
    )
    with club.opened(SystemClock()) as app:
        import_register(app, [Member(number=1, address="anna@new.example"), *members(2, first=2)])
    assert run.ok("hold", "list").out.splitlines()[-1] == (
        f"  to do: nothing, no member has the address now; `mailer hold lift {ANNA}` forgets it"
    )


def test_a_mailbox_that_is_full_for_long_asks_for_another_address(
    run: Terminal, club: Club, found: dict[str, Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(THRESHOLDS, HoldReason.MAILBOX, Threshold(issues=1, days=0))
    with club.opened(SystemClock()) as app:
        Path("full.eml").write_bytes(bounce(path_of(app, found["P001"]), ANNA, FULL))
    run.ok("bounce", "ingest", "full.eml")
    assert run.ok("hold", "list").out.splitlines()[-1] == (
        "  to do: ask for another address and put it into the register, or, when mail arrives there again, "
        f"`mailer hold lift {ANNA}`; then `mailer unsent {NAME} --send`"
    )


def test_who_unsubscribed_gets_issues_again_when_they_ask(run: Terminal, found: dict[str, Delivery]) -> None:
    run.ok("bounce", "ingest", "stop.eml")
    assert "paused" in run.ok("why", "P002", NAME).out
    asked = run("person", "resume", "P002")
    assert asked.status == 1
    assert re.search(
        rf"P002 Reader002: unsubscribed from {ISSUE.newsletter} on [-\d]{{10}}\. Send them the next issues again\? There is no terminal",
        asked.err,
    )
    assert (
        run.ok("--yes", "person", "resume", "P002").out == "P002 Reader002 gets issues again, from the next plan on\n"
    )
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
