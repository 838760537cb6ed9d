"""The distribution report for a page: the balance added up by the database, and what still needs a person."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailer.domain.delivery import Delivery, State
from mailer.domain.distribution_report import Balance, faults
from mailer.domain.hold import Failure
from mailer.domain.mailing import Mailing
from mailer.domain.progress import cancelled_supplements, current_mailing
from mailer.domain.search import CirculationSearch, CopySearch
from mailer.formats.register.cells import guarded
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.corrections import corrections_since
from mailer.pipeline.mailings.open_copies import open_among
from mailer.pipeline.mailings.steps import all_mailings
from mailer.store import Connection, balance, circulation_pages, mailings
from mailer.store.columns import CHUNK
from mailer.store.copies import deliveries, pages

# So many faults, and copies that need a person, are named.
NAMED = 100
COLUMNS = ("copy", "person", "name", "language", "decision", "reason", "address", "state", "held", "reply")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAccount:
    """The account of an issue. It balances when its numbers add up and there are no `faults`, the contradictions in its
    rows, in words.

    `needing` are the first copies that need a person, with their `failures` by delivery; `needing_number` counts all.
    """

    issue: str
    mailings: Sequence[Mailing]
    balance: Balance
    faults: Sequence[str]
    needing: Sequence[Delivery]
    needing_number: int
    failures: Mapping[int, Failure]
    owed: frozenset[int]

    @property
    def balanced(self) -> bool:
        """Whether everything adds up."""
        return self.balance.balanced and not self.faults

    @property
    def current(self) -> Mailing:
        """The mailing that stands for the issue."""
        return current_mailing(self.mailings)

    @property
    def cancelled_supplements(self) -> tuple[int, ...]:
        """The numbers of the supplements that were cancelled, while the issue itself was not."""
        return cancelled_supplements(self.mailings)


def report_account(context: Context, name: IssueName) -> ReportAccount:
    """The account of an issue; NotFound without a plan. One that does not balance names its faults."""
    with context.store.reading() as connection:
        every = all_mailings(connection, name)
        identities = [mailing.id for mailing in every]
        needing = sorted(open_among(connection, context, every))
        named = deliveries.deliveries_with(connection, needing[:NAMED])
        corrections = corrections_since(connection, name.newsletter, name.serial)
        return ReportAccount(
            issue=str(name),
            mailings=every,
            balance=_balance(connection, name, identities),
            faults=_faults(connection, name, identities),
            needing=[named[identity] for identity in needing[:NAMED]],
            needing_number=len(needing),
            failures=corrections.failures,
            owed=corrections.owed_among(named.values()),
        )


def _balance(connection: Connection, name: IssueName, identities: Sequence[int]) -> Balance:
    recipients, excluded = balance.count_reasons(connection, identities)
    return Balance(
        considered=balance.considered(connection, identities),
        recipients=recipients,
        copies=pages.count(connection, name.newsletter, name.serial, CopySearch()),
        excluded=excluded,
        deliveries=deliveries.counts(connection, identities),
    )


def _faults(connection: Connection, name: IssueName, identities: Sequence[int]) -> list[str]:
    """The contradictions; the rows are read only where their sums do not agree."""
    wrong = [identity for identity in identities if not balance.agrees(connection, identity)]
    if not wrong:
        return []
    names = {copy.person: copy.copy.name for copy in deliveries.listing(connection, name.newsletter, name.serial)}
    return [fault for identity in wrong for fault in faults(mailings.frozen(connection, identity), names)][:NAMED]


def report_csv(context: Context, name: IssueName) -> Iterator[bytes]:
    """The report as CSV, read while it is sent: a row for each copy, then for each person left out, then the balance.

    Cells that a spreadsheet program would take for a formula are guarded.
    """
    account = report_account(context, name)
    yield _lines([COLUMNS])
    with context.store.reading() as connection:
        for copies in _copies(connection, name):
            yield _lines(map(_copy_row, copies))
        identities = [mailing.id for mailing in account.mailings]
        excluded = circulation_pages.everybody(
            connection, identities, CirculationSearch(decision=circulation_pages.EXCLUDED), ("en", "ru")
        )
        for line in excluded:
            yield _lines([("", line.person, line.name, "", line.decision, line.reason, line.address, "", "", "")])
    yield _lines(_balance_rows(account))


def _copies(connection: Connection, name: IssueName) -> Iterator[list[Delivery]]:
    after = 0
    while copies := pages.page(connection, name.newsletter, name.serial, CopySearch(), after=after, limit=CHUNK):
        after = copies[-1].copy_number
        yield copies


def _copy_row(copy: Delivery) -> Sequence[object]:
    reply = " ".join(str(word) for word in (copy.last_code, copy.last_status, copy.last_text) if word)
    return (
        copy.copy_number,
        copy.person,
        copy.name,
        copy.language,
        "recipient",
        "",
        copy.address,
        copy.state.value,
        copy.held_reason or "",
        reply,
    )


def _balance_rows(account: ReportAccount) -> Iterator[Sequence[object]]:
    figures = account.balance
    yield ()
    yield ("considered", figures.considered)
    yield ("recipients", figures.recipients)
    yield from ((f"excluded: {reason}", number) for reason, number in figures.excluded.items())
    yield ("copies", figures.copies)
    yield from ((state, number) for state, number in figures.deliveries.items() if number or state == State.ACCEPTED)
    yield ("balance", "the report balances" if account.balanced else "THE REPORT DOES NOT BALANCE")
    yield from (("fault", fault) for fault in account.faults)


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([guarded(str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode()
