"""A backup is restored as documented: nothing leaves again, no issue is lost, and no person has to be asked twice."""

import asyncio
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.domain.errors import Refused
from mailer.gateways.clock import SystemClock
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.send import send_mailing
from mailer.store.ledger import backups
from tests.cli.terminal import Terminal, a_relay
from tests.club import ISSUE, LETTER, THURSDAY, Club, Member, begin, import_register, members, pull_issues
from tests.doubles import FrozenClock
from tests.scripted_relay import Received, Sink

PEOPLE = members(4)
SERIALS = {41: "2018-07-12", 42: "2018-07-19", 43: "2018-07-26", 44: "2018-08-02"}
REFUSED = "nothing is pulled, planned or sent until you have said what left since; `mailer resume-after-restore` asks"


def name(serial: int) -> str:
    return f"{LETTER}/{serial}"


def write(club: Club, serial: int, more: str = "") -> None:
    club.write_issue(serial=serial, number=serial - 34, day=SERIALS[serial], more=more)


def register(run: Terminal, club: Club, people: list[Member]) -> None:
    club.write_register(people)
    files = ("--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv")
    run.ok("--yes", "register", "import", *files, "--apply")


def publish(run: Terminal, club: Club, serial: int) -> None:
    """Write, pull, plan, approve and send an issue by the commands."""
    write(club, serial)
    run.ok("pull")
    run.ok("plan", name(serial))
    run.ok("--yes", "approve", name(serial))
    run.ok("--yes", "send", name(serial), "--wait")


def restore(run: Terminal, backup: Path) -> None:
    """As docs/operating.md says it."""
    assert run.ok("--yes", "--json", "db", "restore", backup).document["resumed"] is False


def restore_by_hand(club: Club, backup: Path) -> None:
    """As a person does it who does not know the command."""
    for suffix in ("", "-wal", "-shm"):
        (club.folder / f"mailer.db{suffix}").unlink(missing_ok=True)
    shutil.copy(backup, club.folder / "mailer.db")


def received(relay: Sink) -> Counter[str]:
    return Counter(received.recipient for received in relay.received)


@pytest.fixture
def relay(club: Club) -> Sink:
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        yield relay


@dataclass(frozen=True)
class Sent:
    """A club that sent issue 41, was backed up, and sent 42 and 43 afterwards; and the copies that left."""

    club: Club
    backup: Path
    copies: list[Received]


async def send_three(club: Club, backup: Path) -> Sent:
    clock = SystemClock()
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            import_register(app, PEOPLE)
            for serial in (41, 42, 43):
                issue = IssueName(newsletter=LETTER, serial=serial)
                write(club, serial)
                pull_issues(app)
                for step in (plan_mailing, approve_mailing, send_mailing):
                    step(app.context, issue)
                await sender.drain(issue)
                if serial == 41:
                    app.store.back_up(backup, clock.now())
        return Sent(club, backup, sink.received)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("sent")
    return asyncio.run(send_three(Club.found(folder / "club"), folder / "backup.db"))


@pytest.fixture
def backed_up(sent: Sent, club: Club, relay: Sink) -> Path:
    """The backup of the club, which is a copy of the one that sent three issues; the relay has received them."""
    sent.club.copied(club.folder)
    club.settle(smtp={"port": relay.port})
    relay.received.extend(sent.copies)
    assert set(received(relay).values()) == {3}
    return sent.backup


