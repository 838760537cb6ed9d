"""Sends a test mailing: an edition as it would go out, marked as a test, to editors only, outside the ledger."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mailer.domain.address import Address
from mailer.domain.circulation import Copy, Judged, copies_for
from mailer.domain.edition import ALL_VARIANTS, NO_INSERT
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.insert import Inserts
from mailer.domain.newsletter import InsertShow, Newsletter
from mailer.domain.ports import Envelope, Transport
from mailer.domain.remedy import Action
from mailer.domain.shelf import Revision
from mailer.formats.address import parse
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import (
    Letterhead,
    compile_editions,
    editions_hash,
    load_issue,
    loaded,
    stored,
)
from mailer.pipeline.issues.copies import Workbench, pictures_of
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.issues.specimen import made_up_copies, plausible_end, usual_offer
from mailer.pipeline.mailings.drift import drift_of
from mailer.pipeline.mailings.entitle import judge_people
from mailer.pipeline.parcels import AddressedMessage, Handful
from mailer.store import Connection, mailings, tests_sent
from mailer.store.mailings import StoredEdition


@dataclass(frozen=True, slots=True, kw_only=True)
class TestMailing:
    """A test mailing that is ready to be sent: its messages in order."""

    issue: IssueName
    content_hash: str
    editions_hash: str
    messages: tuple[AddressedMessage, ...]


def prepare_test_mailing(
    context: Context,
    name: IssueName,
    *,
    to: Sequence[Address] = (),
    person: str | None = None,
    all_variants: bool = False,
) -> TestMailing:
    """Make the messages of a test mailing: each language, in the commonest variant or in all, to each address.

    Without addresses it goes to the newsletter's editors. Refused for an address that is neither an editor's nor one
    of `test_to`, and for a person who is not entitled to the issue.
    """
    context.refuse_at_standstill(Action.TEST)
    newsletter = context.newsletter(name.newsletter)
    addresses = _allowed_addresses(newsletter, to)
    judged = require_entitled(context, name, person) if person else None
    with context.store.reading() as connection:
        revision = find_revision(connection, name)
        editions = _planned_editions(connection, context, name)
        issue = None if editions else load_issue(connection, revision)
    if issue is not None:
        editions = stored(compile_editions(context, issue))
    letterhead, by_variant = Letterhead.of(newsletter, context.public_url), loaded(editions)
    with context.store.reading() as connection:
        pictures = pictures_of(connection, revision.content_hash, by_variant.values())
    bench = Workbench(
        issue=name,
        letterhead=letterhead,
        editions=by_variant,
        pictures=pictures,
        date=context.clock.now().replace(microsecond=0),
        links=context.copy_links,
        sign=context.signed,
    )
    inserts = Inserts(
        day=revision.date,
        renewal=letterhead.renewal,
        fees=context.fees,
        compiled={variant for _, variant in by_variant},
    )
    copies = list(_test_copies(newsletter, revision, judged, inserts, all_variants=all_variants))
    messages = []
    for address in addresses:
        for template in copies:
            copy = template._replace(address=address)
            message = bench.make(copy, _message_id(context, name, copy), test=True)
            envelope = Envelope(sender=newsletter.sender.address.wire, recipient=address.wire)
            messages.append(AddressedMessage(envelope=envelope, message=message))
    return TestMailing(
        issue=name,
        content_hash=revision.content_hash,
        editions_hash=editions_hash(editions, letterhead),
        messages=tuple(messages),
    )


def _always() -> bool:
    return True


async def send_test_mailing(
    context: Context,
    transport: Transport,
    test: TestMailing,
    *,
    take_lead: Callable[[], bool] = _always,
    surely_leads: Callable[[], bool] = _always,
) -> list[str]:
    """Hand every message of a test mailing to the relay; returns a line for each that was not accepted.

    Nothing enters the ledger. When any message was accepted, the hashes are kept as tested. Raises TransportDown.

    Of several processes the one that leads tests. `take_lead` asks the ledger whether this one does; `surely_leads`
    asks nobody, so that one that was frozen begins no message before it has asked. Refused once another one leads.
    """
    tray, leads = Handful(test.messages, may_begin=surely_leads), True
    try:
        while tray.left and (leads := await asyncio.to_thread(take_lead)):
            await tray.hand_over(transport)
    finally:
        await asyncio.to_thread(_record_test, context, test, tray.accepted, counts=leads)
    if not leads:
        raise Refused("another process leads by now, and sends the whole test mailing")
    return [f"the test to {message.envelope.recipient} was not accepted: {reply}" for message, reply in tray.failed]


def require_entitled(context: Context, name: IssueName, person: str) -> Judged:
    """The person's decision; Refused when it is an exclusion: no byte of the issue is made for them."""
    with context.store.reading() as connection:
        people = judge_people(connection, context, find_revision(connection, name), {person})
    if person not in people:
        raise NotFound(f"there is no person {person!r} in the register", Action.LIST_PEOPLE.of())
    if not people[person].entitlement.receives:
        reason = people[person].entitlement.reason
        raise Refused(f"{people[person].label} is not entitled to {name} ({reason})", Action.EXPLAIN.of(person, name))
    return people[person]


