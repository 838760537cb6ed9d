"""Compares the largest copy of an issue with what the relays take, so that no reader is refused for it."""

from mailer.domain.errors import Refused
from mailer.domain.message_size import size_fault, usual_size_fault
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context, IssueName
from mailer.store import Connection, relays


def size_note(connection: Connection, context: Context, largest: int) -> str:
    """Why a copy of this size would be refused, by our relays or by many others; empty when it would not."""
    return size_fault(largest, relays.sizes(connection, context.relays)) or usual_size_fault(largest)


def refuse_too_large(connection: Connection, context: Context, issue: IssueName | str, largest: int) -> None:
    """Raise Refused when no relay of ours takes a copy of this size, as they announced last."""
    if fault := size_fault(largest, relays.sizes(connection, context.relays)):
        raise Refused(f"{issue}: {fault}", Action.ASK_RELAY.of())
