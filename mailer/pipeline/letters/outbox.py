"""Writes a digest after each mailing and a daily letter, and sends the letters that wait, oldest first."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from mailer.domain.circulation_change import CirculationChange
from mailer.domain.due import CLOCKS_DIFFER
from mailer.domain.errors import BadInput, MailerError, Refused, TransportDown
from mailer.domain.every import Every
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import Envelope, Transport
from mailer.domain.remedy import Action
from mailer.domain.retry import LONGEST_WAIT, doubled
from mailer.formats.address import parse
from mailer.formats.letter import write
from mailer.formats.letter.encode import encode
from mailer.formats.letter.page import write_page
from mailer.pipeline import maillog
from mailer.pipeline.bounces.alarms import ALARM
from mailer.pipeline.context import Context
from mailer.pipeline.letters import distribution
from mailer.pipeline.letters.changed_plan import change_subject, changed_plan_facts
from mailer.pipeline.letters.daily import daily_facts
from mailer.pipeline.letters.facts import Facts
from mailer.pipeline.letters.not_taken import NOT_TAKEN
from mailer.pipeline.members.letters import TO_MEMBERS
from mailer.pipeline.parcels import AddressedMessage, Handful
from mailer.store import be_brief, letters
from mailer.store.ledger import outages

# The kinds of letters, which name their folders of templates, too.
DIGEST, DAILY_LETTER, CHANGED_PLAN = "distribution-report", "daily-letter", "changed-plan"

# A mailing that ended longer ago has no digest: it ended before a secretary was named in the settings.
RECENT = timedelta(days=7)
EVERY_DAY = Every(timedelta(days=1))
# A letter that was refused is tried again after this pause, then less and less often, but for ever: its address may be
# corrected, and no alarm may be lost.
FIRST_PAUSE = timedelta(minutes=5)
# A letter that a process has claimed begins to leave so soon, or not: the process was frozen, and another one may have it.
# The claim lasts longer, by what the clocks of two machines may differ.
BEGINS_WITHIN = timedelta(minutes=5)
CLAIM_LASTS = BEGINS_WITHIN + CLOCKS_DIFFER


def write_digests(context: Context) -> int:
    """Write a digest, once, for every mailing that was closed, or cancelled after some copies had left; returns how many.

    A mailing that a returned copy opens again, and that is closed again, has no second digest.
    """
    if not context.secretary:
        return 0
    since = context.clock.now() - RECENT
    with context.store.reading() as connection:
        ended = distribution.ended_without_letter(connection, since, DIGEST)
    return sum(
        _write(context, DIGEST, distribution.subject_of(mailing), distribution.digest_facts(context, mailing))
        for mailing in ended
    )


def write_daily_letter(context: Context) -> bool:
    """Write the letter about all that is open, when the last one is a day old; False when there is none to write."""
    if not context.secretary:
        return False
    now = context.clock.now()
    with context.store.reading() as connection:
        last = letters.last_made(connection, DAILY_LETTER)
    if not EVERY_DAY.is_due(last, now):
        return False
    facts = daily_facts(context)
    return facts is not None and _write(context, DAILY_LETTER, f"{now:%Y-%m-%d}", facts)


def write_changed_plan(context: Context, change: CirculationChange) -> bool:
    """Write the letter about a mailing that goes as planned although the register differs, once for each difference.

    A difference in what a copy says alone, such as a name, has no letter.
    """
    receiving = change.receiving
    if not context.secretary or not receiving.people:
        return False
    return _write(context, CHANGED_PLAN, change_subject(receiving), changed_plan_facts(context, receiving))


def _write(context: Context, kind: str, about: str, facts: Facts) -> bool:
    with context.store.transaction() as connection:
        now = context.clock.now()
        if letters.written_about(connection, kind, [about]):
            return False
        # While no letter can leave, the letters of several days must not pile up.
        if kind == DAILY_LETTER and letters.renew(connection, kind=kind, about=about, facts=facts, now=now):
            return True
        return letters.add(connection, kind=kind, about=about, recipient=context.secretary, facts=facts, now=now)


async def _never() -> None:
    await asyncio.Event().wait()


async def send(context: Context, transports: Sequence[Transport], until: Callable[[], Awaitable[None]] = _never) -> int:
    """Send every letter that is due, one after another, until `until` returns; returns how many were accepted.

    Each is claimed before: of several processes, of which one may have slept over its list, one sends it. They go through
    the first relay that works: where one refuses our account, the alarm about it goes through the next.

    A letter that is refused, or whose fate is unknown, is tried again later: twice is better than never. Raises
    TransportDown when no relay works, which counts as no letter's failure.
    """
    accepted, working = 0, list(transports)
    stopping = asyncio.ensure_future(until())
    try:
        for letter in await asyncio.to_thread(_due, context):
            claimed_at = context.clock.elapsed()
            claimed = await asyncio.to_thread(_claim, context, letter)
            if claimed is not None:
                accepted += await _send(context, working, claimed, claimed_at, stopping)
            if stopping.done():
                break
    finally:
        stopping.cancel()
    return accepted


def _due(context: Context) -> list[letters.DueLetter]:
    with context.store.reading() as connection:
        return letters.waiting(connection, context.clock.now())


def _claim(context: Context, letter: letters.DueLetter) -> letters.DueLetter | None:
    with context.store.transaction() as connection:
        be_brief(connection)
        return letters.claim(connection, letter, context.clock.now() + CLAIM_LASTS)


async def _send(
    context: Context,
    working: list[Transport],
    letter: letters.DueLetter,
    claimed_at: float,
    stopping: asyncio.Future[None],
) -> bool:
    """Send one letter; a relay that does not work is taken from the `working` ones while there is another."""
    try:
        addressed = await asyncio.to_thread(address_letter, context, letter)
    except MailerError as error:  # its template or its address is wrong; the next letter may be right
        await asyncio.to_thread(_record_failure, context, letter, str(error))
        return False
    end = claimed_at + BEGINS_WITHIN.total_seconds()
    parcels = Handful([addressed], may_begin=lambda: context.clock.elapsed() < end)
    handover = asyncio.ensure_future(parcels.hand_over(working[0]))
    await asyncio.wait({handover, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not handover.done():
        handover.cancel()
    ended = (await asyncio.gather(handover, return_exceptions=True))[0]
    if parcels.accepted:
        await asyncio.to_thread(_record_sent, context, letter)
        return True
    if parcels.failed:
        await asyncio.to_thread(_record_failure, context, letter, parcels.failed[0][1])
        return False
    if isinstance(ended, TransportDown) and len(working) > 1:
        del working[0]
        return await _send(context, working, letter, claimed_at, stopping)
    await asyncio.to_thread(_release, context, letter, str(ended) if isinstance(ended, TransportDown) else "")
    if isinstance(ended, Exception):
        raise ended
    return False  # stopped, or frozen for long, before it was tried


def address_letter(context: Context, letter: letters.DueLetter) -> AddressedMessage:
    """The letter as it goes out, with the same Message-ID at each try. Raises MailerError for what a person must correct."""
    newsletter, now = _newsletter(context, letter), context.clock.now().replace(microsecond=0)
    sender = newsletter.sender
    # The address of the settings, which may have been corrected since the letter was written.
    others = {ALARM: context.operator, NOT_TAKEN: "", **dict.fromkeys(TO_MEMBERS, "")}
    present = others.get(letter.kind, context.secretary)
    to = parse(present or letter.recipient)
    text = _text(context, letter)
    page = _page(context, newsletter, text)
    token = context.keys.digest("letter", f"{letter.id} {letter.kind} {letter.about}")
    message_id = f"<letter.{token}@{sender.address.domain}>"
    message = encode(text, page, sender=sender, to=to, message_id=message_id, date=now)
    envelope = Envelope(sender=sender.address.wire, recipient=to.wire)
    return AddressedMessage(envelope=envelope, message=context.signed(message, now))


def _text(context: Context, letter: letters.DueLetter) -> write.Letter:
    """What the letter says: to editors in the languages of their newsletter, to members in that of their copy.

    To others it is that of the installation, which stands in for a language without templates.
    """
    templates, facts, languages = context.letter_templates, _facts(context, letter), [context.language]
    if letter.kind in TO_MEMBERS and write.has_template(letter.kind, str(facts["language"]), templates):
        languages = [str(facts["language"])]
    if letter.kind == NOT_TAKEN:
        spoken = [
            language
            for language in _newsletter(context, letter).languages
            if write.has_template(letter.kind, language, templates)
        ]
        languages = spoken or languages
    return write.join(
        [_written(context, letter.kind, language, _named(context, letter, facts, language)) for language in languages]
    )


def _named(
    context: Context, letter: letters.DueLetter, facts: Mapping[str, object], language: str
) -> Mapping[str, object]:
    """The facts with the name that the newsletter has in the letter's language."""
    newsletter = context.newsletters.get(letter.about.partition("/")[0])
    if newsletter is None or "newsletter" not in facts:
        return facts
    return {**facts, "newsletter": newsletter.in_language(language).name}


