"""Bounces that a real Postfix writes come home, by its forwarding them to us and by a real mailbox: the ledger is the truth."""

import random  # noqa: TID251  (the same deaths every time)
import signal
import smtplib
from collections.abc import Callable
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import Way
from mailer.domain.delivery import State
from mailer.domain.matter import Matter, NamedBy
from mailer.pipeline.bounces import ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.send import send_mailing
from tests.club import ISSUE, WORDS, Member, begin, members, pull_issues
from tests.dovecot import absent as no_dovecot
from tests.postfix import absent
from tests.real.home import (
    ALL_BUT_UNKNOWN,
    FULL,
    NEXT,
    PEOPLE,
    POST,
    REASONS,
    SPAM,
    THIRD,
    UNKNOWN,
    Home,
    addresses,
    alarms,
    comes_to,
    copies,
    fetched,
    forwarded,
    held,
    kept_in_a_maildir,
    raw,
    reported,
    standing,
    states,
)
from tests.real.post_office import DOMAIN, OFFICE, STRICT, Fate
from tests.servers import PATIENCE, wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(absent()), reason=f"{absent()}: run sh tests/real/install as root"),
]
needs_dovecot = pytest.mark.skipif(bool(no_dovecot()), reason=f"{no_dovecot()}: run sh tests/real/install as root")


# --- an issue to a thousand, by both ways in --------------------------------------------------------------------------


def is_the_truth(app: App, home: Home, issue: IssueName) -> None:
    """The ledger says of every copy what Postfix does, and of every report what the members' server said."""
    given = copies(app, issue)
    fates = home.office.fates()
    assert set(given) == set(fates) == {one.email for one in PEOPLE}
    ends = {"sent": State.ACCEPTED, "bounced": State.BOUNCED}
    assert {address: copy.state for address, copy in given.items()} == {
        address: ends[fate[-1].end] for address, fate in fates.items()
    }
    assert states(app, issue) == {"accepted": 940, "bounced": 60}
    read = {one.address: one for one in reported(app, issue)}
    assert len(reported(app, issue)) == len(read) == 60
    for reason, numbers in REASONS.items():
        assert {address for address, one in read.items() if one.reason == reason} == addresses(numbers)
    hard = {address for address, one in read.items() if one.hard}
    assert addresses(UNKNOWN) <= hard
    assert not addresses(FULL) & hard
    for address, one in read.items():
        assert (one.named_by, one.matter, one.forwarded) == (NamedBy.RETURN_PATH, Matter.BOUNCED, False)
        assert (one.delivery, fates[address][-1]) == (given[address].id, Fate("bounced", one.status))


def all_comes_home(app: App, home: Home, issue: IssueName, mails: int) -> None:
    """The daemon sends the issue and takes in what comes back; so many mails are kept in the end."""
    with home.daemon():
        comes_to(lambda: states(app, issue), {"accepted": 940, "bounced": 60})
        comes_to(lambda: standing(app, issue), "closed")
        home.office.wait_until_empty()
        comes_to(lambda: raw(app), mails)
        all_are_moved(home, mails)
    is_the_truth(app, home, issue)


def all_are_moved(home: Home, mails: int) -> None:
    """Where mails are fetched, each ends in the folder for the processed, once. The server copies it there, then removes it."""
    if dovecot := home.dovecot:
        comes_to(lambda: (dovecot.count(), dovecot.count(".Processed")), (0, mails))


def an_issue_goes_out(app: App, home: Home, issue: IssueName) -> None:
    """A further one, which nobody has planned yet."""
    home.club.write_issue(serial=issue.serial, number=issue.serial - 34)
    pull_issues(app)
    plan_mailing(app.context, issue)
    approve_mailing(app.context, issue)
    send_mailing(app.context, issue)