def test_issues_sent_since_the_backup_are_not_sent_again_and_the_next_one_is(
    run: Terminal, club: Club, relay: Sink, backed_up: Path
) -> None:
    restore(run, backed_up)
    for words in (
        ("pull",),
        ("plan", name(41)),
        ("--yes", "test", name(41)),
        ("--yes", "send", name(41), "--wait"),
        ("--yes", "unsent", name(41), "--send"),
    ):
        said = run(*words)
        assert said.status in {0, 1}
        if said.status:
            assert REFUSED in said.err, words
    assert "backup" in next(one["said"] for one in run("--json", "check").document if one["what"] == "the ledger")
    assert set(received(relay).values()) == {3}

    undecided = run("--yes", "--json", "resume-after-restore", "--sent", name(42))
    assert undecided.status == 1
    assert f"say of {name(43)} whether it was sent already" in undecided.err
    assert [(one["issue"], one["doubt"], one["decision"]) for one in undecided.document["issues"]] == [
        (name(42), "unknown", "sent"),
        (name(43), "unknown", None),
    ]
    assert run("pull").status == 1

    decided = ("--sent", name(42), "--sent", name(43))
    assert "no terminal to ask in" in run("resume-after-restore", *decided).err
    assert run.ok("--yes", "--json", "resume-after-restore", *decided).document["resumed"]
    assert run.ok("--json", "resume-after-restore").document == {"restored": False}
    assert {one["finding"] for one in run.ok("--json", "pull").document} == {"known"}
    assert set(received(relay).values()) == {3}

    for serial in (42, 43):
        report = run.ok("--json", "report", name(serial)).document
        assert (report["state"], report["copies"], report["balanced"], report["gained"]) == ("closed", 0, True, [])
        assert run.ok("--json", "unsent", name(serial)).document["people"] == []
        assert "was sent before a backup was restored" in run.ok("unsent", name(serial)).out
        assert run("plan", name(serial)).status == 1
        assert run("--yes", "send", name(serial)).status == 0
        write(club, serial, more="Corrected afterwards.")
        assert "it has gone out: correct it in the next issue" in run("pull").err
        write(club, serial)
    publish(run, club, 44)
    assert set(received(relay).values()) == {4}
    assert len(received(relay)) == len(PEOPLE)


def test_an_issue_finished_but_not_sent_goes_as_new(run: Terminal, club: Club, relay: Sink, backed_up: Path) -> None:
    restore(run, backed_up)
    run.ok("--yes", "resume-after-restore", "--sent", name(42), "--new", name(43))
    publish(run, club, 43)
    assert set(received(relay).values()) == {4}
    ids = {message_id(received.message) for received in relay.received}
    assert len(ids) == len(relay.received)  # a copy of the lost ledger never shares its id with a new one


def message_id(message: bytes) -> str:
    return message.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()


def test_the_log_counts_the_copies_that_left_since(
    run: Terminal, club: Club, relay: Sink, backed_up: Path, tmp_path: Path
) -> None:
    restore(run, backed_up)
    (tmp_path / "log").write_text("\n".join(message_id(received.message) for received in relay.received))
    decided = ("--log", tmp_path / "log", "--sent", name(42), "--sent", name(43))
    resumed = run.ok("--yes", "--json", "resume-after-restore", *decided).document
    assert (resumed["settled_by_log"], resumed["unknown_in_log"]) == (0, 2 * len(PEOPLE))


def test_folders_that_are_gone_are_not_asked_about(run: Terminal, club: Club, relay: Sink, backed_up: Path) -> None:
    restore(run, backed_up)
    for folder in ("2018-08", "2018-09"):
        shutil.rmtree(club.folder / "issues" / folder)
    run.ok("--yes", "resume-after-restore")
    publish(run, club, 44)
    assert set(received(relay).values()) == {4}


