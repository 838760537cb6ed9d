"""Every letter costs at most in proportion to the people: to see that it is due, to write it down, and to make its message."""

from collections.abc import Callable, Mapping, Sequence
from inspect import getmembers, isfunction

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import Way
from mailer.domain.mailing import Mailing
from mailer.formats.token import Purpose
from mailer.pipeline.bounces import alarms, breaker, unmoved
from mailer.pipeline.bounces.consequences import after_failures
from mailer.pipeline.context import IssueName
from mailer.pipeline.letters import outbox
from mailer.pipeline.letters.not_taken import NOT_TAKEN, write_not_taken
from mailer.pipeline.letters.waiting_plans import WAITS_FOR_APPROVAL, write_waiting_plans
from mailer.pipeline.mailings.watch import PlanWatch
from mailer.pipeline.members.choices import Choice, Details, choose
from mailer.pipeline.members.letters import CONFIRM_ADDRESS, MEMBER_WISH, WISH_DONE
from mailer.store import Connection, letters, mailings
from mailer.store.copies import deliveries
from mailer.store.failures import CopyFailed
from tests.club import LETTER, TEMPLATES, Club, pull_issues
from tests.growth.conftest import Hold, Opened
from tests.growth.grown import APPROVED, RELAY, SENDING, failed_copy

pytestmark = pytest.mark.sqlite

# What makes a letter due, and writes it down.
Occasion = Callable[[Club, App], object]
Deed = Callable[[Connection, App, Mailing], object]


def in_a_mailing(deed: Deed) -> Occasion:
    """A deed in the transaction of a sender, about the issue that is being sent."""

    def occasion(_club: Club, app: App) -> None:
        with app.store.transaction() as connection:
            deed(connection, app, mailing_of(connection, SENDING))

    return occasion


def mailing_of(connection: Connection, name: IssueName) -> Mailing:
    """The first mailing of an issue."""
    return mailings.mailings_of(connection, name.newsletter, name.serial)[0]


def change_plan(_club: Club, app: App) -> None:
    """Half of those who had not paid have paid since the plan."""
    with app.store.reading() as connection:
        mailing = mailing_of(connection, APPROVED)
    change = PlanWatch().compare(app.context, mailing)
    assert change is not None
    outbox.write_changed_plan(app.context, change)


def refuse_folder(club: Club, app: App) -> None:
    """A folder names a picture that it lacks."""
    for text in (club.folder / "issues" / "2018-11").glob("*.md"):
        text.write_text(f"{text.read_text()}\n\n![A lamp](no-such.png)\n")
    write_not_taken(app.context, app.context.newsletter(LETTER), pull_issues(app))


def wish(choice: Choice, details: Details) -> Occasion:
    """The reader of a copy chooses something on the page behind its link."""
    return lambda _club, app: choose(
        app.context, Purpose.PREFERENCES, app.context.keys.sign(Purpose.PREFERENCES, 5), choice, details
    )


def failed(connection: Connection, app: App, mailing: Mailing) -> Sequence[CopyFailed]:
    """One copy in five is refused as its address is dead."""
    now = app.context.clock.now()
    copies = deliveries.of_mailing(connection, mailing.id)
    return [failed_copy(copy, mailing, refused=True, at=now) for copy in copies if copy.copy_number % 5 == 0]


# By the kind of letter; of alarms, by the function that writes them.
OCCASIONS: Mapping[str, Occasion] = {
    outbox.DIGEST: lambda _club, app: outbox.write_digests(app.context),
    outbox.DAILY_LETTER: lambda _club, app: outbox.write_daily_letter(app.context),
    outbox.CHANGED_PLAN: change_plan,
    NOT_TAKEN: refuse_folder,
    WAITS_FOR_APPROVAL: lambda _club, app: write_waiting_plans(app.context),
    WISH_DONE: wish(Choice.STOP, Details()),
    MEMBER_WISH: wish(Choice.FORWARDED, Details()),
    CONFIRM_ADDRESS: wish(Choice.ADDRESS, Details(address="new@members1.example")),
    "alarm breaker": in_a_mailing(
        lambda connection, app, mailing: after_failures(connection, app.context, failed(connection, app, mailing))
    ),
    "alarm failure": in_a_mailing(
        lambda connection, app, mailing: alarms.failure(
            connection, app.context, mailing, failed(connection, app, mailing)[0].failure.reason, "Go away"
        )
    ),
    "alarm too_large": in_a_mailing(
        lambda connection, app, mailing: breaker.pause_too_large(
            connection, app.context, mailing, 1_000, dict.fromkeys(app.context.relays, 10)
        )
    ),
    "alarm account_refused": in_a_mailing(
        lambda connection, app, mailing: breaker.pause_refused_by_relay(
            connection, app.context, [mailing.id], "535 5.7.8 No such account"
        )
    ),
    "alarm unmoved": lambda _club, app: unmoved.note(app.context, Way.MAILDIR, 3, "the disk is full"),
    "alarm answers_lost": in_a_mailing(
        lambda connection, app, mailing: alarms.answers_lost(
            connection, app.context, mailing.issue, relay=RELAY, lost=6, copies=6
        )
    ),
    "alarm damage": in_a_mailing(
        lambda connection, app, _mailing: alarms.damage(connection, app.context, "row 7 is missing from an index")
    ),
    "alarm no_backup": in_a_mailing(
        lambda connection, app, _mailing: alarms.no_backup(connection, app.context, "the disk is full")
    ),
    "alarm canary": in_a_mailing(
        lambda connection, app, mailing: breaker.pause_canary_wave(
            connection, app.context, mailing, 20, failed=19, uncertain=1
        )
    ),
}


def kinds() -> set[str]:
    """Every kind of letter that has a template, and every alarm."""
    written = {folder.name for folder in (TEMPLATES / "system").iterdir()} - {alarms.ALARM}
    own = [name for name, function in getmembers(alarms, isfunction) if function.__module__ == alarms.__name__]
    return written | {f"{alarms.ALARM} {name}" for name in own if not name.startswith("_")}


def test_every_letter_has_a_case() -> None:
    assert set(OCCASIONS) == kinds()


@pytest.mark.parametrize("kind", OCCASIONS)
def test_a_letter_costs_in_proportion(hold: Hold, opened: Opened, kind: str) -> None:
    def prepare(club: Club) -> Callable[[], object]:
        app = opened(club)

        def write() -> None:
            OCCASIONS[kind](club, app)
            with app.store.reading() as connection:
                due = letters.waiting(connection, app.context.clock.now())
            for letter in due:
                outbox.address_letter(app.context, letter)
            assert kind.split(maxsplit=1)[0] in {letter.kind for letter in due}

        return write

    hold(f"letter {kind}", prepare)
