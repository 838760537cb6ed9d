"""Writes the messages that would go out as files, and leaves the ledger as it is."""

from collections.abc import Callable
from pathlib import Path

from mailer.domain.circulation import Copy
from mailer.domain.delivery import Delivery
from mailer.domain.errors import Refused
from mailer.domain.ports import Message
from mailer.formats.message.parts import html_and_text
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.copies import Workbench, workbench
from mailer.pipeline.mailings import plan
from mailer.pipeline.mailings.entitle import ask_again
from mailer.pipeline.mailings.test_mailing import entitled
from mailer.store import mailings
from mailer.store.copies import deliveries
from mailer.store.copies.waiting import PendingCopy, all_waiting

Spool = Callable[[str, bytes], Path]


def write(context: Context, name: IssueName, spool: Spool) -> list[Path]:
    """Every copy that has not left yet as an .eml file; an issue without a plan is planned as if for sending.

    Nothing stands in the database afterwards that was not there before. Raises what planning raises.
    """
    draft = None if plan.is_planned(context, name) else plan.draw_up(context, name)
    left: list[tuple[Workbench, list[PendingCopy]]] = []
    with context.store.rehearsal() as connection:
        if draft is not None:
            plan.write(connection, context, name, draft)
        for one in mailings.mailings_of(connection, name.newsletter, name.serial):
            ask_again(connection, context, one)  # who would be held at hand-over has no file here either
            left.append((workbench(connection, context, one), list(all_waiting(connection, one))))
    # Outside of the transaction, in which nobody else can write.
    return [spool(_file(one.copy), _make(bench, one)) for bench, copies in left for one in copies]


def preview(context: Context, name: IssueName, person: str, spool: Spool) -> list[Path]:
    """One person's copies as .html, .txt and .eml files. Refused for a person who is not entitled to the issue."""
    entitled(context, name, person)
    draft = None if plan.is_planned(context, name) else plan.draw_up(context, name)
    written = []
    with context.store.rehearsal() as connection:
        if draft is not None:
            plan.write(connection, context, name, draft)
        for one in mailings.mailings_of(connection, name.newsletter, name.serial):
            bench = workbench(connection, context, one)
            for copy in deliveries.of_mailing(connection, one.id):
                if copy.person == person:
                    message = _make(bench, copy)
                    html, text = html_and_text(message)  # out of the very bytes that would be sent
                    stem = _file(copy.copy).removesuffix(".eml")
                    written += [(f"{stem}.html", html.encode()), (f"{stem}.txt", text.encode())]
                    written.append((f"{stem}.eml", message))
    if not written:
        raise Refused(f"person {person} is entitled to {name}, but the plan has no copy for them: plan it again")
    return [spool(file, content) for file, content in written]


def _make(bench: Workbench, one: PendingCopy | Delivery) -> Message:
    return bench.make(one.copy, one.message_id, delivery=one.id)


def _file(copy: Copy) -> str:
    person = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in copy.person)
    return f"{copy.copy_number:04}-{person}-{copy.language}.eml"