@pytest.mark.sqlite
def test_a_copy_opened_on_another_machine_sends_nothing(
    run: Terminal, club: Club, relay: Sink, backed_up: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = Club(tmp_path / "elsewhere")
    shutil.copytree(club.folder, elsewhere.folder, ignore=shutil.ignore_patterns("mailer.db*", ".mailer*"))
    restore_by_hand(elsewhere, backed_up)
    monkeypatch.setenv("MAILER_CONFIG", str(elsewhere.config))
    assert REFUSED in run("pull").err
    run.ok("--yes", "resume-after-restore", "--sent", name(42), "--sent", name(43))
    publish(run, elsewhere, 44)
    assert set(received(relay).values()) == {4}


@pytest.mark.sqlite
@pytest.mark.parametrize("epoch_file", ["kept", "removed", "of words"])
def test_a_plain_copy_of_the_file_is_noticed_too(
    run: Terminal, club: Club, relay: Sink, tmp_path: Path, epoch_file: str
) -> None:
    register(run, club, PEOPLE)
    publish(run, club, 41)
    shutil.copy(club.folder / "mailer.db", tmp_path / "copy.db")  # no process runs
    publish(run, club, 42)
    restore_by_hand(club, tmp_path / "copy.db")
    file = club.folder / ".mailer.db.epoch"
    if epoch_file == "removed":
        file.unlink()
    elif epoch_file == "of words":
        file.write_text("lost")
    assert REFUSED in run("pull").err
    run.ok("--yes", "resume-after-restore", "--sent", name(42))
    publish(run, club, 43)
    assert set(received(relay).values()) == {3}


def test_a_plan_of_the_backup_that_was_sent_since_is_settled_by_the_log(
    run: Terminal, club: Club, relay: Sink, tmp_path: Path
) -> None:
    register(run, club, PEOPLE)
    publish(run, club, 41)
    write(club, 42)
    run.ok("pull")
    run.ok("plan", name(42))
    run.ok("db", "backup", tmp_path / "backup.db")
    run.ok("--yes", "approve", name(42))
    run.ok("--yes", "send", name(42), "--wait")
    copies = run.ok("--json", "delivery", "list", name(42)).document
    restore(run, tmp_path / "backup.db")

    log = tmp_path / "accepted.txt"
    log.write_text("\n".join(copy["message_id"] for copy in copies[:3]))
    half = run("--yes", "--json", "resume-after-restore", "--log", log)
    assert half.status == 1  # one copy is not in the log
    assert [(one["issue"], one["waiting"], one["accepted"]) for one in half.document["issues"]] == [(name(42), 1, 3)]
    log.write_text("\n".join(copy["message_id"] for copy in copies))
    resumed = run.ok("--yes", "--json", "resume-after-restore", "--log", log).document
    assert (resumed["issues"], resumed["settled_by_log"], resumed["unknown_in_log"]) == ([], 4, 0)
    report = run.ok("--json", "report", name(42)).document
    assert (report["state"], report["deliveries"]["accepted"], report["balanced"]) == ("closed", 4, True)
    assert "by the relay's log" in run.ok("delivery", "show", str(copies[0]["id"])).out
    assert run.ok("--json", "unsent", name(42)).document["people"] == []
    assert set(received(relay).values()) == {2}


def test_the_copies_that_the_log_lacks_go_on(run: Terminal, club: Club, relay: Sink, tmp_path: Path) -> None:
    register(run, club, PEOPLE)
    for words in (("pull",), ("plan", name(41)), ("--yes", "approve", name(41))):
        run.ok(*words)
    run.ok("db", "backup", tmp_path / "backup.db")
    copies = run.ok("--json", "delivery", "list", name(41)).document
    restore(run, tmp_path / "backup.db")
    (tmp_path / "list").write_text(f"{copies[0]['message_id']}\n")
    run.ok("--yes", "resume-after-restore", "--log", tmp_path / "list", "--new", name(41))
    assert run("plan", name(41)).status == 1  # a new plan would forget the copy that left
    run.ok("--yes", "send", name(41), "--wait")
    assert received(relay) == Counter(member.email for member in PEOPLE[1:])


@pytest.mark.parametrize("how", ["--sent", "--new"])
def test_a_folder_with_newer_content(run: Terminal, club: Club, relay: Sink, tmp_path: Path, how: str) -> None:
    register(run, club, PEOPLE)
    run.ok("pull")
    run.ok("plan", name(41))
    run.ok("db", "backup", tmp_path / "backup.db")
    write(club, 41, more="A second thought.")
    restore(run, tmp_path / "backup.db")
    document = run("--yes", "--json", "resume-after-restore").document
    assert [(one["issue"], one["doubt"], one["state"]) for one in document["issues"]] == [
        (name(41), "changed", "planned")
    ]
    run.ok("--yes", "resume-after-restore", how, name(41))
    found = {one["finding"] for one in run.ok("--json", "pull").document}
    assert found == ({"known"} if how == "--sent" else {"stored"})
    if how == "--new":
        publish_again = (("plan", name(41)), ("--yes", "approve", name(41)), ("--yes", "send", name(41), "--wait"))
        for words in publish_again:
            run.ok(*words)
    assert len(relay.received) == (0 if how == "--sent" else 4)


def test_a_supplement_sent_since_is_not_sent_again_before_a_person_has_decided(
    run: Terminal, club: Club, relay: Sink, tmp_path: Path
) -> None:
    late = Member(number=9, paid=0)
    register(run, club, [*PEOPLE, late])
    publish(run, club, 41)
    run.ok("db", "backup", tmp_path / "backup.db")
    paid = Member(number=9)
    register(run, club, [*PEOPLE, paid])
    run("--yes", "unsent", name(41), "--send")
    run.ok("--yes", "send", name(41), "--wait")
    assert received(relay)[paid.email] == 1
    restore(run, tmp_path / "backup.db")
    resumed = run.ok("--yes", "resume-after-restore")
    assert "may name people who have theirs" in resumed.out
    register(run, club, [*PEOPLE, paid])
    run.ok("--yes", "send", name(41), "--wait")
    assert received(relay)[paid.email] == 1  # named by `unsent`, sent to only by a person's command
    unsent = run.ok("--json", "unsent", name(41)).document
    assert [one["person"] for one in unsent["people"]] == [paid.person]
    assert unsent["restored_at"]
    assert "these people may have their copies" in run.ok("unsent", name(41)).out
    refused = run("--yes", "unsent", name(41), "--send")
    assert refused.status == 1
    assert f"{paid.person} Reader009 may have their copies" in refused.err

    # One who joins now gets a copy, and who has one does not.
    newcomer = Member(number=10)
    register(run, club, [*PEOPLE, paid, newcomer])
    run.ok("--yes", "unsent", name(41), "--send", "--leave-out", "reader009")
    run.ok("--yes", "send", name(41), "--wait")
    assert (received(relay)[newcomer.email], received(relay)[paid.email]) == (1, 1)
    assert run("--yes", "unsent", name(41), "--send").status == 1  # asked again while it is not known who has theirs
    assert "P010 is owed no copy" in run("unsent", name(41), "--leave-out", "P010").err

    # Once a person has said that no supplement was lost, none is asked about any more.
    run.ok("--yes", "unsent", name(41), "--send", "--none-lost")
    register(run, club, [*PEOPLE, paid, newcomer, Member(number=11)])
    run.ok("--yes", "unsent", name(41), "--send")
    publish(run, club, 42)
    register(run, club, [*PEOPLE, paid, newcomer, *members(2, first=11)])
    run.ok("--yes", "unsent", name(42), "--send")  # begun after the restore


@pytest.mark.sqlite
async def test_copies_in_hand_when_the_backup_was_made(tmp_path: Path) -> None:
    club = Club.found(tmp_path / "club")
    async with Sink() as sink:
        with club.sending(FrozenClock(THURSDAY), sink) as (app, sender):
            begin(app, PEOPLE)
            app.store.back_up(tmp_path / "backup.db", THURSDAY)
            await sender.drain(ISSUE)
        assert len(sink.received) == 4
        restore_by_hand(club, tmp_path / "backup.db")
        with (
            pytest.raises(Refused, match="a backup of 2018-07-12 13:00 UTC"),
            club.sending(FrozenClock(THURSDAY), sink),
        ):
            pytest.fail("a sender was made")
        with club.opened() as app:
            with app.store.reading() as connection:
                assert backups.backup_at(connection) == THURSDAY
            assert distribution_report(app.context, ISSUE).balance.balanced
        assert len(sink.received) == 4
