"""Freezes a circulation: writes everybody's decision and every copy, a chunk of people at a time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailer.domain.circulation import CirculationHash, Copy, Judged, copies_for
from mailer.domain.edition import variant_named
from mailer.domain.insert import Inserts
from mailer.domain.mailing import MailingState, seal
from mailer.domain.shelf import Revision
from mailer.formats.message_id import message_id
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import Letterhead, editions_hash
from mailer.pipeline.issues.proof import NAMED, shortened
from mailer.pipeline.mailings.entitle import judged_by
from mailer.store import Connection, mailings
from mailer.store.columns import CHUNK
from mailer.store.copies.frozen import add_copies, add_decisions
from mailer.store.mailings import StoredEdition


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All of a mailing but its circulation: compiled before the transaction that writes it."""

    revision: Revision
    editions: Sequence[StoredEdition]
    letterhead: Letterhead
    inputs_hash: str
    notes: Sequence[str] = ()  # what its editors should look at


@dataclass(slots=True, kw_only=True)
class FirstPeople:
    """The first of some people in words, and how many there are."""

    first: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, label: str) -> None:
        """Add one more."""
        self.number += 1
        if self.number <= NAMED:
            self.first.append(label)

    def __str__(self) -> str:
        more = f" and {self.number - NAMED} more" if self.number > NAMED else ""
        return ", ".join(self.first) + more


@dataclass(slots=True, kw_only=True)
class FrozenCirculation:
    """A circulation as it was written, in numbers.

    `incomplete` counts the names and salutations that copies need and the register lacks; `incomplete_lines` are the
    first of them, in words. `no_season` are those whose insert should have a table of fees, but the fee schedule has
    none for them; of `no_table`, that table was not compiled.
    """

    mailing: int
    considered: int = 0
    recipients: int = 0
    copies: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    incomplete_lines: list[str] = field(default_factory=list)
    incomplete: int = 0
    no_season: FirstPeople = field(default_factory=FirstPeople)
    no_table: FirstPeople = field(default_factory=FirstPeople)

    @property
    def excluded(self) -> Mapping[str, int]:
        """How many exclusions there are for each reason, in the order of the reasons' names."""
        return dict(sorted(self.reasons.items()))

    @property
    def warnings(self) -> list[str]:
        """A line for each word that a copy lacks, up to a limit, and the number of the others; whose insert lacks a table."""
        lines = shortened(self.incomplete_lines, self.incomplete)
        if self.no_season.number:
            lines.append(
                f"fees.toml has no period that is still to be paid by {self.no_season}: "
                "their renewal notice has no table of fees; add the next season, then plan again"
            )
        if self.no_table.number:
            lines.append(
                f"the renewal notice of {self.no_table} has no table of fees: theirs would differ from all that were compiled"
            )
        return lines

    def count(self, people: Sequence[Judged], copies: Sequence[Copy], inserts: Inserts) -> None:
        """Add a chunk."""
        excluded = [judged.entitlement.reason for judged in people if not judged.entitlement.receives]
        self.considered += len(people)
        self.recipients += len(people) - len(excluded)
        self.copies += len(copies)
        self.reasons.update(excluded)
        self._count_incomplete(people, copies)
        self._count_without_table(people, copies, inserts)

    def _count_incomplete(self, people: Sequence[Judged], copies: Sequence[Copy]) -> None:
        incomplete = [copy for copy in copies if not (copy.name and copy.salutation)]
        labels = {judged.person: judged.label for judged in people} if incomplete else {}
        for copy in incomplete:
            for word, value in (("name", copy.name), ("salutation", copy.salutation)):
                if not value:
                    self.incomplete += 1
                    if self.incomplete <= NAMED:
                        self.incomplete_lines.append(
                            f"{labels[copy.person]} has no {word} in {copy.language}: "
                            "the copy cannot be made until the register has one"
                        )

    def _count_without_table(self, people: Sequence[Judged], copies: Sequence[Copy], inserts: Inserts) -> None:
        without = {copy.person for copy in copies if not copy.variant.offer}
        for judged in people:
            if judged.person in without:
                needed = inserts.needed(judged.candidate, judged.entitlement)
                if inserts.lacks_season(needed, judged.entitlement.paid_until):
                    self.no_season.add(judged.label)
                elif needed != inserts.available(needed):
                    self.no_table.add(judged.label)