def _written(context: Context, kind: str, language: str, facts: Mapping[str, object]) -> write.Letter:
    """The letter by the club's own template, or by the shipped one where that is wrong: it may be an older version's."""
    own, *shipped = context.letter_templates
    try:
        return write.write(kind, language, facts, [own, *shipped], command=context.command, console=context.console)
    except BadInput as error:
        if not shipped:
            raise
        maillog.failed(f"your own template of the letter {kind} (the shipped one is used)", error)
        return write.write(kind, language, facts, shipped, command=context.command, console=context.console)


def _page(context: Context, newsletter: Newsletter, text: write.Letter) -> str:
    """The letter's HTML in the look of the newsletter, or in the shipped one where that is wrong or made for copies alone."""
    texts = newsletter.texts.get(text.languages[0])
    sender = (texts.name if texts is not None else "") or newsletter.sender.name
    try:
        return write_page(text, sender=sender, templates=context.templates, template=newsletter.template)
    except BadInput as error:
        if context.shipped is None:
            raise
        maillog.failed("your own look of letters (the shipped one is used)", error)
        return write_page(text, sender=sender, templates=context.shipped, template=None)


def _facts(context: Context, letter: letters.DueLetter) -> Mapping[str, object]:
    """What the letter says. A digest that an earlier version wrote down in another form is written anew."""
    if letter.kind != DIGEST or "unbalanced" in letter.facts:
        return letter.facts
    with context.store.reading() as connection:
        mailing = distribution.mailing_of(connection, letter.about)
    return distribution.digest_facts(context, mailing)


