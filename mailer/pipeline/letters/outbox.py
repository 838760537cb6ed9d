"""Tells secretary and operator: writes down a digest after each mailing and a reminder a day, and sends the letters."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.errors import MailerError, Refused, TransportDown
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import Envelope, Message, Transport
from mailer.domain.remedy import Action
from mailer.domain.retry import doubled
from mailer.formats.address import parse
from mailer.formats.letter import write
from mailer.pipeline import maillog
from mailer.pipeline.bounces.alarms import ALARM
from mailer.pipeline.context import Context
from mailer.pipeline.letters import daily, distribution
from mailer.pipeline.parcels import Handful
from mailer.store import letters

DIGEST, REMINDER = "digest", "reminder"

# A mailing that ended longer ago gets no digest: nobody was to be told then.
RECENT = timedelta(days=7)
# Between two reminders lies a day, and between a digest and a reminder that would tell nothing else.
DAILY = timedelta(days=1)
# A letter that was refused is tried again after this long, then ever more seldom, but for ever: somebody may mend the
# address, and an alarm is never dropped in silence.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A letter in its envelope."""

    envelope: Envelope
    message: Message


def digests(context: Context) -> int:
    """Every mailing that was closed, or cancelled on its way, has its digest written down, once; returns how many are new.

    One that goes on afterwards with a copy that came back, and is closed again, has no second one.
    """
    if not context.secretary:
        return 0
    since = context.clock.now() - RECENT
    with context.store.reading() as connection:
        ended = distribution.ended(connection, since)
        told = letters.told(connection, DIGEST, [distribution.about(one) for one in ended])
    new = 0
    for one in ended:
        if distribution.about(one) not in told:
            new += _write(context, DIGEST, distribution.about(one), distribution.digest(context, one))
    return new


def reminder(context: Context) -> bool:
    """What is unsettled is written down for the secretary, when the last reminder is a day old.

    Not while all of it was just told: when all that is unsettled is about issues of which a digest was written in the
    last 24 hours, and came before that. So a digest never stands in the way of what it does not tell.
    """
    if not context.secretary:
        return False
    now = context.clock.now()
    with context.store.reading() as connection:
        last = letters.last_made(connection, REMINDER)
        fresh = letters.made_after(connection, DIGEST, now - DAILY, now)
    # A clock that was set back must not keep everybody silent.
    if last is not None and timedelta(0) <= now - last < DAILY:
        return False
    told: dict[str, datetime] = {}
    for about, made_at in fresh.items():
        issue = distribution.issue_of(about)
        told[issue] = max(made_at, told.get(issue, made_at))
    facts = daily.unsettled(context, told)
    return facts is not None and _write(context, REMINDER, f"{now:%Y-%m-%d}", facts)


def _write(context: Context, kind: str, about: str, facts: distribution.Facts) -> bool:
    with context.store.transaction() as connection:
        now = context.clock.now()
        if letters.told(connection, kind, [about]):
            return False
        # While no letter can leave, the reminders of many days must not pile up.
        if kind == REMINDER and letters.renew(connection, kind=kind, about=about, facts=facts, now=now):
            return True
        return letters.add(connection, kind=kind, about=about, recipient=context.secretary, facts=facts, now=now)


async def _never() -> None:
    await asyncio.Event().wait()


async def send(context: Context, transport: Transport, until: Callable[[], Awaitable[None]] = _never) -> int:
    """Send every letter that is due, one after another, but no more once `until` returns; how many were accepted.

    One that is refused, or whose fate nobody knows, is tried again later: a letter twice is better than none. Raises
    TransportDown, and no letter is blamed for that.
    """
    accepted = 0
    stopping = asyncio.ensure_future(until())
    try:
        for one in await asyncio.to_thread(_due, context):
            accepted += await _send(context, transport, one, stopping)
            if stopping.done():
                break
    finally:
        stopping.cancel()
    return accepted


def _due(context: Context) -> list[letters.DueLetter]:
    with context.store.reading() as connection:
        return letters.waiting(connection, context.clock.now())


async def _send(context: Context, transport: Transport, one: letters.DueLetter, stopping: asyncio.Future[None]) -> bool:
    try:
        posted = await asyncio.to_thread(post, context, one)
    except MailerError as error:  # its template or its address is wrong: the next one may be right
        await asyncio.to_thread(_failed, context, one, str(error))
        return False
    tray = Handful([posted])
    handing = asyncio.ensure_future(tray.hand_over(transport))
    await asyncio.wait({handing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not handing.done():
        handing.cancel()
    down = (await asyncio.gather(handing, return_exceptions=True))[0]
    if tray.accepted:
        await asyncio.to_thread(_sent, context, one)
        return True
    if tray.failed:
        await asyncio.to_thread(_failed, context, one, tray.failed[0][1])
        return False
    if isinstance(down, TransportDown):
        await asyncio.to_thread(_put_off, context, str(down))
    if isinstance(down, Exception):
        raise down
    return False  # we were asked to stop


def post(context: Context, one: letters.DueLetter) -> Posted:
    """The letter as it goes out: the same Message-ID at each try. Raises MailerError for what a person must mend."""
    newsletter = _about(context, one)
    # Whoever has mended the address in the settings wants the letter there.
    to = parse((context.operator if one.kind == ALARM else context.secretary) or one.recipient)
    made = write.write(one.kind, context.language, one.facts, context.letter_templates)
    sender, now = newsletter.sender, context.clock.now().replace(microsecond=0)
    token = context.keys.digest("letter", f"{one.id} {one.kind} {one.about}")
    message_id = f"<letter.{token}@{sender.address.domain}>"
    message = write.seal(made, sender=sender, to=to, message_id=message_id, date=now)
    envelope = Envelope(sender=sender.address.wire, recipient=to.wire)
    return Posted(envelope=envelope, message=context.signed(message, now))


def _about(context: Context, one: letters.DueLetter) -> Newsletter:
    """The newsletter whose sender writes: the one that the letter is about, else the first."""
    known = context.newsletters.get(one.about.partition("/")[0]) or next(iter(context.newsletters.values()), None)
    if known is None:
        raise Refused("there is no newsletter, so nobody to write as: schedules/ is empty")
    return known


def _sent(context: Context, one: letters.DueLetter) -> None:
    with context.store.transaction() as connection:
        letters.sent(connection, one.id, context.clock.now())
    maillog.letter(one.kind, "is sent")


def _failed(context: Context, one: letters.DueLetter, why: str) -> None:
    next_try_at = context.clock.now() + doubled(FIRST_PAUSE, times=one.tries, longest=LONGEST_PAUSE)
    with context.store.transaction() as connection:
        letters.failed(connection, one.id, why, next_try_at)
    maillog.letter(
        one.kind,
        f"did not leave and is tried again at {next_try_at:%Y-%m-%d %H:%M} UTC",
        Action.CHECK_INSTALLATION.of(),
    )


def _put_off(context: Context, why: str) -> None:
    with context.store.transaction() as connection:
        letters.put_off(connection, why)
