"""What a person reads about a mailing: how far it is, and why it stands still."""

from dataclasses import replace

import pytest

from mailer.domain.mailing import MailingState
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
        ({"state": MailingState.PAUSED}, "`mailer resume harbour-letter/41` goes on with it"),
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