class Freezing:
    """One mailing whose people are written, a chunk at a time. Only one chunk of them is in memory."""

    def __init__(
        self, context: Context, draft: Draft, rules: str, *, mailing: int, first_mailing: int, first_number: int = 1
    ) -> None:
        """Begin with no people. `rules` is what the people are judged by; copies are numbered from `first_number`."""
        self.frozen = FrozenCirculation(mailing=mailing)
        self._context, self._draft, self._rules = context, draft, rules
        self._first_mailing, self._first_number = first_mailing, first_number
        self._hash = CirculationHash()
        self._inserts = Inserts(
            day=draft.revision.date,
            renewal=draft.letterhead.renewal,
            fees=context.fees,
            compiled={variant_named(edition.variant) for edition in draft.editions},
        )

    def copies_for(self, people: Sequence[Judged]) -> list[Copy]:
        """The copies of the next people, numbered in their order."""
        return copies_for(people, inserts=self._inserts, first_number=self._first_number + self.frozen.copies)

    def write(self, connection: Connection, people: Sequence[Judged], copies: Sequence[Copy]) -> None:
        """Write their decisions and copies."""
        domain, keys = self._draft.letterhead.sender.address.domain, self._context.keys
        add_decisions(connection, self.frozen.mailing, people)
        add_copies(
            connection,
            self.frozen.mailing,
            self._first_mailing,
            copies,
            message_id=lambda delivery: message_id(delivery, keys, domain),
            judged_by=self._rules,
        )

    def count(self, people: Sequence[Judged], copies: Sequence[Copy]) -> None:
        """Add to numbers and hash what was written."""
        self._hash.add(people, copies)
        self.frozen.count(people, copies, self._inserts)

    def hashes(self) -> dict[str, object]:
        """The columns that follow when everybody is written: the circulation's hash, and the seal."""
        circulation_hash, editions = self._hash.hexdigest(), editions_hash(self._draft.editions, self._draft.letterhead)
        sealed = seal(self._draft.revision.content_hash, circulation_hash, editions)
        return {"circulation_hash": circulation_hash, "seal": sealed}


def row_of(context: Context, draft: Draft) -> dict[str, object]:
    """The row of a mailing but for its issue and state. Hash and seal of the circulation follow."""
    return {
        "content_hash": draft.revision.content_hash,
        "circulation_hash": "",
        "editions_hash": editions_hash(draft.editions, draft.letterhead),
        "seal": "",
        "inputs_hash": draft.inputs_hash,
        "letterhead": draft.letterhead.dump(),
        "approval_required": context.newsletter(draft.revision.newsletter).approval_required,
        "planned_at": context.clock.now(),
    }


def freeze_supplement(
    connection: Connection,
    context: Context,
    draft: Draft,
    people: Sequence[Judged],
    *,
    first_mailing: int,
    number: int,
    first_number: int,
) -> FrozenCirculation:
    """Write a supplement of an issue with its circulation, editions and copies within the transaction given."""
    issue = {"newsletter": draft.revision.newsletter, "serial": draft.revision.serial, "supplement": number}
    mailing = mailings.add_mailing(connection, {**row_of(context, draft), **issue, "state": MailingState.PLANNED})
    mailings.add_editions(connection, mailing, draft.editions)
    rules = judged_by(connection, context, draft.revision)
    numbers = {"mailing": mailing, "first_mailing": first_mailing, "first_number": first_number}
    freezing = Freezing(context, draft, rules, **numbers)
    for begin in range(0, len(people), CHUNK):
        some = people[begin : begin + CHUNK]
        copies = freezing.copies_for(some)
        freezing.write(connection, some, copies)
        freezing.count(some, copies)
    mailings.change(connection, mailing, **freezing.hashes())
    return freezing.frozen