@pytest.mark.parametrize(
    ("way", "home"),
    [(Way.LISTENER, forwarded), pytest.param(Way.IMAP, fetched, marks=needs_dovecot)],
    ids=["forwarded", "fetched"],
)
def test_an_issue_to_a_thousand_people_and_sixty_bounces(way: Way, home: Callable[..., Home], tmp_path: Path) -> None:
    with home(tmp_path, **POST) as home, home.opened() as app:
        begin(app, PEOPLE)
        all_comes_home(app, home, ISSUE, 60)
        assert sorted(home.office.delivered()) == sorted(ALL_BUT_UNKNOWN - addresses(FULL) - addresses(SPAM))
        assert {one.way for one in reported(app)} == {way}
        assert held(app) == set()
        assert alarms(app) == {(str(ISSUE), "content")}
        assert len(home.says("bounce", "list")) == 60

        an_issue_goes_out(app, home, NEXT)
        all_comes_home(app, home, NEXT, 120)
        assert held(app) == addresses(UNKNOWN)
        assert {one["reason"] for one in home.says("hold", "list")} == {"address"}

        home.club.write_issue(serial=THIRD.serial, number=9)
        pull_issues(app)
        plan_mailing(app.context, THIRD)
        assert distribution_report(app.context, THIRD).balance.excluded == {"address_held": 20}
        assert set(copies(app, THIRD)) == ALL_BUT_UNKNOWN
        mended = PEOPLE[100].email
        assert home.says("unsent", str(ISSUE))["people"] == []
        home.says("hold", "lift", mended)
        for issue in (ISSUE, NEXT):
            assert [one["person"] for one in home.says("unsent", str(issue))["people"]] == ["P101"]
        assert held(app) == addresses(UNKNOWN) - {mended}


# --- what DSN brings --------------------------------------------------------------------------------------------------


@needs_dovecot
def test_a_bounce_brings_the_head_alone_and_names_its_copy_in_three_ways(tmp_path: Path) -> None:
    people = members(4)
    with fetched(tmp_path, known={people[0].email, people[1].email, people[2].email}) as home, home.opened() as app:
        begin(app, people)
        with home.daemon():
            comes_to(lambda: states(app), {"accepted": 3, "bounced": 1})
            given = copies(app)
            by_message_id, by_envelope, by_neither = (given[one.email] for one in people[:3])
            # What a server does that forgets the return path: it writes to the office.
            identity = by_envelope.message_id.strip("<>").partition("@")[0]
            comes_to_the_office(home, by_message_id.message_id, "another")
            comes_to_the_office(home, "<another@club.example>", identity)
            comes_to_the_office(home, by_neither.message_id.replace("@", "a@"), "another")
            comes_to(lambda: raw(app), 4)
        found = {one.named_by: one for one in ingest.listing(app.context, every=True)}
        assert {by: one and one.delivery for by, one in found.items()} == {
            NamedBy.RETURN_PATH: given[people[3].email].id,
            NamedBy.MESSAGE_ID: by_message_id.id,
            NamedBy.ENVELOPE_ID: by_envelope.id,
            None: None,
        }
        assert states(app) == {"accepted": 1, "bounced": 3}
        [report] = [one for one in home.dovecot.mails(".Processed") if DOMAIN.encode() in one.partition(b"\n\n")[0]]
        mail = message_from_bytes(report, policy=policy.default)
        parts = {part.get_content_type(): part for part in mail.walk()}
        status = parts["message/delivery-status"].as_string()
        bounced = given[people[3].email]
        assert f"Original-Envelope-Id: {bounced.message_id.strip('<>').partition('@')[0]}\n" in status
        assert f"Original-Recipient: rfc822;{people[3].email}\n" in status
        head = parts["text/rfc822-headers"].get_content()
        assert f"Message-ID: {bounced.message_id}" in head
        assert "message/rfc822" not in parts
        assert WORDS["en"][1].partition("*")[0] not in report.decode()
        assert head.partition("\n\n")[2].strip() == ""


def comes_to_the_office(home: Home, message_id: str, envelope_id: str) -> None:
    """A mail of the office to nobody: the relay returns it there, with this Message-ID and ENVID."""
    content = f"To: nobody@members.example\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\nx\r\n"
    with smtplib.SMTP("127.0.0.1", home.office.port, timeout=PATIENCE) as client:
        options = ["RET=HDRS", f"ENVID={envelope_id}"]
        client.sendmail(f"letter@{OFFICE}", ["nobody@members.example"], content, mail_options=options)