def _planned_editions(connection: Connection, context: Context, name: IssueName) -> list[StoredEdition]:
    """The editions of the issue's plan, so that these very bytes are tested; none while the plan is out of date."""
    every = mailings.mailings_of(connection, name.newsletter, name.serial)
    if not every or drift_of(connection, context, every[0]):
        return []
    return mailings.editions_of(connection, every[0].id)


def _record_test(context: Context, test: TestMailing, accepted: int, *, counts: bool) -> None:
    with context.store.transaction() as connection:
        # One editor is enough: a refused address is reported, and must not bring the others the test again.
        if accepted and counts:
            tests_sent.record_test(
                connection,
                newsletter=test.issue.newsletter,
                serial=test.issue.serial,
                content_hash=test.content_hash,
                editions_hash=test.editions_hash,
                now=context.clock.now(),
                messages=accepted,
            )
        detail = f"{accepted} of {len(test.messages)} messages accepted"
        context.record(connection, "test", test.issue, detail)


def may_get_tests(newsletter: Newsletter, address: str) -> bool:
    """Whether test mailings may go to this address, which is one of the editors' or of `test_to`."""
    try:
        return parse(address).normal in {each.normal for each in (*newsletter.editors, *newsletter.test_to)}
    except BadInput:
        return False


def _allowed_addresses(newsletter: Newsletter, to: Sequence[Address]) -> list[Address]:
    allowed = {address.normal for address in (*newsletter.editors, *newsletter.test_to)}
    for address in to:
        if address.normal not in allowed:
            raise Refused(
                f"{address} may not get test mailings of {newsletter.id}: "
                "add it to [approval] test_to of the newsletter's schedule"
            )
    chosen = list(to) or list(newsletter.editors)
    if not chosen:
        raise Refused(f"{newsletter.id} has no editors: add one to [approval] editors of its schedule")
    return chosen


def _test_copies(
    newsletter: Newsletter, revision: Revision, judged: Judged | None, inserts: Inserts, *, all_variants: bool
) -> Iterator[Copy]:
    every = (NO_INSERT,) if newsletter.insert_show is InsertShow.NEVER else ALL_VARIANTS
    chosen = every if all_variants else None
    if judged is not None:
        for copy in copies_for([judged], inserts=inserts, first_number=1):
            for variant in [usual_offer(each, inserts) for each in chosen or ()] or [copy.variant]:
                yield copy._replace(variant=variant, paid_until=copy.paid_until or plausible_end(variant, inserts.day))
        return
    yield from made_up_copies(newsletter, revision.languages, inserts, chosen)


def _message_id(context: Context, name: IssueName, copy: Copy) -> str:
    """Different for every test mailing, so that no mail program hides the second as a duplicate of the first."""
    instant = context.clock.now().isoformat()
    words = f"{name} {instant} {copy.address} {copy.language} {copy.variant.name}"
    return f"<test.{context.keys.digest('test', words)}@{context.newsletter(name.newsletter).sender.address.domain}>"
