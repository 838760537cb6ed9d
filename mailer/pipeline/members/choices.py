"""Does what a member chooses on the page behind a copy's link, and pauses by one click."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from mailer.domain.errors import BadInput, Refused
from mailer.domain.history import READER
from mailer.domain.hold import OwnPause
from mailer.domain.membership import Pause, Seat
from mailer.domain.wish import LONGEST_PAUSE, MOST_A_DAY, Wish, WishKind
from mailer.formats.address import parse
from mailer.formats.token import Purpose
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.pipeline.members import letters
from mailer.pipeline.members.links import MemberCopy, copy_behind, known_copy
from mailer.store import Connection, history, holds, issues, mailings, members, wishes


class Choice(StrEnum):
    """What a member can choose."""

    UNTIL = "until"
    STOP = "stop"
    LANGUAGE = "language"
    ADDRESS = "address"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What belongs to a choice: the last day of a pause, the languages, or the new address."""

    until: date | None = None
    languages: tuple[str, ...] = ()
    address: str = ""


def one_click(context: Context, token: str) -> None:
    """Pause the newsletter for this copy's reader, from the next issue on; once, however often it is asked for.

    The membership stays as it is. Nothing happens for a link that is not valid, or for a person who left the register.
    """
    with context.store.reading() as connection:  # most repetitions need no lock
        if copy_behind(connection, context, Purpose.ONE_CLICK, token) is None:
            return
    with context.store.transaction() as connection:
        copy = copy_behind(connection, context, Purpose.ONE_CLICK, token)
        if copy is not None:
            _pause(connection, context, copy, None)


def choose(context: Context, purpose: Purpose, token: str, choice: Choice, details: Details) -> None:
    """Do what the member chose; the same choice again changes nothing.

    Raises NotFound for a link that is not valid, BadInput for details that do not fit, and Refused when so much was asked
    for today that a program must have done it.
    """
    if choice is Choice.UNTIL:
        _check_last_day(details.until, context.clock.now().date())
    with context.store.transaction() as connection:
        members.lock_register(connection)
        copy = known_copy(connection, context, purpose, token)
        since = context.clock.now() - timedelta(days=1)
        if wishes.count_since(connection, copy.person, since) >= MOST_A_DAY:
            raise Refused("this was changed very often today: please write to the secretary")
        match choice:
            case Choice.UNTIL:
                _pause(connection, context, copy, details.until)
            case Choice.STOP:
                _pause(connection, context, copy, None)
            case Choice.LANGUAGE:
                _change_languages(connection, context, copy, details.languages)
            case Choice.ADDRESS:
                _ask_for_address(connection, context, copy, details.address)
            case Choice.FORWARDED:
                _note_forwarded(connection, context, copy)


def _check_last_day(last: date | None, today: date) -> None:
    if last is None:
        raise BadInput("enter the last day of the pause as a date")
    if last < today:
        raise BadInput(f"{last} is over: choose a later day")
    if last > today + LONGEST_PAUSE:
        raise BadInput(f"{last} is too far away: choose an earlier day, or no end")


def _pause(connection: Connection, context: Context, copy: MemberCopy, last: date | None) -> None:
    """Pause the newsletter from the day after the copy's issue on. Copies that wait are judged again by the pause."""
    members.lock_register(connection)
    now, newsletter = context.clock.now(), copy.newsletter.id
    mailing = mailings.mailing(connection, copy.delivery.mailing)
    first = issues.revision_of(connection, mailing).date + timedelta(days=1)
    if last is not None:
        first = min(first, last)
    pauses = holds.pauses(connection, [copy.person]).get(copy.person, ())
    if any(_is_enough(pause, last, max(first, now.date())) for pause in pauses):
        return
    before = next((pause for pause in pauses if pause.newsletter == newsletter), None)
    days = Pause(first=first, last=last)
    holds.replace_pause(connection, copy.person, days, now=now, newsletter=newsletter, delivery=copy.delivery.id)
    members.raise_version(connection)
    wish = _keep(connection, context, copy, WishKind.PAUSE, _days_before(before), _days(days), done=True)
    detail = f"{newsletter} from {first} to {last}" if last else f"{newsletter} from {first}"
    _record(connection, context, wish, "pause", detail)
    maillog.unsubscribed(copy.delivery.id)


