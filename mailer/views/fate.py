"""Says in a sentence what became of one copy, when, and what a person can do about it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.domain.delivery import State
from mailer.domain.explanation import CopyFate
from mailer.domain.mailing import MailingState
from mailer.views.copies import again, last_reply, release
from mailer.views.local_time import zoned_time
from mailer.views.plain_words import FAILURES, held_copy
from mailer.views.progress import departure_sentence
from mailer.views.returned_mail import shorten


def fate_sentence(issue: str, fate: CopyFate, timezone: str, *, daemon: bool = True) -> str:
    """What became of a copy, without its name in front; without a `daemon` nothing leaves by itself."""
    copy = fate.copy
    match copy.state:
        case State.ACCEPTED:
            return _accepted(fate, timezone)
        case State.BOUNCED:
            return f"{_accepted(fate, timezone)}, {_failed('came back', fate, timezone)}{_remedy(issue, fate)}"
        case State.REJECTED:
            return f"{_failed('was refused', fate, timezone)}{_remedy(issue, fate)}"
        case State.UNCERTAIN:
            return f"may have arrived: it left{_when(fate.tried_at, timezone)}, but the reply was lost{_settle(fate)}"
        case State.HELD:
            return f"is held back: {held_copy(copy.held_reason or '', 'en')}{_release(fate)}"
        case State.CANCELLED:
            return _cancelled(fate)
        case State.SENDING:
            return "is being handed over at this moment"
        case State.PENDING:
            return f"has not left yet: {_waiting(issue, fate, timezone, daemon=daemon)}"


def _accepted(fate: CopyFate, timezone: str) -> str:
    if fate.accepted_at is None:
        return "was settled as accepted" if fate.copy.state is State.ACCEPTED else "had left"
    return f"was accepted by the mail server{_when(fate.accepted_at, timezone)}"


def _failed(how: str, fate: CopyFate, timezone: str) -> str:
    """How a copy failed, when, why, and in which words of the server."""
    failure = fate.failure
    if failure is None:
        words = last_reply(fate.copy)
        return f"{how}{_when(fate.tried_at, timezone)}" + (f": “{shorten(words)}”" if words else "")
    same_day = fate.accepted_at is not None and _day(fate.accepted_at, timezone) == _day(failure.at, timezone)
    at = f" at {failure.at.astimezone(ZoneInfo(timezone)):%H:%M}" if same_day else _when(failure.at, timezone)
    if fate.owed and failure.words:  # the words may not mean the reader
        return f"{how}{at}: “{shorten(failure.words)}”"
    words = f" (“{shorten(failure.words)}”)" if failure.words else ""
    return f"{how}{at}: {FAILURES['en'][failure.reason]}{words}"


def _remedy(issue: str, fate: CopyFate) -> str:
    if fate.replaced:
        return "; a later copy takes its place"
    return f"; {again(issue, fate.copy, fate.failure, owed=fate.owed)}"


def _settle(fate: CopyFate) -> str:
    identity = fate.copy.id
    if fate.mailing is MailingState.CANCELLED:
        return f"; its mailing is cancelled, and `mailer delivery settle {identity} --as accepted` closes it"
    return f"; ask the reader, then `mailer delivery settle {identity} --as accepted` or `--as resend`"


def _release(fate: CopyFate) -> str:
    if fate.replaced:
        return "; a later copy takes its place"
    return f"; {release(fate.copy)}"


def _cancelled(fate: CopyFate) -> str:
    if fate.replaced:
        return "was cancelled, and a later copy takes its place"
    if fate.mailing is MailingState.CANCELLED:
        what = f"supplement {fate.supplement}" if fate.supplement else "its mailing"
        return f"never left: {what} was cancelled"
    return "was cancelled, and never left"


def _waiting(issue: str, fate: CopyFate, timezone: str, *, daemon: bool) -> str:
    if fate.departure is not None:
        return f"the mailing {departure_sentence(issue, fate.departure, daemon=daemon)}"
    if fate.mailing is MailingState.PAUSED:
        return f"the mailing is paused; `mailer resume {issue}` goes on with it"
    if fate.mailing is MailingState.HELD:
        return f"the mailing is held; `mailer send {issue}` sends it all the same"
    if fate.copy.next_attempt_at is not None:
        reply = last_reply(fate.copy)
        words = f"; the mail server said “{shorten(reply)}”" if reply else ""
        return f"the next attempt is{_when(fate.copy.next_attempt_at, timezone)}{words}"
    return "the mailing is on its way"


def _when(instant: datetime | None, timezone: str) -> str:
    return f" on {zoned_time(instant, timezone)}" if instant is not None else ""


def _day(instant: datetime, timezone: str) -> object:
    return instant.astimezone(ZoneInfo(timezone)).date()
