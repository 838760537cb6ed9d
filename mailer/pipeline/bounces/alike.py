"""Finds the likeness among failed copies that shows that we or our relay are at fault, not so many readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.failed_alike import (
    SHARE,
    AlikeTally,
    enough,
    is_large_share,
    is_over_unrelated,
    may_be_one_provider,
)
from mailer.store import Connection, failures
from mailer.store.copies import tallies
from mailer.store.failures import CopyFailed

REPLY, WORDING = "reply", "wording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What so many failed copies share: a reply or a wording. `words` quote one of them, without a reader's address."""

    shared: str
    words: str
    failed: int
    tried: int
    unrelated: bool


def find_likeness(
    connection: Connection, failed: Sequence[CopyFailed], copies: int, since: datetime | None
) -> Likeness | None:
    """The likeness of these failed copies of one mailing with the mailing's others since that time; None: too few.

    `copies` are those of the canary wave or mailing under way.
    """
    shared: dict[tuple[str, str], list[CopyFailed]] = {}
    for each in failed:
        for kind, value in ((REPLY, each.failure.reply), (WORDING, each.failure.wording)):
            if value:
                shared.setdefault((kind, value), []).append(each)
    for (kind, value), alike in shared.items():
        likeness = _likeness(connection, kind, value, alike, copies, since)
        if likeness is not None:
            return likeness
    return None


def _likeness(
    connection: Connection, kind: str, value: str, alike: Sequence[CopyFailed], copies: int, since: datetime | None
) -> Likeness | None:
    mailing, key = alike[0].mailing, {kind: value}
    failed = failures.alike(connection, mailing, since, **key)
    if not enough(failed, copies):
        return None
    # Of a large mailing only so many copies are counted as show that the share is too small.
    most = int(failed / SHARE) + 1
    tried = tallies.done_up_to(connection, mailing, most, since=since)
    if not is_large_share(failed, tried):
        return None
    families = failures.alike_by_family(connection, mailing, since, **key)
    (family, largest), *_ = families.most_common(1)
    tally = AlikeTally(
        failed=failed,
        tried=tried,
        providers=len(families),
        largest=largest,
        largest_tried=tallies.done_up_to(connection, mailing, most, since=since, family=family),
    )
    unrelated = is_over_unrelated(tally)
    if not unrelated and all(may_be_one_provider(each.failure.scope) for each in alike):
        return None
    example = alike[0].failure
    words = f"{example.reply} {example.wording}".strip() if kind == REPLY else value
    return Likeness(shared=value, words=words, failed=failed, tried=tried, unrelated=unrelated)
