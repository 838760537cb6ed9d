"""Finds the Message-IDs of the messages that a relay has accepted, in its log or in a list, and when a log was written."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

# Postfix names the Message-ID while it receives a message; only a later line of the same queue id shows that it was
# accepted: it is queued, held for a person, or delivered.
_POSTFIX_RECEIVING = re.compile(r"/cleanup\[\d+\]: (?P<queue>[0-9A-Za-z]+): (?:resent-)?message-id=(?P<id><[^<>\s]+>)")
_POSTFIX_ACCEPTED = re.compile(
    r"/[\w-]+\[\d+\]: (?P<queue>[0-9A-Za-z]+): (?:from=<[^>]*>, size=\d|to=<.*\bstatus=|(?:milter-)?hold: )"
)
# Exim and Sendmail write one line when they have accepted a message.
_EXIM_ACCEPTED = re.compile(r"^[^<]*(?<![\w-])[\w-]+ <= \S+ .*?\bid=(?P<id>[^\s@]+@\S+)")
_SENDMAIL_ACCEPTED = re.compile(r": from=.*, nrcpts=[1-9]\d*, msgid=(?P<id><[^<>\s]+>)")
_AHEAD = timedelta(days=1)  # the relay's clock may be ahead of ours
_LONGEST = 10_000  # characters; Exim's lines end at 8,192, those of syslog earlier
_LIST = re.compile(r"(?:message-id:)?\s*(?P<id><?[^\s<>@]+@[^\s<>@]+>?)\s*", re.IGNORECASE)


def bare(message_id: str) -> str:
    """The Message-ID without spaces and angle brackets."""
    return message_id.strip().removeprefix("<").removesuffix(">")


def accepted_message_ids(lines: Iterable[str]) -> Iterator[str]:
    """The Message-IDs, without angle brackets, of messages that a log of Postfix, Exim or Sendmail shows as accepted.

    A line that consists of a Message-ID alone counts too. Other lines are skipped.
    """
    receiving: dict[str, str] = {}  # Postfix: Message-ID by queue id
    for line in lines:
        if len(line) > _LONGEST:
            continue
        if match := _POSTFIX_RECEIVING.search(line):
            receiving[match["queue"]] = match["id"]
        elif match := _POSTFIX_ACCEPTED.search(line):
            message_id = receiving.pop(match["queue"], None)
            if message_id is not None:
                yield bare(message_id)
        elif match := _EXIM_ACCEPTED.search(line) or _SENDMAIL_ACCEPTED.search(line) or _LIST.fullmatch(line):
            yield bare(match["id"])


_ISO = re.compile(r"\s*(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)")
_SYSLOG = re.compile(r"\s*(?:<\d+>)?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def line_time(line: str, now: datetime) -> datetime | None:
    """When a line of a log was written; None where it does not begin with a time.

    A time without a zone is this machine's. Syslog writes no year: it is the latest that is not after `now`.
    """
    try:
        if match := _ISO.match(line):
            return _aware(datetime.fromisoformat(match[1]))
        if (match := _SYSLOG.match(line)) and match[1] in _MONTHS:
            day = f"{_MONTHS.index(match[1]) + 1:02}-{int(match[2]):02}T{match[3]}"
            this_year = _aware(datetime.fromisoformat(f"{now.year}-{day}"))
            return this_year if this_year <= now + _AHEAD else _aware(datetime.fromisoformat(f"{now.year - 1}-{day}"))
    except ValueError:  # there is no such day
        return None
    return None


def _aware(at: datetime) -> datetime:
    return (at if at.tzinfo is not None else at.astimezone()).astimezone(UTC)
