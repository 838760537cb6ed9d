"""Freezes a circulation: writes everybody's decision and every copy, a chunk of people at a time, under one hash."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.domain.circulation import Copy, Judged, copies_for
from mailer.domain.mailing import MailingState, seal
from mailer.formats.message.parts import message_id
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead, editions_hash
from mailer.pipeline.issues.proof import NAMED, shortened
from mailer.pipeline.mailings.entitle import judged_by
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries
from mailer.store.issues import Revision
from mailer.store.mailings import StoredEdition


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a mailing is made of besides its circulation: compiled outside of any writing transaction."""

    revision: Revision
    editions: Sequence[StoredEdition]
    letterhead: Letterhead
    inputs_hash: str


@dataclass(slots=True, kw_only=True)
class Frozen:
    """A circulation as it was written, in numbers; `unmade` says of the first copies that cannot be made why not."""

    mailing: int
    considered: int = 0
    recipients: int = 0
    copies: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    unmade: list[str] = field(default_factory=list)
    wanting: int = 0

    @property
    def excluded(self) -> Mapping[str, int]:
        """How many exclusions there are of each reason, in the order of the reasons' names."""
        return dict(sorted(self.reasons.items()))

    @property
    def warnings(self) -> list[str]:
        """A line for each copy without the words it needs, so many at most, and how many more there are."""
        return shortened(self.unmade, self.wanting)

    def count(self, people: Sequence[Judged], copies: Sequence[Copy]) -> None:
        """Add a chunk."""
        excluded = [one.entitlement.reason for one in people if not one.entitlement.receives]
        self.considered += len(people)
        self.recipients += len(people) - len(excluded)
        self.copies += len(copies)
        self.reasons.update(excluded)
        for copy in copies:
            for word, value in (("name", copy.name), ("salutation", copy.salutation)):
                if not value:
                    self.wanting += 1
                    if self.wanting <= NAMED:
                        self.unmade.append(_wanting(copy, word))


class CirculationHash:
    """One hash over everybody's decision and every copy's number, language, variant, address and words.

    Two lists are hashed, a line for each person and a line for each copy, in the order in which they are frozen, and
    then the two hashes: so it is the same hash however many are written at a time.
    """

    def __init__(self) -> None:
        """Of nobody."""
        self._people, self._copies = hashlib.sha256(), hashlib.sha256()

    def add(self, people: Iterable[Judged], copies: Iterable[Copy]) -> None:
        """The next people, and their copies."""
        for one in people:
            answer = one.entitlement
            self._people.update(f"{(one.person, answer.reason.value, answer.rule)!r}\n".encode())
        for copy in copies:
            words = (copy.address.wire, copy.name, copy.salutation, str(copy.paid_until))
            line = (copy.copy_number, copy.person, copy.language, copy.variant.name, *words)
            self._copies.update(f"{line!r}\n".encode())

    def hexdigest(self) -> str:
        """The hash of all that was added."""
        both = f"{self._people.hexdigest()}\n{self._copies.hexdigest()}"
        return hashlib.sha256(both.encode()).hexdigest()


def freeze_circulation(
    connection: Connection,
    context: Context,
    name: IssueName,
    draft: Draft,
    chunks: Iterable[Sequence[Judged]],
    *,
    supplement: int = 0,
    first_number: int = 1,
) -> Frozen:
    """Write a mailing with its circulation, editions and deliveries, in the transaction given. Nothing of it has left.

    Copies are numbered in the order of the people. However many there are, one chunk of them is in memory at a time.
    """
    frozen = Frozen(mailing=_add_mailing(connection, context, name, draft, supplement))
    mailings.add_editions(connection, frozen.mailing, draft.editions)
    rules, hashed = judged_by(connection, context, draft.revision), CirculationHash()
    for people in chunks:
        copies = copies_for(
            people,
            day=draft.revision.date,
            renewal=draft.letterhead.renewal,
            first_number=first_number + frozen.copies,
        )
        mailings.freeze(connection, frozen.mailing, people)
        ids = deliveries.add_copies(connection, frozen.mailing, name.newsletter, name.serial, copies, judged_by=rules)
        domain = draft.letterhead.sender.address.domain
        deliveries.name_messages(connection, ((one, message_id(one, context.keys, domain)) for one in ids))
        hashed.add(people, copies)
        frozen.count(people, copies)
    _seal(connection, frozen.mailing, draft, hashed.hexdigest())
    return frozen


def _add_mailing(connection: Connection, context: Context, name: IssueName, draft: Draft, supplement: int) -> int:
    """The mailing's row; its circulation's hash and its seal come when everybody is written."""
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


def _wanting(copy: Copy, word: str) -> str:
    return f"person {copy.person} has no {word} in {copy.language}: the copy cannot be made until the register has one"
