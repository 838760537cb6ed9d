"""Shows the domains that get nothing for now: the JSON and the table of `domain list` and `domain suspend`."""

from collections.abc import Iterable
from dataclasses import asdict

from mailer.domain.pacing import Throttle
from mailer.views.progress import throttle_end


def throttle_document(throttle: Throttle) -> dict[str, object]:
    """A domain that gets nothing for now, for programs."""
    return asdict(throttle)


COLUMNS = ("domain", "until", "by", "reason")


def throttle_rows(throttles: Iterable[Throttle]) -> list[tuple[object, ...]]:
    """These domains as rows of a table with these columns."""
    return [
        (throttle.family, throttle.until or "until it is lifted", throttle.set_by, throttle.reason)
        for throttle in throttles
    ]


def throttle_line(throttle: Throttle) -> str:
    """Until when a domain gets nothing, and why."""
    return f"{throttle.family} gets nothing {throttle_end(throttle)}: {throttle.reason}"