# --- the breaker ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("per_minute", "ended"), [(0, "closed"), (30, "paused")], ids=["once all are gone", "in the middle"]
)
def test_an_issue_that_is_not_taken_for_its_senders_sake_is_stopped_and_nobody_is_held(
    per_minute: int, ended: str, tmp_path: Path
) -> None:
    people = [Member(number=number, address=f"desk{number:03}@{STRICT}") for number in range(1, 101)]
    with forwarded(tmp_path) as home, home.opened(per_minute=per_minute) as app:
        begin(app, people)
        if not per_minute:
            leave(home, app)
        with home.daemon():
            comes_to(lambda: standing(app, ISSUE), ended)
            comes_to(lambda: set(states(app)) <= {"pending", "bounced"}, True)
            home.office.wait_until_empty()
        assert set(home.office.fates(STRICT)) == {address for address, one in copies(app).items() if one.attempts}
        assert 3 <= states(app)["bounced"] <= (per_minute or len(people))
        assert bool(states(app)["pending"]) is (ended == "paused")
        assert {one.reason for one in reported(app)} == {"authentication"}
        assert held(app) == set()
        assert alarms(app) == {(str(ISSUE), "breaker"), (str(ISSUE), "authentication")}


def leave(home: Home, app: App) -> None:
    """All copies leave while nobody takes in what comes back: it waits."""
    home.says("send", str(ISSUE), "--wait")
    assert standing(app, ISSUE) == "closed"


# --- kill -9 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("home", [forwarded, pytest.param(fetched, marks=needs_dovecot)], ids=["listening", "fetching"])
def test_kill_9_of_the_daemon_loses_no_bounce_and_takes_none_twice(home: Callable[..., Home], tmp_path: Path) -> None:
    people = PEOPLE[:500]
    dead = {one.email for one in people[::2] if one.number % 20}
    with home(tmp_path, known={one.email for one in people} - dead) as home, home.opened() as app:
        begin(app, people)
        leave(home, app)
        kills = 0
        for enough in (1, 70, 140, 200):
            with home.started("daemon") as daemon:
                comes_to(partial(lambda enough: raw(app) >= enough, enough), True)
                daemon.end(signal.SIGKILL)
                kills += raw(app) < len(dead)
        assert kills >= 3
        with home.daemon():
            comes_to(lambda: raw(app), len(dead))
            home.office.wait_until_empty()
            all_are_moved(home, len(dead))
        assert raw(app) == len(reported(app)) == len(dead)
        assert {address for address, one in copies(app).items() if one.state is State.BOUNCED} == dead
        assert {one.address for one in reported(app)} == dead
        assert states(app) == {"accepted": len(people) - len(dead), "bounced": len(dead)}
        assert held(app) == set()
        fates = home.office.fates()
        assert {address for address, fate in fates.items() if fate == [Fate("bounced", "5.1.1")]} == dead


def test_kill_9_of_ingesting_a_maildir_at_any_moment_keeps_each_mail_once(tmp_path: Path) -> None:
    people, chance = PEOPLE[:500], random.Random(4)
    with kept_in_a_maildir(tmp_path) as home, home.opened() as app:
        begin(app, people)
        leave(home, app)
        home.office.wait_until_empty()
        ingest = ("bounce", "ingest", "--maildir", str(home.maildir))
        kills = 0
        while raw(app) < len(people) - 60 and kills < 8:
            with home.started(*ingest) as process:
                enough = raw(app) + chance.randint(1, 90)
                wait_until(lambda enough=enough: raw(app) >= min(enough, len(people)), process.words())
                process.end(signal.SIGKILL)
                kills += 1
        assert kills >= 5
        done = home.says(*ingest)
        assert (done["new"] + done["known"], done["failed"]) == (len(people), 0)
        assert home.says(*ingest) == {"new": 0, "known": len(people), "failed": 0, "waiting": 0, "unmoved": 0}
        assert raw(app) == len({one.delivery for one in reported(app)}) == len(reported(app)) == len(people)
        assert states(app) == {"bounced": len(people)}
        assert held(app) == set()
        assert len([one for part in ("new", "cur") for one in (home.maildir / part).iterdir()]) == len(people)
