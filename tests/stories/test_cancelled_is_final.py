"""After a cancel no command makes a copy of that mailing leave, in whatever order people and senders act."""

from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailer.app.installation import App
from mailer.domain.delivery import Outcome, State
from mailer.domain.errors import MailerError
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.schedule import begin_if_due, scheduled_mailings
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.settle import release_delivery, settle_delivery
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.sending import recovery
from tests.club import ISSUE, THURSDAY, Club, Member, import_register, members, pull_issues, reverse
from tests.doubles import FrozenClock
from tests.pipeline.relayed import ACCEPTED, LATER, LOST, NEVER, answer, claim, the_mailings

PEOPLE = members(4)
LEFT = {State.ACCEPTED, State.UNCERTAIN, State.BOUNCED}


class Cancelling(RuleBasedStateMachine):
    """People give every command at every moment; a sender hands over what it can get."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = FrozenClock(THURSDAY)
        club = Club.found(Path(self.stack.enter_context(TemporaryDirectory())) / "club")
        self.app: App = self.stack.enter_context(club.opened(self.clock))
        self.in_hand: dict[int, object] = {}
        self.left_at_cancel: dict[int, int] = {}  # by mailing: how many of its copies had left, or were in hand

    def teardown(self) -> None:
        self.stack.close()

    @initialize()
    def plan_it(self) -> None:
        import_register(self.app, PEOPLE)
        pull_issues(self.app)
        plan_mailing(self.app.context, ISSUE)
        approve_mailing(self.app.context, ISSUE)

    def attempt(self, verb, *arguments, **more) -> None:
        with suppress(MailerError):
            verb(self.app.context, *arguments, **more)

    def counted(self) -> dict[int, int]:
        """By mailing, how many copies have left or are in a sender's hands."""
        counts: dict[int, int] = {}
        for copy in list_deliveries(self.app.context, ISSUE, None):
            counts[copy.mailing] = counts.get(copy.mailing, 0) + (copy.state in LEFT or copy.state is State.SENDING)
        return counts

    @rule(verb=st.sampled_from([plan_mailing, approve_mailing, withdraw_approval, send_mailing, pause_mailing]))
    def order(self, verb) -> None:
        self.attempt(verb, ISSUE)

    @rule(verb=st.sampled_from([approve_mailing, send_mailing]))
    def order_as_planned(self, verb) -> None:
        self.attempt(verb, ISSUE, as_planned=True)

    @rule()
    def resume(self) -> None:
        self.attempt(resume_mailing, ISSUE)

    @rule()
    def supplement(self) -> None:
        self.attempt(send_supplement, ISSUE)

    @rule()
    def cancel(self) -> None:
        before, counts = {mailing.id: mailing.state for mailing in the_mailings(self.app)}, self.counted()
        self.attempt(cancel_mailing, ISSUE)
        for mailing in the_mailings(self.app):
            if mailing.state is MailingState.CANCELLED and before.get(mailing.id) is not MailingState.CANCELLED:
                self.left_at_cancel[mailing.id] = counts.get(mailing.id, 0)
            if before.get(mailing.id) is MailingState.CLOSED:
                assert mailing.state is MailingState.CLOSED

    @rule(accepted=st.booleans(), index=st.integers(0, 7))
    def settle(self, accepted: bool, index: int) -> None:
        copies = list_deliveries(self.app.context, ISSUE, None)
        self.attempt(settle_delivery, copies[index % len(copies)].id, accepted=accepted)

    @rule(index=st.integers(0, 7))
    def release(self, index: int) -> None:
        copies = list_deliveries(self.app.context, ISSUE, None)
        self.attempt(release_delivery, copies[index % len(copies)].id)

    @rule(number=st.integers(5, 7))
    def someone_joins(self, number: int) -> None:
        import_register(self.app, [Member(number=number)])

    @rule(person=st.sampled_from(PEOPLE))
    def someone_lapses(self, person: Member) -> None:
        self.attempt(lambda _context: reverse(self.app, person))

    @rule(hours=st.sampled_from([1, 24, 100]))
    def the_clock_goes_on(self, hours: int) -> None:
        self.clock.advance(hours=hours)
        for mailing in scheduled_mailings(self.app.context):
            self.attempt(begin_if_due, mailing)

    @rule()
    def a_sender_claims(self) -> None:
        self.in_hand |= {copy.claim.delivery: copy for copy in claim(self.app)}

    @precondition(lambda self: self.in_hand)
    @rule(outcome=st.sampled_from([ACCEPTED, LATER, NEVER, LOST]))
    def the_relay_answers(self, outcome: Outcome) -> None:
        _, copy = self.in_hand.popitem()
        answer(self.app, copy, outcome, begun=outcome is not NEVER)

    @rule()
    def tidied(self) -> None:
        with self.app.store.transaction() as connection:
            recovery.tidy(connection, self.app.context)

    @invariant()
    def nothing_more_of_a_cancelled_mailing_leaves(self) -> None:
        states = {mailing.id: mailing.state for mailing in the_mailings(self.app)}
        counts = self.counted()
        for mailing, number in self.left_at_cancel.items():
            assert states[mailing] is MailingState.CANCELLED
            assert counts.get(mailing, 0) <= number

    @invariant()
    def the_report_balances(self) -> None:
        if the_mailings(self.app):
            assert distribution_report(self.app.context, ISSUE).balance.balanced


Cancelling.TestCase.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)
TestCancelling = Cancelling.TestCase
