"""Plans a mailing: freezes who receives an issue and who does not, and writes every delivery before anything leaves."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.domain.circulation import Copy, Judged, copies_for, count_reasons
from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState, seal
from mailer.formats.message import message_id
from mailer.pipeline.compiling import Letterhead, compile_editions, editions_hash, inputs_hash, load_issue, stored
from mailer.pipeline.judging import Judgement, find_revision, judge_everybody, judged_by
from mailer.pipeline.press import IssueName, Press
from mailer.store import Connection, deliveries, history, mailings
from mailer.store.mailings import StoredEdition
from mailer.store.members import register_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was frozen. `gained` and `lost` are people, against the previous issue's mailing."""

    issue: str
    people: tuple[Judged, ...]
    copies: int
    excluded: Mapping[str, int]
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def recipients(self) -> int:
        """How many people receive it."""
        return sum(one.entitlement.receives for one in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan before it is written: judged and compiled outside of any writing transaction."""

    judgement: Judgement
    copies: tuple[Copy, ...]
    editions: Sequence[StoredEdition]
    letterhead: Letterhead
    inputs_hash: str


def plan(press: Press, name: IssueName) -> Plan:
    """Freeze the circulation of an issue's first mailing, in one transaction; a plan of which nothing left is replaced.

    Afterwards every person is a recipient or an exclusion, and every copy is a `pending` delivery. An approval is void.
    Raises Refused when the mailing is under way or done, or when the fee schedule lacks the season.
    """
    while True:
        draft = draw_up(press, name)
        with press.store.transaction() as connection:
            if is_stale(connection, name, draft):
                continue  # the register or the issue changed while the editions were compiled
            return write(connection, press, name, draft)


def plan_arrived(press: Press, name: IssueName) -> Plan | None:
    """Plan an issue that has no plan, or one of an older revision that nobody has approved; None when it has one by now.

    What a person planned meanwhile is never replaced.
    """
    draft = draw_up(press, name)
    with press.store.transaction() as connection:
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
        if is_stale(connection, name, draft) or not wants_plan(found, draft.judgement.revision.content_hash):
            return None
        return write(connection, press, name, draft)


def wants_plan(found: Sequence[Mailing], content_hash: str) -> bool:
    """Whether an issue with these mailings and this newest content is to be planned without a person's asking."""
    if not found:
        return True
    return found[0].state is MailingState.PLANNED and found[0].content_hash != content_hash


def is_planned(press: Press, name: IssueName) -> bool:
    """Whether the issue has a plan that was not cancelled before anything left."""
    with press.store.reading() as connection:
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
    return any(one.state is not MailingState.CANCELLED or one.first_handover_at is not None for one in found)


def draw_up(press: Press, name: IssueName) -> Draft:
    """Judge everybody and compile what they will get; nothing is written."""
    with press.store.reading() as connection:
        refuse_if_begun(mailings.mailings_of(connection, name.newsletter, name.serial))
        revision = find_revision(connection, name)
        judgement = judge_everybody(connection, press, revision)
        issue = load_issue(connection, revision)
    newsletter = press.newsletter(name.newsletter)
    refuse_without_season(press, name, revision.date.year)
    letterhead = Letterhead.of(newsletter)
    copies = copies_for(judgement.people.values(), day=revision.date, renewal=letterhead.renewal, first_number=1)
    return Draft(
        judgement=judgement,
        copies=tuple(copies),
        editions=stored(compile_editions(press, issue)),
        letterhead=letterhead,
        inputs_hash=inputs_hash(press, newsletter),
    )


def is_stale(connection: Connection, name: IssueName, draft: Draft) -> bool:
    """Whether the register or the issue is no longer the one the draft was made from."""
    newest = find_revision(connection, name).content_hash
    return (
        register_version(connection) != draft.judgement.register.version
        or newest != draft.judgement.revision.content_hash
    )


def write(connection: Connection, press: Press, name: IssueName, draft: Draft) -> Plan:
    """Freeze a draft as the issue's first mailing, in the transaction given."""
    mailings.lock(connection, name.newsletter, name.serial)
    before = mailings.mailings_of(connection, name.newsletter, name.serial)
    refuse_if_begun(before)
    voided = tuple(
        f"the approval of {name} by {old.approved_by} is void"
        for old in before
        if old.approved_hash and old.state is not MailingState.CANCELLED
    )
    for old in before:
        # A sender that still holds a copy of the old plan must not find the new one's in its place.
        if deliveries.in_hand(connection, old.id, press.clock.now()):
            raise Refused(f"a copy of {name} is in a sender's hands at this moment; try again in a few minutes")
        mailings.forget_plan(connection, old.id)
    people = tuple(draft.judgement.people.values())
    freeze(connection, press, name, draft, people, supplement=0)
    earlier = mailings.previous_mailing(connection, name.newsletter, name.serial)
    had = _recipients(connection, earlier)
    has = {one.person for one in people if one.entitlement.receives}
    made = Plan(
        issue=str(name),
        people=people,
        copies=len(draft.copies),
        excluded=count_reasons(one.entitlement.reason for one in people if not one.entitlement.receives),
        gained=tuple(sorted(has - had)) if earlier is not None else (),
        lost=tuple(sorted(had - has)) if earlier is not None else (),
        warnings=(*voided, *_warnings(draft.copies, people)),
    )
    detail = f"{made.copies} copies, {made.recipients} of {len(people)} people"
    history.record(connection, at=press.clock.now(), who=press.who, verb="plan", subject=str(name), detail=detail)
    return made


def freeze(
    connection: Connection, press: Press, name: IssueName, draft: Draft, people: Sequence[Judged], *, supplement: int
) -> int:
    """Write a mailing with its circulation, editions and deliveries; returns its id. Nothing of it has left."""
    revision = draft.judgement.revision
    compiled_hash = editions_hash(draft.editions, draft.letterhead)
    frozen_hash = circulation_hash(people, draft.copies)
    identity = mailings.add_mailing(
        connection,
        {
            "newsletter": name.newsletter,
            "serial": name.serial,
            "supplement": supplement,
            "state": MailingState.PLANNED,
            "content_hash": revision.content_hash,
            "circulation_hash": frozen_hash,
            "editions_hash": compiled_hash,
            "seal": seal(revision.content_hash, frozen_hash, compiled_hash),
            "inputs_hash": draft.inputs_hash,
            "letterhead": draft.letterhead.dump(),
            "approval_required": press.newsletter(name.newsletter).approval_required,
            "planned_at": press.clock.now(),
        },
    )
    mailings.freeze(connection, identity, people)
    mailings.add_editions(connection, identity, draft.editions)
    ids = deliveries.add_copies(
        connection,
        identity,
        name.newsletter,
        name.serial,
        draft.copies,
        judged_by=judged_by(connection, press, revision),
    )
    domain = draft.letterhead.sender.address.domain
    deliveries.name_messages(connection, ((one, message_id(one, press.key, domain)) for one in ids))
    return identity


def circulation_hash(people: Iterable[Judged], copies: Iterable[Copy]) -> str:
    """One hash over everybody's decision and every copy's number, language, variant, address and words."""
    lines = [f"{one.person} {one.entitlement.reason} {one.entitlement.rule}" for one in people]
    lines += [repr(copy) for copy in copies]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def refuse_if_begun(found: Sequence[Mailing]) -> None:
    """Refused when a message of the issue may have left, or is leaving now. Until then a plan may be replaced."""
    for one in found:
        if one.supplement or one.first_handover_at is not None:
            raise Refused(
                f"{one.issue} is already {one.state}; who is still owed a copy is listed by `mailer unsent {one.issue}`"
            )


def refuse_without_season(press: Press, name: IssueName, year: int) -> None:
    """Refused when the fee schedule has no season for the issue's year."""
    if press.fees.season(year) is None:
        known = ", ".join(str(season.year) for season in press.fees.seasons) or "none"
        raise Refused(f"{name}: fees.toml has no season {year} (it has: {known}); add the season, then plan again")


def _recipients(connection: Connection, mailing: int | None) -> set[str]:
    if mailing is None:
        return set()
    return {one.person for one in mailings.decisions(connection, [mailing]) if one.decision == "recipient"}


def _warnings(copies: Sequence[Copy], people: Sequence[Judged]) -> tuple[str, ...]:
    if not people:
        return ("the register is empty: import members and payments with `mailer register import`",)
    if not copies:
        return ("nobody receives this issue; `mailer why PERSON ISSUE` tells why not",)
    return tuple(
        f"person {copy.person} has no {word} in {copy.language}: the copy cannot be made until the register has one"
        for copy in copies
        for word, value in (("name", copy.name), ("salutation", copy.salutation))
        if not value
    )
