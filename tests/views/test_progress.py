"""What a person reads about a mailing: how far it is, and why it stands still."""

from dataclasses import replace

import pytest

from mailer.domain.delivery import State
from mailer.domain.departure import Departure
from mailer.domain.mailing import MailingState
from mailer.domain.standstill import Standstill
from mailer.views.progress import explain_state, progress_document, progress_lines, throttle_lines
from tests.mailing_under_way import LATER, NOW, SENDING, throttle


@pytest.mark.parametrize(
    ("changes", "explanation"),
    [
        ({}, ""),
        ({"seconds_left": 12.4}, "about 12 s left"),
        ({"newsletter_known": False}, "its newsletter is gone from schedules/: none of its copies is sent"),
        (
            {"state": MailingState.HELD, "held_reason": "missed_window"},
            (
                "held (missed_window): it missed its time, and does not leave by itself; "
                "`mailer send harbour-letter/41` sends it all the same"
            ),
        ),
        ({"state": MailingState.PLANNED}, ""),
        (
            {
                "state": MailingState.PLANNED,
                "departure": Departure(at=LATER, timezone="Europe/Moscow", unapproved=True),
            },
            (
                "waits for an approval: `mailer approve harbour-letter/41`; approved now, it leaves by itself "
                "Thursday 26 November 2026, 13:00 Moscow time (Europe/Moscow)"
            ),
        ),
        (
            {"state": MailingState.APPROVED, "departure": Departure(at=LATER, timezone="America/New_York")},
            "leaves by itself Thursday 26 November 2026, 05:00 New York time (America/New_York)",
        ),
        (
            {"state": MailingState.APPROVED, "departure": Departure(at=LATER, timezone="UTC", missed=True)},
            "its time has passed too long ago, and it does not leave by itself: `mailer send harbour-letter/41` sends it now",
        ),
        (
            {"state": MailingState.HELD, "held_reason": "missed_window", "due_at": NOW, "timezone": "UTC"},
            (
                "held (missed_window): it missed its time, Thursday 26 November 2026, 09:00 UTC, and does not leave by itself; "
                "`mailer send harbour-letter/41` sends it all the same"
            ),
        ),
        (
            {"starts_at": LATER},
            "the first copy leaves Thursday 26 November 2026, 10:00 UTC; until then `mailer stop harbour-letter/41` stops it",
        ),
        (
            {"opens_at": LATER, "timezone": "Asia/Tokyo"},
            "outside of its hours ([send] between); it goes on Thursday 26 November 2026, 19:00 Tokyo time (Asia/Tokyo)",
        ),
        (
            {"standstill": Standstill.RESTORED},
            "a restored backup: nothing leaves until `mailer resume-after-restore` has been answered",
        ),
        ({"standstill": Standstill.RESTORED, "state": MailingState.CLOSED}, ""),
        ({"state": MailingState.PAUSED}, "`mailer resume harbour-letter/41` goes on with it"),
        (
            {
                "state": MailingState.PAUSED,
                "pause_reason": "the relay answered none",
                "counts": {**SENDING.counts, State.UNCERTAIN: 4},
            },
            (
                "the relay answered none; `mailer delivery settle harbour-letter/41 --all-uncertain --log FILE --as resend` "
                "settles the uncertain copies by the relay's log; when that is fixed, "
                "`mailer resume harbour-letter/41` goes on with it"
            ),
        ),
        (
            {"state": MailingState.PAUSED, "pause_reason": "5 of 9 copies were refused"},
            "5 of 9 copies were refused; when that is fixed, `mailer resume harbour-letter/41` goes on with it",
        ),
        ({"state": MailingState.CLOSED}, ""),
        (
            {"state": MailingState.CLOSED, "open_copies": 2},
            "2 copies need attention: `mailer report harbour-letter/41`",
        ),
        (
            {"state": MailingState.CLOSED, "open_copies": 1},
            "1 copy needs attention: `mailer report harbour-letter/41`",
        ),
        ({"relay_down": "no connection"}, "the relay is down: no connection"),
        ({"throttled": (throttle(LATER),)}, "nothing leaves to gmail.com for now: `mailer domain list`"),
    ],
)
def test_a_state_is_explained(changes: dict[str, object], explanation: str) -> None:
    assert explain_state(replace(SENDING, **changes), NOW) == explanation


def test_the_first_line_counts_the_copies() -> None:
    assert progress_lines(SENDING, NOW) == ["harbour-letter/41 is sending: 1 of 3 copies done (2 pending, 1 accepted)"]


def test_a_suspended_provider_names_the_command_that_lifts_it() -> None:
    assert throttle_lines(replace(SENDING, throttled=(throttle(None),))) == [
        (
            "gmail.com gets nothing until `mailer domain lift gmail.com`: 421 slow down; "
            "its copies wait, no attempt is used up"
        )
    ]


def test_the_document_has_what_programs_rely_on() -> None:
    document = progress_document(replace(SENDING, throttled=(throttle(LATER),)))
    assert {"issue", "state", "copies", "done", "per_second", "seconds_left", "deliveries"} <= document.keys()
    assert (document["state"], document["resting"]) == ("sending", ["gmail.com"])


def test_processes_that_have_copies_in_hand_are_counted() -> None:
    progress = replace(SENDING, senders=2)
    assert progress_lines(progress, NOW)[-1] == "  2 processes have copies in hand"
    assert progress_document(progress)["senders"] == 2
    assert progress_lines(replace(SENDING, senders=1), NOW)[-1] == "  1 process has copies in hand"


def test_without_a_daemon_nothing_leaves_by_itself() -> None:
    approved = replace(SENDING, state=MailingState.APPROVED, departure=Departure(at=LATER, timezone="UTC"))
    assert explain_state(approved, NOW, daemon=False) == (
        "does not leave by itself, because no daemon runs (its time: Thursday 26 November 2026, 10:00 UTC); "
        "`mailer send harbour-letter/41 --wait` sends it"
    )
    assert progress_document(approved)["leaves_at"] == LATER


def test_a_cancelled_supplement_is_named_beside_the_issue_that_was_sent() -> None:
    sent = replace(SENDING, state=MailingState.CLOSED, cancelled_supplements=(1,))
    assert progress_lines(sent, NOW)[-1] == "  supplement 1 was cancelled; the issue itself was not"