def _is_enough(pause: OwnPause, last: date | None, by: date) -> bool:
    """Whether the person has what they ask for already: a pause with this end that begins by then."""
    return pause.last == last and pause.first <= by


def _days(days: Pause) -> dict[str, object]:
    return {name: day.isoformat() if isinstance(day, date) else None for name, day in asdict(days).items()}


def _days_before(pause: OwnPause | None) -> dict[str, object]:
    return {**_days(pause.days), "delivery": pause.delivery} if pause is not None else {}


def _change_languages(connection: Connection, context: Context, copy: MemberCopy, languages: tuple[str, ...]) -> None:
    if not languages or not set(languages) <= set(copy.newsletter.languages):
        raise BadInput("choose a language")
    seats = members.seats_of(connection, copy.person)
    if all(seat.languages == languages for seat in seats):
        return
    before = {seat.membership: list(seat.languages) for seat in seats}
    # Without a name and a salutation no copy can be made, and the whole mailing would wait for the secretary.
    ready = all(seat.names.get(language) and seat.salutations.get(language) for seat in seats for language in languages)
    last = wishes.latest(connection, copy.person, WishKind.LANGUAGE, copy.newsletter.id)
    if not ready and last is not None and last.done_at is None and last.after == {"languages": list(languages)}:
        return
    if ready:
        members.change_seats(connection, [replace(seat, languages=languages) for seat in seats])
    after = {"languages": list(languages)}
    wish = _keep(connection, context, copy, WishKind.LANGUAGE, before, after, done=ready)
    written = "+".join(languages)
    detail = f"languages to {written}" if ready else f"languages to {written}, asked for"
    _record(connection, context, wish, "change", detail)


def _ask_for_address(connection: Connection, context: Context, copy: MemberCopy, typed: str) -> None:
    """Ask at the new address; the register changes when its owner confirms."""
    address = parse(typed)
    seats = [seat for seat in members.seats_of(connection, copy.person) if seat.address is not None]
    before = {seat.membership: seat.address.wire for seat in seats if seat.address is not None}
    if all(seat.address == address for seat in seats):
        raise BadInput("this is the address that we write to already")
    last = wishes.latest(connection, copy.person, WishKind.ADDRESS, copy.newsletter.id)
    after = {"address": address.wire}
    waits = last is not None and last.done_at is None and last.may_be_confirmed(context.clock.now())
    if waits and last is not None and (last.before, last.after) == (before, after):
        return  # the letter is on its way
    wish = _keep(connection, context, copy, WishKind.ADDRESS, before, after, done=False)
    letters.ask_new_address(connection, context, wish, address.wire)
    _record(connection, context, wish, "change", "address, asked for")


def _note_forwarded(connection: Connection, context: Context, copy: MemberCopy) -> None:
    last = wishes.latest(connection, copy.person, WishKind.FORWARDED, copy.newsletter.id)
    if last is not None and last.delivery == copy.delivery.id:
        return
    wish = _keep(connection, context, copy, WishKind.FORWARDED, {}, {}, done=False)
    _record(connection, context, wish, "forwarded", f"copy No. {copy.delivery.copy_number} came to another person")


def _keep(
    connection: Connection,
    context: Context,
    copy: MemberCopy,
    kind: WishKind,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    done: bool,
) -> Wish:
    """Keep the wish; tell the member where something has changed, and the secretary in any case."""
    now = context.clock.now()
    wish = wishes.add(
        connection,
        person=copy.person,
        newsletter=copy.newsletter.id,
        delivery=copy.delivery.id,
        language=copy.delivery.language,
        kind=kind,
        at=now,
        before=before,
        after=after,
        done=done,
    )
    present = address_of(members.seats_of(connection, copy.person))
    if done and present:
        letters.tell_member(connection, context, wish, present)
    letters.tell_secretary(connection, context, wish, now)
    return wish


def address_of(seats: Sequence[Seat]) -> str:
    """The address by which a person is reached now; empty without one."""
    return next(
        (seat.address.wire for seat in seats if seat.address is not None and seat.ended_on is None), ""
    ) or next((seat.address.wire for seat in seats if seat.address is not None), "")


def _record(connection: Connection, context: Context, wish: Wish, verb: str, detail: str) -> None:
    detail = f"{detail} (wish {wish.id}, delivery {wish.delivery})"
    history.record(connection, at=context.clock.now(), who=READER, verb=verb, subject=wish.person, detail=detail)
