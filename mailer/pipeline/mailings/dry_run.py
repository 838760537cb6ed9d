"""Writes the messages that would go out as files, and leaves the ledger as it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.domain.circulation import Copy
from mailer.domain.delivery import Delivery
from mailer.domain.errors import Refused
from mailer.domain.mailing import MailingState
from mailer.domain.ports import Message
from mailer.formats.message.parts import html_and_text
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.copies import Workbench, workbench
from mailer.pipeline.mailings.drafting import Moved
from mailer.pipeline.mailings.entitle import recheck_all
from mailer.pipeline.mailings.plan import compile_draft, is_planned, plan_mailing, write_plan
from mailer.pipeline.mailings.steps import cancelled
from mailer.pipeline.mailings.test_mailing import require_entitled
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries
from mailer.store.copies.waiting import PendingCopy, all_waiting

Spool = Callable[[str, bytes], Path]


def write_dry_run(context: Context, name: IssueName, spool: Spool) -> list[Path]:
    """Write every copy that has not left yet as an .eml file; an issue without a plan is planned as if for sending.

    The database stays as it is. Raises what planning raises.
    """
    unsent: list[tuple[Workbench, list[PendingCopy]]] = []
    with _planned(context, name) as connection:
        every = mailings.mailings_of(connection, name.newsletter, name.serial)
        if all(mailing.state is MailingState.CANCELLED for mailing in every):
            raise cancelled(every[0])
        for mailing in every:
            # A copy that would be held when sent is not written either.
            recheck_all(connection, context, mailing)
            unsent.append((workbench(connection, context, mailing), list(all_waiting(connection, mailing))))
    # Outside of the transaction, which keeps every other process from writing.
    return [spool(_file_name(copy.copy), _make(bench, copy)) for bench, copies in unsent for copy in copies]


def write_preview(context: Context, name: IssueName, person: str, spool: Spool) -> list[Path]:
    """Write one person's copies as .html, .txt and .eml files. Refused for a person who is not entitled to the issue."""
    judged = require_entitled(context, name, person)
    files: list[tuple[str, bytes]] = []
    with _planned(context, name) as connection:
        for mailing in mailings.mailings_of(connection, name.newsletter, name.serial):
            bench = workbench(connection, context, mailing)
            for delivery in deliveries.of_mailing(connection, mailing.id):
                if delivery.person == person:
                    message = _make(bench, delivery)
                    html, text = html_and_text(message)  # taken from the very bytes that would be sent
                    stem = _file_name(delivery.copy).removesuffix(".eml")
                    files += [(f"{stem}.html", html.encode()), (f"{stem}.txt", text.encode()), (f"{stem}.eml", message)]
    if not files:
        raise Refused(f"{judged.label} is entitled to {name}, but the plan has no copy for them: plan it again")
    return [spool(file, content) for file, content in files]


@contextmanager
def _planned(context: Context, name: IssueName) -> Iterator[Connection]:
    """A transaction that is undone, in which the issue has a plan: if there was none, one as if for sending."""
    # Compiled before the transaction, which keeps every other process from writing.
    draft = None if is_planned(context, name) else compile_draft(context, name)
    with context.store.rehearsal() as connection:
        rehearsed = context.within(connection)
        if draft is not None:
            try:
                write_plan(rehearsed, name, draft)
            except Moved:  # the issue was edited while it was compiled
                plan_mailing(rehearsed, name)
        yield connection


def _make(bench: Workbench, copy: PendingCopy | Delivery) -> Message:
    return bench.make(copy.copy, copy.message_id, delivery=copy.id)


def _file_name(copy: Copy) -> str:
    person = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in copy.person)
    return f"{copy.copy_number:04}-{person}-{copy.language}.eml"
