"""What every verb of the pipeline works with: database, clock, newsletters, fees, templates and keys."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from mailer.domain.due import is_behind
from mailer.domain.errors import NotFound, Refused
from mailer.domain.mailing import Mailing
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import Clock, Message
from mailer.domain.remedy import Action, Note
from mailer.domain.standstill import REFUSED, Standstill
from mailer.domain.way_out import WayOut, way_out
from mailer.domain.worker_task import WorkerTask
from mailer.formats.links import CopyLinks, link, sample_links
from mailer.formats.message.dkim import DkimSigner
from mailer.formats.return_path import return_path, unsubscribe_address
from mailer.formats.token import Keyring, Purpose
from mailer.store import Connection, Store, history
from mailer.store.ledger import backups, claims, instants


class Bell(Protocol):
    """Rings for workers on other machines, so many times about each thing; they hear it once the transaction is committed."""

    def __call__(
        self, connection: Connection, task: WorkerTask, wanted: Mapping[int, int], at: datetime | None = None
    ) -> None:
        """Ring, now or at an instant. Never raises: a bell that is lost is rung again in a few seconds."""


def no_bell(connection: Connection, task: WorkerTask, wanted: Mapping[int, int], at: datetime | None = None) -> None:
    """Do nothing: there are no workers on other machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPart:
    """Copy numbers of a mailing, whose copies are made to prove that they can be: by another process, or by none so far.

    `proved` waits for the other process, and returns how many pending copies these are if it has made each, else None.
    """

    numbers: range
    proved: Callable[[], int | None] = lambda: None


class ProofParts(Protocol):
    """Lets other processes prove parts of a large mailing."""

    def __call__(
        self, context: "Context", mailing: Mailing, numbers: range, /
    ) -> AbstractContextManager[Sequence[ProofPart]]:
        """These copy numbers, in order. Other processes are at work on some of them, and end with the block. Never raises."""