def _newsletter(context: Context, letter: letters.DueLetter) -> Newsletter:
    """The newsletter in whose name the letter is sent: the one it is about, else the first."""
    about = context.newsletters.get(letter.about.partition("/")[0])
    newsletter = about or next(iter(context.newsletters.values()), None)
    if newsletter is None:
        raise Refused("there is no newsletter in whose name the letter can be sent: schedules/ is empty")
    return newsletter


def _record_sent(context: Context, letter: letters.DueLetter) -> None:
    with context.store.transaction() as connection:
        letters.sent(connection, letter.id, context.clock.now())
        outages.end(connection, context.clock.now())  # it left through a relay
        context.record(connection, "letter", letter.about, letter.kind)
    maillog.letter(letter.kind, "is sent")


def _record_failure(context: Context, letter: letters.DueLetter, why: str) -> None:
    next_try_at = context.clock.now() + doubled(FIRST_PAUSE, times=letter.tries, longest=LONGEST_WAIT)
    with context.store.transaction() as connection:
        letters.failed(connection, letter, why, next_try_at)
    maillog.letter(
        letter.kind,
        f"did not leave and is tried again at {next_try_at:%Y-%m-%d %H:%M} UTC",
        Action.CHECK_INSTALLATION.of(),
    )


def _release(context: Context, letter: letters.DueLetter, down: str) -> None:
    """Let a letter wait that was not tried; `down`: why no relay works."""
    with context.store.transaction() as connection:
        letters.release(connection, letter)
        if down:
            letters.put_off(connection, down)
