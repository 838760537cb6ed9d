"""Finds the likeness among failed copies that shows that we or our relay are at fault, not so many readers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.failed_alike import (
    SHARE,
    AlikeTally,
    is_large_share,
    is_over_unrelated,
    may_be_one_provider,
    needed_of,
)
from mailer.formats.reports.wording import joined
from mailer.store import Connection, failures
from mailer.store.copies import tallies
from mailer.store.failures import CopyFailed

REPLY, WORDING = "reply", "wording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What so many failed copies share: a reply or a wording. `words` quote one of them, without a reader's address.

    `unrelated`: their providers have nothing in common. `dead`: by the words their addresses are dead.
    """

    shared: str
    words: str
    failed: int
    tried: int
    unrelated: bool
    dead: bool


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
    mailing, key, needed = alike[0].mailing, {kind: value}, needed_of(copies)
    failed = failures.alike(connection, mailing, since, **key)
    if failed < needed:
        return None
    # Addresses that are dead may lie together in a register, as they were imported: all copies tried so far count. What
    # means us begins at once, however many copies got through before: those count that were tried meanwhile.
    dead = all(each.failure.hard for each in alike)
    of_all = _tally_of_all(connection, mailing, since, failed, key)
    counted = of_all if dead else _tally_of_last(connection, mailing, since, needed, key)
    unrelated = is_large_share(counted.failed, counted.tried) and is_over_unrelated(counted)
    if not unrelated:
        # The readers of one provider lie together too, and it may refuse all of them.
        counted = of_all
        if all(may_be_one_provider(each.failure.scope) for each in alike):
            return None
        if not is_large_share(counted.failed, counted.tried):
            return None
    example = alike[0].failure
    words = joined(example.reply, example.wording) if kind == REPLY else value
    return Likeness(
        shared=value, words=words, failed=counted.failed, tried=counted.tried, unrelated=unrelated, dead=dead
    )


def _tally_of_all(
    connection: Connection, mailing: int, since: datetime | None, failed: int, key: Mapping[str, str]
) -> AlikeTally:
    # Of a large mailing only so many copies are counted as show that the share is too small.
    most = int(failed / SHARE) + 1
    tried = tallies.done_up_to(connection, mailing, most, since=since)
    if not is_large_share(failed, tried):
        return AlikeTally(failed=failed, tried=tried, providers=0, largest=0, largest_tried=0)
    families = failures.alike_by_family(connection, mailing, since, **key)
    (family, largest), *_ = families.most_common(1)
    return AlikeTally(
        failed=failed,
        tried=tried,
        providers=len(families),
        largest=largest,
        largest_tried=tallies.done_up_to(connection, mailing, most, since=since, family=family),
    )


def _tally_of_last(
    connection: Connection, mailing: int, since: datetime | None, needed: int, key: Mapping[str, str]
) -> AlikeTally:
    """The last that failed alike, as many as are needed, among the copies tried between the first and the last of them.

    Where one relay got all of them, what others accepted meanwhile says nothing about it.
    """
    last = failures.last_alike(connection, mailing, since, needed, **key)
    most = int(needed / SHARE) + 1
    relays = {each.relay for each in last}
    relay = relays.pop() if len(relays) == 1 else ""
    families = tallies.families_done_between(connection, mailing, last[-1].attempt, last[0].attempt, most, relay=relay)
    (family, largest), *_ = Counter(each.family for each in last).most_common(1)
    return AlikeTally(
        failed=len(last),
        tried=families.total(),
        providers=len({each.family for each in last}),
        largest=largest,
        largest_tried=families[family],
    )
