"""Writes the letters about members' wishes: to the member, with a link to undo it, and to the secretary."""

from datetime import datetime

from mailer.domain.names import any_name
from mailer.domain.wish import UNDO_FOR, Wish, WishKind
from mailer.formats.links import link
from mailer.formats.token import Purpose
from mailer.pipeline.context import Context
from mailer.store import Connection, holds, letters, members

# The kinds of letters, which name their folders of templates, too.
WISH_DONE, CONFIRM_ADDRESS, MEMBER_WISH = "wish-done", "confirm-address", "member-wish"
TO_MEMBERS = frozenset({WISH_DONE, CONFIRM_ADDRESS})


def tell_member(connection: Connection, context: Context, wish: Wish, recipient: str) -> None:
    """Tell the member at this address what was changed, and how to undo it."""
    done_at = wish.done_at or wish.at
    facts = {
        **_facts(context, wish),
        "until": (done_at + UNDO_FOR).isoformat(),
        "undo": link(context.keys, context.public_url, Purpose.UNDO, wish.id),
    }
    _add(connection, WISH_DONE, wish, recipient, facts, done_at)


def ask_new_address(connection: Connection, context: Context, wish: Wish, recipient: str) -> None:
    """Ask at the new address whether it is right."""
    facts = {**_facts(context, wish), "confirm": link(context.keys, context.public_url, Purpose.CONFIRM, wish.id)}
    _add(connection, CONFIRM_ADDRESS, wish, recipient, facts, wish.at)


def tell_secretary(connection: Connection, context: Context, wish: Wish, now: datetime, *, step: str = "") -> None:
    """Tell the secretary what a member asked for, or (`step`) that it was confirmed or undone, each once."""
    if not context.secretary:
        return
    person = wish.person
    facts = {
        **_facts(context, wish),
        "step": step,
        "person": person,
        "name": any_name(members.names_of(connection, [person]).get(person, {})),
        "delivery": wish.delivery,
        "is_done": wish.done_at is not None,
        "old": sorted(_addresses(wish)) if wish.kind is WishKind.ADDRESS else [],
        "held": sorted(_held(connection, wish)),
    }
    _add(connection, MEMBER_WISH, wish, context.secretary, facts, now, step)


def _addresses(wish: Wish) -> set[str]:
    return set(map(str, wish.before.values()))


def _held(connection: Connection, wish: Wish) -> frozenset[str]:
    """Which of the addresses that a wish is about are held: no wish lifts a hold."""
    if wish.kind is not WishKind.ADDRESS:
        return frozenset()
    return holds.held_among(connection, {*_addresses(wish), str(wish.after["address"])})


def _facts(context: Context, wish: Wish) -> dict[str, object]:
    newsletter = context.newsletter(wish.newsletter)
    return {
        "newsletter": newsletter.name,
        "contact": str(newsletter.reply_to),
        "timezone": newsletter.schedule.timezone,
        "language": wish.language,
        "kind": wish.kind.value,
        "first": wish.after.get("first"),
        "last": wish.after.get("last"),
        "languages": wish.after.get("languages", []),
        "new": wish.after.get("address", ""),
    }


def _add(
    connection: Connection,
    kind: str,
    wish: Wish,
    recipient: str,
    facts: dict[str, object],
    now: datetime,
    step: str = "",
) -> None:
    about = f"{wish.newsletter}/wish-{wish.id}{f'-{step}' if step else ''}"
    letters.add(connection, kind=kind, about=about, recipient=recipient, facts=facts, now=now)
