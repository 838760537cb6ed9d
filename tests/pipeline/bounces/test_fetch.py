"""A mail is stored once even where it cannot be moved; the others are read, and the operator hears of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from mailer.app.inbound import inboxes
from mailer.app.installation import App
from mailer.checking.bounces import check_inboxes
from mailer.domain.bounce import Way
from mailer.gateways.inbox.maildir import MaildirInbox
from mailer.pipeline.bounces import ingest, unmoved
from mailer.pipeline.bounces.fetch import Fetched, Taken, fetch
from mailer.pipeline.context import Context
from mailer.store import letters
from tests.certificates import Authority
from tests.club import Club
from tests.doubles import FrozenClock
from tests.scripted_mailbox import Mailbox, Talk, scripted

LETTERS = {number: b"Subject: %d\r\n\r\nHello\r\n" % number for number in range(1, 6)}


@dataclass(slots=True)
class Lookout:
    """An installation with a mailbox, into which it looks again and again."""

    app: App
    mailbox: Mailbox
    taken: Taken = field(default_factory=Taken)

    @property
    def context(self) -> Context:
        return replace(self.app.context, operator="operator@club.example")

    def look(self) -> Fetched:
        [inbox] = inboxes(self.app)
        return fetch(self.context, inbox, taken=self.taken)

    @property
    def alarms(self) -> list[str]:
        with self.app.store.reading() as connection:
            waiting = letters.waiting(connection, self.app.context.clock.now())
        return [str(letter.facts["said"]) for letter in waiting if letter.facts.get("cause") == "inbox"]

    @property
    def check(self) -> tuple[bool, str]:
        [result] = check_inboxes(self.app)
        return result.ok, result.finding


@pytest.fixture
def lookout(club: Club, authority: Authority, clock: FrozenClock) -> Iterator[Lookout]:
    with scripted(Mailbox(mails=dict(LETTERS)), authority) as mailbox:
        (club.folder / "password").write_text("secret")
        (club.folder / "password").chmod(0o600)
        club.settle(
            bounces={
                "imap_url": f"{mailbox.url}/INBOX",
                "imap_password_file": "password",
                "imap_ca_file": str(authority.ca_file),
            }
        )
        with club.opened(clock) as opened:
            yield Lookout(app=opened, mailbox=mailbox)


def over_quota(_talk: Talk, _uid: int) -> bytes:
    return b"NO [OVERQUOTA] quota exceeded"


def test_a_full_mailbox_stops_no_mail_and_none_is_read_twice(lookout: Lookout) -> None:
    lookout.mailbox.on_move = over_quota
    first = lookout.look()
    assert (first.new, first.duplicates, first.unmoved) == (5, 0, 5)
    lookout.mailbox.mails[6] = b"Subject: 6\r\n\r\nHello\r\n"
    lookout.mailbox.commands.clear()
    second = lookout.look()
    assert (second.new, second.duplicates, second.unmoved) == (1, 0, 6)
    assert lookout.mailbox.count("UID FETCH") == 2  # the size and the content of the new one
    assert lookout.mailbox.count("UID MOVE") == 2  # of the known ones, the first alone is tried
    assert len(ingest.listing(lookout.app.context, every=True)) == 6


def test_the_operator_hears_of_it_once_and_of_its_end(lookout: Lookout, clock: FrozenClock) -> None:
    assert lookout.check == (True, "it can be read; 5 mails wait")
    lookout.mailbox.on_move = over_quota
    for _ in range(3):
        lookout.look()
    [said] = lookout.alarms
    assert "mails that were taken in by imap cannot be moved" in said
    assert "quota exceeded" in said
    ok, finding = lookout.check
    assert not ok
    assert finding == f"it can be read; 5 mails wait; {said}"
    lookout.mailbox.on_move = None
    assert lookout.look().unmoved == 0
    assert lookout.mailbox.processed == LETTERS
    assert lookout.check == (True, "it can be read; 0 mails wait")
    clock.advance(hours=1)
    lookout.mailbox.mails, lookout.mailbox.on_move = {9: b"Subject: 9\r\n\r\n"}, over_quota
    lookout.look()
    assert len(lookout.alarms) == 2


def test_a_mail_that_cannot_be_read_is_not_read_again_where_it_cannot_be_laid_aside(lookout: Lookout) -> None:
    lookout.mailbox.mails, lookout.mailbox.sizes = {1: LETTERS[1]}, {1: 1 << 40}
    lookout.mailbox.on_move = over_quota
    assert (lookout.look().failed, lookout.look().failed) == (1, 0)
    lookout.mailbox.on_move = None
    lookout.look()
    assert (lookout.mailbox.failed, lookout.mailbox.processed) == ({1: LETTERS[1]}, {})


def test_a_server_that_only_says_that_it_moves_is_seen_through(lookout: Lookout) -> None:
    lookout.mailbox.on_move = lambda _talk, _uid: b"OK moved"
    assert lookout.look().new == 5
    lookout.mailbox.commands.clear()
    assert lookout.look().new == 0
    assert lookout.mailbox.count("UID FETCH") == 0


def test_a_mail_that_cannot_be_fetched_waits_and_is_laid_aside_at_the_third_look(lookout: Lookout) -> None:
    def another(talk: Talk, uid: int) -> bytes:
        return talk.mailbox.fetched(5 if uid < 3 and 5 in talk.mailbox.mails else uid) + b"OK done"

    lookout.mailbox.on_body = another
    first = lookout.look()
    assert (first.new, first.waiting, first.failed) == (3, 2, 0)
    assert first.why_waiting == [f"77/{uid}: the server answers with another mail" for uid in (1, 2)]
    assert sorted(lookout.mailbox.mails) == [1, 2]  # by now the fifth has been moved
    assert lookout.look().new == 2
    assert lookout.mailbox.failed == {}
    lookout.mailbox.mails = {7: LETTERS[1]}
    lookout.mailbox.on_body = lambda _talk, _uid: None
    looks = [lookout.look() for _ in range(3)]
    assert [(each.waiting, each.failed) for each in looks] == [(1, 0), (1, 0), (0, 1)]
    assert lookout.mailbox.failed == {7: LETTERS[1]}


def test_a_mailbox_that_gives_out_no_mail_at_all_lays_none_aside(lookout: Lookout) -> None:
    lookout.mailbox.on_body = lambda _talk, _uid: b"NO [UNAVAILABLE] Server busy"
    looks = [lookout.look() for _ in range(4)]
    assert [(each.waiting, each.failed) for each in looks] == [(5, 0)] * 4
    lookout.mailbox.on_body = lambda talk, uid: b"NO" if uid == 2 else talk.mailbox.fetched(uid) + b"OK done"
    looks = [lookout.look() for _ in range(3)]
    assert [(each.new, each.waiting, each.failed) for each in looks] == [(4, 1, 0), (0, 1, 0), (0, 0, 1)]
    assert lookout.mailbox.failed == {2: LETTERS[2]}


def test_what_has_left_the_mailbox_is_forgotten(lookout: Lookout) -> None:
    lookout.look()
    lookout.look()
    assert lookout.taken.mails == {}


def test_a_maildir_that_cannot_move_a_mail_gives_out_the_others(club: Club, clock: FrozenClock) -> None:
    new = club.folder / "mail" / "new"
    new.mkdir(parents=True)
    for name in ("1", "2" * 255, "3"):  # the longest name has no room for the mark of a mail that was read
        (new / name).write_bytes(name[0].encode() + LETTERS[1])
    club.settle(bounces={"maildir": "mail"})
    with club.opened(clock) as app:
        looks = [fetch(app.context, MaildirInbox(new.parent)) for _ in range(2)]
        [finding] = [result.finding for result in check_inboxes(app)]
    assert [(each.new, each.duplicates, each.unmoved) for each in looks] == [(3, 0, 1), (0, 1, 1)]
    assert "mails that were taken in by maildir cannot be moved" in finding


def test_no_mail_is_read_after_a_stop(lookout: Lookout) -> None:
    [inbox] = inboxes(lookout.app, lambda: True)
    assert fetch(lookout.context, inbox, lambda: True) == Fetched()
    with lookout.app.store.reading() as connection:
        assert unmoved.noted(connection, Way.IMAP) == ""
