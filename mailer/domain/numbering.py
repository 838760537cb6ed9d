"""Compares an issue's numbers and date with each other, with the issues before it, and with today."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from mailer.domain.issue import IssueHead

# An issue is pulled in the weeks before it goes; its date is what decides who receives it.
FAR = timedelta(days=60)
# Between two issues: so many times the usual interval, or so long where no interval is known yet.
MANY_INTERVALS = 3
LONG = timedelta(days=200)
_DECIDES = "this date decides who receives the issue"


def own_notes(head: IssueHead, today: date) -> Iterator[str]:
    """What looks wrong in an issue's numbers and date by themselves, a sentence each."""
    if head.date.year != head.year:
        yield f"its year is {head.year} and its date {head.date}; {_DECIDES}"
    if abs(head.date - today) > FAR:
        yield f"its date {head.date} is {_distance(head.date, today)}; {_DECIDES}"
    if head.number > head.serial:
        yield f"its number {head.number} is above its serial {head.serial}; are the two exchanged?"


def order_notes(head: IssueHead, before: Sequence[IssueHead]) -> Iterator[str]:
    """What looks wrong beside the earlier issues, which are in the order of their serials; a sentence each."""
    if not before:
        return
    last = before[-1]
    if head.serial > last.serial + 1:
        yield f"a gap in the numbering: the issue before it is {last.serial}"
    expected = last.number + 1 if head.year == last.year else 1
    if head.number > expected:
        yield f"a gap in the numbering of {head.year}: number {expected} was expected"
    yield from _volume_notes(head, last)
    if head.date < last.date:
        yield f"its date {head.date} is before that of issue {last.serial}, {last.date}; {_DECIDES}"
    elif head.date == last.date:
        yield f"its date {head.date} is that of issue {last.serial}, too; {_DECIDES}"
    elif head.date - last.date > _longest_interval(before):
        days = (head.date - last.date).days
        yield f"its date {head.date} is {days} days after that of issue {last.serial}; {_DECIDES}"


def _volume_notes(head: IssueHead, last: IssueHead) -> Iterator[str]:
    if head.volume < last.volume:
        yield f"its volume {head.volume} steps back: issue {last.serial} is of volume {last.volume}"
    elif head.volume > last.volume + max(1, head.year - last.year):
        yield f"a gap in the volumes: issue {last.serial} is of volume {last.volume}, this one of {head.volume}"
    elif head.volume > last.volume and head.year == last.year:
        yield f"its volume is {head.volume}, but issue {last.serial} of the same year is of volume {last.volume}"


def _longest_interval(before: Sequence[IssueHead]) -> timedelta:
    intervals = [(after.date - earlier.date).days for earlier, after in pairwise(before[-7:])]
    usual = [days for days in intervals if days > 0]
    return timedelta(days=max(MANY_INTERVALS * median(usual), FAR.days)) if usual else LONG


def _distance(day: date, today: date) -> str:
    days = abs((day - today).days)
    return f"{days} days {'before' if day < today else 'after'} today"