def one_part(_context: "Context", _mailing: Mailing, numbers: range) -> AbstractContextManager[Sequence[ProofPart]]:
    """All of them, for which no other process works."""
    return nullcontext([ProofPart(numbers=numbers)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The parts of an installation, passed to each verb. History records `who`, a person or the daemon."""

    store: Store
    clock: Clock
    newsletters: Mapping[str, Newsletter]
    fees: FeeSchedule
    templates: Path
    keys: Keyring
    who: str
    secretary: str = ""  # the address for digests and tasks; empty: none
    operator: str = ""  # the address for alarms; empty: none
    return_path_domain: str = ""  # empty: the envelope sender is the newsletter's address
    public_url: str = ""  # where the members' pages are; empty: there are none
    console: str = ""  # what people type into a browser; empty: there is none, and letters write commands
    language: str = "en"  # of these letters
    relays: frozenset[str] = frozenset()  # their names in the ledger
    command: str = "mailer"  # what people type here; letters write their commands so
    fingerprint: str = ""  # of the settings, so that another process can tell whether it has read the same
    shipped: Path | None = None  # templates that came with this version, for letters that `templates` does not have
    signing: Callable[[], DkimSigner | None] = lambda: None  # reads the keys at its first call
    bell: Bell = no_bell
    proof_parts: ProofParts = one_part
    has_room: Callable[[], bool] = lambda: True  # whether the disk has room for what a sender has to write down

    @property
    def letter_templates(self) -> list[Path]:
        """The folders with templates of letters to secretary and operator, the club's own first."""
        return [self.templates, *([self.shipped] if self.shipped is not None else [])]

    @property
    def signer(self) -> DkimSigner | None:
        """Signs copies by DKIM; None where none is set up. Raises BadInput naming the key that cannot be used."""
        return self.signing()

    def signed(self, message: Message, at: datetime) -> Message:
        """The message signed with this instant, so that each attempt has the same signature; unchanged without a signer."""
        signer = self.signer
        return message if signer is None else Message(signer.sign(message, int(at.timestamp())))

    def return_path(self, delivery: int) -> str:
        """The return path of a delivery's copy; empty without a return-path domain."""
        return return_path(self.keys, delivery, self.return_path_domain) if self.return_path_domain else ""

    def unsubscribe(self, delivery: int) -> str:
        """The address to unsubscribe at from a delivery's copy; empty without a return-path domain."""
        return unsubscribe_address(self.keys, delivery, self.return_path_domain) if self.return_path_domain else ""

    @property
    def way_out(self) -> WayOut:
        """How copies that are compiled now say that their readers can pause."""
        return way_out(self.public_url, self.return_path_domain)

    def copy_links(self, public_url: str, delivery: int | None) -> CopyLinks:
        """The addresses in a delivery's copy, with its pages at `public_url`, as frozen with its mailing.

        Without a delivery those of a copy that is no member's.
        """
        if delivery is None:
            return sample_links(public_url, self.return_path_domain)
        mail = self.unsubscribe(delivery)
        if not public_url:
            return CopyLinks(unsubscribe=mail)
        return CopyLinks(
            unsubscribe=mail,
            one_click=link(self.keys, public_url, Purpose.ONE_CLICK, delivery),
            preferences=link(self.keys, public_url, Purpose.PREFERENCES, delivery),
        )

    def within(self, connection: Connection) -> "Context":
        """The same, with every transaction a part of this one, whose changes no other process sees."""
        return replace(self, store=self.store.within(connection), proof_parts=one_part)

    def ledger_epoch(self) -> int:
        """The epoch that the ledger has reached."""
        with self.store.reading() as connection:
            return claims.ledger_epoch(connection)

    def standstill(self) -> Standstill | None:
        """Why the service stands still; None while it works."""
        with self.store.reading() as connection:
            return self.standstill_in(connection)

    def standstill_in(self, connection: Connection) -> Standstill | None:
        """The same within this transaction."""
        if backups.moved_to(connection) is not None:
            return Standstill.MOVED
        if backups.backup_at(connection) is not None:
            return Standstill.RESTORED
        last = instants.last_work(connection)
        return Standstill.CLOCK if last is not None and is_behind(self.clock.now(), last) else None

    def refuse_at_standstill(self, action: Action) -> None:
        """Refused while the service stands still, when this action must wait for its end."""
        standstill = self.standstill()
        if standstill is not None and action in REFUSED[standstill]:
            self.refuse_backup()
            self.refuse_wrong_clock()

    def refuse_backup(self) -> None:
        """Refused when the database is a backup that was put in place, or was copied: what left since would leave again."""
        with self.store.reading() as connection:
            at, elsewhere = backups.backup_at(connection), backups.moved_to(connection)
        if elsewhere is not None:
            raise Refused(
                f"the database was copied to {elsewhere} on {at:%Y-%m-%d %H:%M} UTC, to go on there: nothing is pulled, planned or "
                "sent from this one. Name the other in [database], or say what left since then to go on with this one",
                Action.RESUME_AFTER_RESTORE.of(),
            )
        if at is not None:
            raise Refused(
                f"the database is a backup of {at:%Y-%m-%d %H:%M} UTC: nothing is pulled, planned or sent until you have "
                "said what left since",
                Action.RESUME_AFTER_RESTORE.of(),
            )

    def refuse_wrong_clock(self) -> None:
        """Refused when the clock is far behind what the ledger has seen: copies would be dated and judged by it."""
        doubt = self.doubt_of_clock()
        if doubt is not None:
            raise Refused(doubt.text, *doubt.remedies)

    def doubt_of_clock(self) -> Note | None:
        """Why the clock cannot be right; None when it may be."""
        now = self.clock.now()
        with self.store.reading() as connection:
            last = instants.last_work(connection)
        if last is None or not is_behind(now, last):
            return None
        return Note(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, but the service was at work on {last:%Y-%m-%d %H:%M} UTC: nothing is "
            "pulled, sent or deleted until the clock is set",
            (Action.ACCEPT_CLOCK.of(),),
        )

    def believe_clock(self, why: str) -> None:
        """Judge the clock from now on by what is written from now on, and record that."""
        with self.store.transaction() as connection:
            self.record(connection, instants.CLOCK, instants.LEDGER, why)
            instants.note_work(connection, self.clock.now())

    def record(self, connection: Connection, verb: str, subject: object, detail: str = "") -> None:
        """Write into the history that `who` did this to the subject now."""
        history.record(connection, at=self.clock.now(), who=self.who, verb=verb, subject=str(subject), detail=detail)

    def newsletter(self, identity: str) -> Newsletter:
        """The newsletter with this id. Raises NotFound naming the existing ones."""
        try:
            return self.newsletters[identity]
        except KeyError:
            names = ", ".join(sorted(self.newsletters)) or "none"
            raise NotFound(f"there is no newsletter {identity!r}; schedules/ has: {names}") from None


LONGEST_SERIAL = 9  # digits: what a database integer surely holds


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueName:
    """What people type: `russia-confidential/253`."""

    newsletter: str
    serial: int

    @classmethod
    def parse(cls, text: str) -> "IssueName":
        """Read `<newsletter>/<serial>`; NotFound says how it is written."""
        newsletter, _, serial = text.partition("/")
        if not newsletter or not (serial.isascii() and serial.isdecimal() and len(serial) <= LONGEST_SERIAL):
            raise NotFound(f"{text!r} is not an issue; write <newsletter>/<serial>, e.g. russia-confidential/253")
        return cls(newsletter=newsletter, serial=int(serial))

    def __str__(self) -> str:
        return f"{self.newsletter}/{self.serial}"
