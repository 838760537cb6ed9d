"""Ten thousand forged reports move no copy, hold no address and pause no person: only a token signed for it counts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import RawReport, ReportKind, Way
from mailer.domain.delivery import Delivery, State
from mailer.formats.return_path import return_path, unsubscribe_address
from mailer.formats.token import Keyring, Purpose
from mailer.pipeline.bounces import holds, ingest, match
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.pause import cancel_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.supplement import send_supplement
from tests.club import LETTER, THURSDAY, Club, begin, copies, import_register, members, pull_issues, reverse
from tests.doubles import FrozenClock
from tests.formats.mutations import Chance
from tests.photographed import photograph
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, FULL, SPAM, UNKNOWN, UNSIGNED, bounce, complaint, letter

MANY, ALL = 2_500, 10_000
BATCH = 250
PEOPLE = members(20)
SECOND = IssueName(newsletter=LETTER, serial=42)
STRANGER = Keyring(keys=(b"a key of somebody else, long enough",))
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
AT_HOME = "letter@club.example"
WHY = (UNKNOWN, FULL, SPAM, UNSIGNED)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An issue of three weeks ago, and one now with copies accepted, held, cancelled and pending."""
    club, clock = Club.found(tmp_path), FrozenClock(THURSDAY)
    club.settle(bounces={"return_path_domain": DOMAIN}, notify={"operator": "operator@club.example"})
    with club.opened(clock) as opened:
        begin(opened, PEOPLE)
        deliver(opened)
        clock.advance(days=21)
        club.write_issue(serial=42, number=8, day="2018-08-02")
        pull_issues(opened)
        plan_mailing(opened.context, SECOND)
        approve_mailing(opened.context, SECOND)
        send_mailing(opened.context, SECOND)
        deliver(opened)
        for first in (21, 24, 27):  # three people each: payments reversed; supplement cancelled; still pending
            late = members(3, first=first)
            import_register(opened, [*members(first - 1), *late])
            send_supplement(opened.context, SECOND)
            if first == 21:
                for one in late:
                    reverse(opened, one)
                deliver(opened)
            elif first == 24:
                cancel_mailing(opened.context, SECOND)
        yield opened


