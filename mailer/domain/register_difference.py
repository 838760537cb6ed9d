"""What an import changes in the register, as values: memberships, seats and payments before and after, and what is odd."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.domain.membership import Membership, Payment, Seat
from mailer.domain.register_columns import cell_text, cells_of
from mailer.domain.register_rows import BadRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One cell of the register before and after, as files have it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChange:
    """A membership before and after; `before` is None for a new one."""

    before: Membership | None
    after: Membership

    @property
    def renames(self) -> bool:
        """Whether a membership that is there already gets another name of its organisation."""
        return self.before is not None and self.before.organisation != self.after.organisation

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """What differs, by column; empty for a new one."""
        return _fields(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatChange:
    """A person on a membership before and after; `before` is None for a new one."""

    before: Seat | None
    after: Seat

    @property
    def ends(self) -> bool:
        """Whether a seat without an end gets one."""
        return self.before is not None and self.before.ended_on is None and self.after.ended_on is not None

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """What differs, by column; empty for a new one."""
        return _fields(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that an import changes. Bad rows change nothing.

    `absent` are the current seats of people whom no row names; those that do not end stay. `remarks` are facts that may
    surprise, `warnings` what looks wrong. `owners` names whose each membership here is: the organisation, else the
    people. `version` is that of the register which was compared.
    """

    memberships: tuple[MembershipChange, ...] = ()
    seats: tuple[SeatChange, ...] = ()
    payments: tuple[Payment, ...] = ()
    bad: tuple[BadRow, ...] = ()
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    absent: tuple[Seat, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    version: int = 0

    @property
    def changes_nothing(self) -> bool:
        """Whether the register stays as it is."""
        return not (self.memberships or self.seats or self.payments)

    @property
    def staying(self) -> tuple[Seat, ...]:
        """The people who are absent from the file and stay."""
        ending = {(change.after.membership, change.after.person) for change in self.seats if change.ends}
        return tuple(seat for seat in self.absent if (seat.membership, seat.person) not in ending)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each; a person who leaves counts as ended, not as changed."""
        people_added = sum(change.before is None for change in self.seats)
        people_ended = sum(change.ends for change in self.seats)
        memberships_added = sum(change.before is None for change in self.memberships)
        return {
            "memberships_added": memberships_added,
            "memberships_changed": len(self.memberships) - memberships_added,
            "people_added": people_added,
            "people_changed": len(self.seats) - people_added - people_ended,
            "people_ended": people_ended,
            "people_absent": len(self.staying),
            "payments_added": len(self.payments),
            "bad_rows": len({(fault.file, fault.row) for fault in self.bad}),
        }


def _fields(before: Membership | Seat | None, after: Membership | Seat) -> tuple[FieldChange, ...]:
    if before is None:
        return ()
    old, new = cells_of(before), cells_of(after)
    texts = [(column, cell_text(old.get(column)), cell_text(new.get(column))) for column in dict.fromkeys((*old, *new))]
    return tuple(
        FieldChange(field=column, before=old_text, after=new_text)
        for column, old_text, new_text in texts
        if old_text != new_text
    )
