"""Freezes a circulation: writes everybody's decision and every copy, a chunk of people at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.domain.circulation import CirculationHash, Copy, Judged, copies_for
from mailer.domain.edition import variant_named
from mailer.domain.insert import Inserts
from mailer.domain.mailing import MailingState, seal
from mailer.domain.shelf import Revision
from mailer.formats.message_id import message_id
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead, editions_hash
from mailer.pipeline.issues.proof import NAMED, shortened
from mailer.pipeline.mailings.entitle import judged_by
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries
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
        for judged in people:
            if judged.entitlement.receives:
                needed = inserts.needed(judged.candidate, judged.entitlement)
                if inserts.lacks_season(needed, judged.entitlement.paid_until):
                    self.no_season.add(judged.label)
                elif needed != inserts.available(needed):
                    self.no_table.add(judged.label)
        excluded = [judged.entitlement.reason for judged in people if not judged.entitlement.receives]
        self.considered += len(people)
        self.recipients += len(people) - len(excluded)
        self.copies += len(copies)
        self.reasons.update(excluded)
        labels = {judged.person: judged.label for judged in people}
        for copy in copies:
            for word, value in (("name", copy.name), ("salutation", copy.salutation)):
                if not value:
                    self.incomplete += 1
                    if self.incomplete <= NAMED:
                        self.incomplete_lines.append(
                            f"{labels[copy.person]} has no {word} in {copy.language}: "
                            "the copy cannot be made until the register has one"
                        )


def freeze_circulation(
    connection: Connection,
    context: Context,
    name: IssueName,
    draft: Draft,
    chunks: Iterable[Sequence[Judged]],
    *,
    supplement: int = 0,
    first_number: int = 1,
) -> FrozenCirculation:
    """Write a mailing with its circulation, editions and deliveries within the transaction given.

    Copies are numbered in the order of the people. Only one chunk of them is in memory at a time.
    """
    frozen = FrozenCirculation(mailing=_add_mailing(connection, context, name, draft, supplement))
    mailings.add_editions(connection, frozen.mailing, draft.editions)
    inserts = Inserts(
        day=draft.revision.date,
        renewal=draft.letterhead.renewal,
        fees=context.fees,
        compiled={variant_named(edition.variant) for edition in draft.editions},
    )
    rules, circulation_hash = judged_by(connection, context, draft.revision), CirculationHash()
    for people in chunks:
        copies = copies_for(
            people,
            inserts=inserts,
            first_number=first_number + frozen.copies,
        )
        mailings.freeze(connection, frozen.mailing, people)
        ids = deliveries.add_copies(connection, frozen.mailing, name.newsletter, name.serial, copies, judged_by=rules)
        domain = draft.letterhead.sender.address.domain
        deliveries.name_messages(
            connection, ((delivery, message_id(delivery, context.keys, domain)) for delivery in ids)
        )
        circulation_hash.add(people, copies)
        frozen.count(people, copies, inserts)
    _seal(connection, frozen.mailing, draft, circulation_hash.hexdigest())
    return frozen


def _add_mailing(connection: Connection, context: Context, name: IssueName, draft: Draft, supplement: int) -> int:
    """Write the mailing's row. The circulation's hash and the seal follow when everybody is written."""
    return mailings.add_mailing(
        connection,
        {
            "newsletter": name.newsletter,
            "serial": name.serial,
            "supplement": supplement,
            "state": MailingState.PLANNED,
            "content_hash": draft.revision.content_hash,
            "circulation_hash": "",
            "editions_hash": editions_hash(draft.editions, draft.letterhead),
            "seal": "",
            "inputs_hash": draft.inputs_hash,
            "letterhead": draft.letterhead.dump(),
            "approval_required": context.newsletter(name.newsletter).approval_required,
            "planned_at": context.clock.now(),
        },
    )


def _seal(connection: Connection, mailing: int, draft: Draft, circulation_hash: str) -> None:
    sealed = seal(draft.revision.content_hash, circulation_hash, editions_hash(draft.editions, draft.letterhead))
    mailings.change(connection, mailing, circulation_hash=circulation_hash, seal=sealed)