class Forger:
    """Forges reports, each with a single flaw. The same seed gives the same reports."""

    def __init__(self, app: App, seed: str) -> None:
        self.chance = Chance(seed)
        self.keys = app.context.keys
        found = list_deliveries(app.context, SECOND, None)
        self.sent = [one for one in found if one.state is State.ACCEPTED]
        self.never_sent = [one for one in found if one.state is not State.ACCEPTED]
        self.old = [*copies(app).values()]
        assert {str(one.state) for one in self.never_sent} == {"held", "cancelled", "pending"}
        self.kinds: list[Callable[[], tuple[bytes, str]]] = [
            getattr(self, name) for name in dir(self) if name.startswith("by_")
        ]

    def one(self) -> RawReport:
        """The next report, at random with its envelope or without."""
        make = self.of(self.kinds)
        content, recipient = make()
        # A header that contradicts the envelope is a forgery only where there is an envelope.
        alone = make.__name__ != "by_a_header_that_its_envelope_contradicts"
        way = self.of((Way.LISTENER, Way.MAILDIR)) if alone else Way.LISTENER
        return RawReport(content=content, recipient=recipient if way is Way.LISTENER else "", way=way)

    def of(self, choices):
        return choices[self.chance.below(len(choices))]

    def report(self, to: str, copy: Delivery, message_id: str = "", envelope_id: str = "") -> tuple[bytes, str]:
        """A bounce, a complaint or an unsubscribe, about a copy."""
        match self.chance.below(4):
            case 0:
                kind = self.of(("abuse", "fraud", "opt-out", "auth-failure"))
                return complaint(to, copy.address, kind, message_id=message_id), to
            case 1:
                return letter(to, "Unsubscribe me.", subject="unsubscribe", sender=copy.address), to
            case _:
                why = self.of(WHY)
                return bounce(to, copy.address, why, message_id=message_id, envelope_id=envelope_id), to

    def machine(self, to: str, copy: Delivery) -> tuple[bytes, str]:
        """The same, without letters that a person may have written."""
        if self.chance.below(3):
            return bounce(to, copy.address, self.of(WHY), message_id=self.of(("", copy.message_id))), to
        return complaint(to, copy.address, message_id=self.of(("", copy.message_id))), to

    def spoilt(self, text: str) -> str:
        """The text with one character before the @ changed, lost or doubled."""
        local, at, domain = text.partition("@")
        place = self.chance.below(len(local))
        old = local[place].lower()
        new = self.of((*(one for one in LETTERS if one != old), "", old + old, "\N{CYRILLIC SMALL LETTER A}", "%", "="))
        return f"{local[:place]}{new}{local[place + 1 :]}{at}{domain}"

    # --- addresses that we did not write --------------------------------------------------------------------------

    def by_a_spoilt_return_path(self):
        copy = self.of(self.sent)
        return self.report(self.spoilt(return_path(self.keys, copy.id, DOMAIN)), copy)

    def by_a_spoilt_unsubscribe_address(self):
        copy = self.of(self.sent)
        return self.report(self.spoilt(unsubscribe_address(self.keys, copy.id, DOMAIN)), copy)

    def by_somebody_elses_key(self):
        copy = self.of(self.sent)
        token = STRANGER.sign(self.of((*Purpose,)), copy.id)
        return self.report(f"{token}@{DOMAIN}", copy, f"<{STRANGER.sign(Purpose.MESSAGE_ID, copy.id)}@club.example>")

    def by_another_domain(self):
        copy = self.of(self.sent)
        domain = self.of(("club.example", f"sub.{DOMAIN}", f"{DOMAIN}.evil.example", DOMAIN.replace("o", "0")))
        return self.report(return_path(self.keys, copy.id, domain), copy)

    def by_words_around_the_token(self):
        copy = self.of(self.sent)
        token = self.keys.sign(self.of((Purpose.BOUNCE, Purpose.UNSUBSCRIBE)), copy.id)
        around = self.of(("{}+x", "x+{}", "{}.", '"{}"x', "{}-1", "prvs={}"))
        return self.report(f"{around.format(token)}@{DOMAIN}", copy)

    def by_a_copy_that_is_not_there(self):
        copy, number = self.of(self.sent), 10_000 + self.chance.below(1 << 40)
        to = return_path(self.keys, number, DOMAIN)
        return self.report(to, copy, f"<{self.keys.sign(Purpose.MESSAGE_ID, number)}@club.example>")

    # --- tokens for something else --------------------------------------------------------------------------------

    def by_a_message_id_as_a_return_path(self):
        copy = self.of(self.sent)
        return self.report(f"{self.keys.sign(Purpose.MESSAGE_ID, copy.id)}@{DOMAIN}", copy)

    def by_an_unsubscribe_address_as_a_return_path(self):
        copy = self.of(self.sent)
        return self.machine(unsubscribe_address(self.keys, copy.id, DOMAIN), copy)

    def by_a_return_path_as_an_unsubscribe_address(self):
        copy = self.of(self.sent)
        to = return_path(self.keys, copy.id, DOMAIN)
        return letter(to, "Please no more.", subject="unsubscribe", sender=copy.address), to

    def by_another_purpose_as_a_message_id(self):
        copy = self.of(self.sent)
        token = self.keys.sign(self.of((Purpose.BOUNCE, Purpose.UNSUBSCRIBE)), copy.id)
        return self.report(AT_HOME, copy, f"<{token}@club.example>", token)

    # --- tokens whose time is not there, or over ------------------------------------------------------------------

    def by_a_copy_that_never_left(self):
        copy = self.of(self.never_sent)
        address = self.of((return_path, unsubscribe_address))
        return self.report(address(self.keys, copy.id, DOMAIN), copy, copy.message_id)

    def by_the_message_id_of_a_copy_that_never_left(self):
        copy = self.of(self.never_sent)
        return self.report(AT_HOME, copy, copy.message_id, copy.message_id[1:].partition("@")[0])

    def by_a_token_older_than_two_weeks(self):
        copy = self.of(self.old)
        return self.report(return_path(self.keys, copy.id, DOMAIN), copy, self.of(("", copy.message_id)))

    def by_a_message_id_older_than_two_weeks(self):
        copy = self.of(self.old)
        return self.report(AT_HOME, copy, copy.message_id)

    # --- signatures that do not agree, or are spoilt --------------------------------------------------------------

    def by_a_spoilt_message_id(self):
        copy = self.of(self.sent)
        spoilt = self.spoilt(copy.message_id[1:])
        return self.report(AT_HOME, copy, f"<{spoilt}", spoilt.partition("@")[0])

    def by_the_return_path_of_another_copy(self):
        copy, other = self.of(self.sent[:10]), self.of(self.sent[10:])
        to = return_path(self.keys, copy.id, DOMAIN)
        return bounce(to, copy.address, self.of(WHY), message_id=other.message_id), to

    def by_a_message_id_that_our_envelope_id_contradicts(self):
        copy, other = self.of(self.sent[:10]), self.of(self.sent[10:])
        named = other.message_id[1:].partition("@")[0]
        return bounce(AT_HOME, copy.address, message_id=copy.message_id, envelope_id=named), AT_HOME

    def by_a_header_that_its_envelope_contradicts(self):
        copy = self.of(self.sent)
        return self.report(return_path(self.keys, copy.id, DOMAIN), copy)[0], AT_HOME

    # --- what anybody can write -----------------------------------------------------------------------------------

    def by_the_address_in_its_text_alone(self):
        copy = self.of(self.sent)
        text = f"I could not deliver your mail.\n\n<{copy.address}>:\n550 5.1.1 User unknown\n"
        return letter(AT_HOME, text, subject="failure notice", sender="MAILER-DAEMON@mx.members.example"), AT_HOME

    def by_a_token_in_its_text_alone(self):
        copy = self.of(self.sent)
        text = f"From: {return_path(self.keys, copy.id, DOMAIN)}\nTo: {copy.address}\n\n550 5.1.1 User unknown\n"
        return letter(AT_HOME, text, subject="failure notice", sender="MAILER-DAEMON@mx.members.example"), AT_HOME

    def by_the_recipient_fields_alone(self):
        copy = self.of(self.sent)
        said = bounce(AT_HOME, copy.address, self.of(WHY))
        return said.replace(b"\nAction:", f"\nOriginal-Recipient: rfc822;{copy.address}\nAction:".encode()), AT_HOME

    def by_x_failed_recipients_alone(self):
        copy = self.of(self.sent)
        text = "This message was created automatically by mail delivery software.\n\nUser unknown\n"
        plain = letter(AT_HOME, text, subject="Mail delivery failed", sender="MAILER-DAEMON@mx.members.example")
        return f"X-Failed-Recipients: {copy.address}\n".encode() + plain, AT_HOME

    def by_a_complaint_with_their_address_alone(self):
        copy = self.of(self.sent)
        return complaint(AT_HOME, copy.address, self.of(("abuse", "fraud", "virus", "other"))), AT_HOME

    def by_their_sender_alone(self):
        copy = self.of(self.sent)
        to = self.of((AT_HOME, f"unsubscribe@{DOMAIN}", f"bounces@{DOMAIN}"))
        return letter(to, "Unsubscribe me, please.", subject="unsubscribe", sender=copy.address), to


