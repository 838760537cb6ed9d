"""Takes back what a member changed, and puts a new address into the register once its owner has confirmed it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from mailer.domain.address import Address
from mailer.domain.errors import NotFound
from mailer.domain.history import READER
from mailer.domain.membership import Pause, Seat
from mailer.domain.wish import Wish, WishKind
from mailer.formats.token import Purpose
from mailer.pipeline.context import Context
from mailer.pipeline.members import letters
from mailer.pipeline.members.links import UNKNOWN, known_wish
from mailer.store import Connection, history, holds, members, wishes


def confirm(context: Context, token: str) -> None:
    """Write to the new address from now on, and tell the old one how to undo that; a second time changes nothing.

    Holds stay as they are. NotFound for a link that is not valid, or when the register has another address since.
    """
    with context.store.transaction() as connection:
        members.lock_register(connection)
        wish = known_wish(connection, context, Purpose.CONFIRM, token, lock=True)
        if wish.done_at is not None:
            return
        seats = members.seats_of(connection, wish.person)
        moving = [
            seat for seat in seats if seat.address is not None and wish.before.get(seat.membership) == seat.address.wire
        ]
        if not moving or not _is_latest(connection, wish):
            raise NotFound(UNKNOWN)
        now, address = context.clock.now(), Address.from_wire(str(wish.after["address"]))
        members.change_seats(connection, [replace(seat, address=address) for seat in moving])
        wishes.mark_done(connection, wish.id, now)
        done = replace(wish, done_at=now)
        for old in sorted({str(wish.before[seat.membership]) for seat in moving}):
            letters.tell_member(connection, context, done, old)
        letters.tell_secretary(connection, context, done, now, step="confirmed")
        _record(connection, context, wish, "change", "address, confirmed")


def undo(context: Context, token: str) -> None:
    """Put things back as they were before a wish; a second time changes nothing.

    What has been changed since stays. NotFound for a link that is not valid.
    """
    with context.store.transaction() as connection:
        members.lock_register(connection)
        wish = known_wish(connection, context, Purpose.UNDO, token, lock=True)
        if wish.undone_at is not None:
            return
        if not _is_latest(connection, wish):
            raise NotFound(UNKNOWN)  # the member has chosen something else since, which has a letter of its own
        now = context.clock.now()
        match wish.kind:
            case WishKind.PAUSE:
                _resume(connection, context, wish)
            case WishKind.LANGUAGE:
                _back(connection, wish, _with_languages)
            case _:
                _back(connection, wish, _with_address)
        wishes.mark_undone(connection, wish.id, now)
        letters.tell_secretary(connection, context, wish, now, step="undone")
        _record(connection, context, wish, "undo", wish.kind.value)


def _is_latest(connection: Connection, wish: Wish) -> bool:
    latest = wishes.latest(connection, wish.person, wish.kind, wish.newsletter)
    return latest is not None and latest.id == wish.id


def _resume(connection: Connection, context: Context, wish: Wish) -> None:
    """End the pause, or put back the one before it; a pause that was changed since stays."""
    now = context.clock.now()
    pauses = holds.pauses(connection, [wish.person]).get(wish.person, ())
    pause = next((pause for pause in pauses if pause.newsletter == wish.newsletter), None)
    if pause is None or pause.days != _pause(wish.after):
        return
    before = _pause(wish.before)
    if before.first is None:
        holds.lift_pauses(connection, wish.person, by=READER, now=now, newsletter=wish.newsletter)
    else:
        delivery = wish.before.get("delivery")
        holds.replace_pause(
            connection,
            wish.person,
            before,
            now=now,
            newsletter=wish.newsletter,
            delivery=delivery if isinstance(delivery, int) else None,
        )
    members.raise_version(connection)


def _pause(stored: Mapping[str, object]) -> Pause:
    first, last = (date.fromisoformat(str(stored[name])) if stored.get(name) else None for name in ("first", "last"))
    return Pause(first=first, last=last)


def _back(connection: Connection, wish: Wish, restored: Callable[[Seat, Wish], Seat | None]) -> None:
    """Put back what each seat had, where it still has what the wish gave it."""
    changed = [
        seat
        for present in members.seats_of(connection, wish.person)
        if present.membership in wish.before and (seat := restored(present, wish)) is not None
    ]
    if changed:
        members.change_seats(connection, changed)


def _with_languages(seat: Seat, wish: Wish) -> Seat | None:
    before, after = wish.before[seat.membership], wish.after["languages"]
    if list(seat.languages) != after or not isinstance(before, list):
        return None
    return replace(seat, languages=tuple(map(str, before)))


def _with_address(seat: Seat, wish: Wish) -> Seat | None:
    if seat.address is None or seat.address.wire != wish.after["address"]:
        return None
    return replace(seat, address=Address.from_wire(str(wish.before[seat.membership])))


def _record(connection: Connection, context: Context, wish: Wish, verb: str, detail: str) -> None:
    at, detail = context.clock.now(), f"{detail} (wish {wish.id})"
    history.record(connection, at=at, who=READER, verb=verb, subject=wish.person, detail=detail)