@pytest.mark.parametrize("many", [MANY, pytest.param(ALL, marks=pytest.mark.slow)])
def test_forged_reports_change_nothing(app: App, many: int) -> None:
    forger = Forger(app, "forged")
    before = photograph(app)
    mails = [forger.one() for _ in range(many)]
    kept = 0
    for some in batches(mails):
        kept += sum(one.id is not None for one in ingest.ingest(app.context, some))
    assert photograph(app) == before
    assert holds.listing(app.context) == []
    assert len(photograph(app)["failures"]) == len(photograph(app)["own_pauses"]) == 0
    assert kept > many // 3  # the others repeat an earlier one
    found = ingest.listing(app.context, every=True)
    assert len(found) >= kept
    assert {(one.delivery, one.named_by) for one in found if one.kind is not ReportKind.UNSUBSCRIBE} == {(None, None)}
    assert {one.kind for one in found} >= {ReportKind.BOUNCE, ReportKind.COMPLAINT, ReportKind.UNSUBSCRIBE}


def test_the_same_reports_unforged_change_what_they_must(app: App) -> None:
    first, second, third = Forger(app, "true").sent[:3]
    keys = app.context.keys
    path, unsubscribe = (write(keys, second.id, DOMAIN) for write in (return_path, unsubscribe_address))
    mails = [
        RawReport(content=bounce(AT_HOME, first.address, message_id=first.message_id), recipient="", way=Way.MAILDIR),
        RawReport(content=complaint(path, second.address), recipient=path, way=Way.LISTENER),
        RawReport(content=letter(unsubscribe, "Please no more."), recipient=unsubscribe, way=Way.LISTENER),
        RawReport(content=bounce(return_path(keys, third.id, DOMAIN)), recipient="", way=Way.MAILDIR),
    ]
    ingest.ingest(app.context, mails)
    now = {one.id: one.state for one in list_deliveries(app.context, SECOND, None)}
    assert [now[one.id] for one in (first, second, third)] == [State.BOUNCED, State.ACCEPTED, State.BOUNCED]
    assert [hold.address for hold, _ in holds.listing(app.context)] == [second.address]
    assert len(photograph(app)["own_pauses"]) == 1


def test_the_listener_refuses_what_it_can_know(app: App) -> None:
    forger = Forger(app, "at the door")
    taken = {"by_a_return_path_as_an_unsubscribe_address", "by_an_unsubscribe_address_as_a_return_path"}
    for make in forger.kinds:
        if make.__name__ in {*taken, "by_the_return_path_of_another_copy"}:
            continue  # such an address is accepted: the content decides
        for _ in range(10):
            _, recipient = make()
            old_unsubscribe = make.__name__ == "by_a_token_older_than_two_weeks" and recipient.startswith("u")
            assert match.admit(app.context, recipient) == old_unsubscribe, make.__name__


def batches(mails):
    return [mails[at : at + BATCH] for at in range(0, len(mails), BATCH)]
