"""Plans a mailing: freezes who receives an issue and who does not, and writes every delivery before anything leaves."""

from collections.abc import Iterator, Sequence

from mailer.domain.circulation import Decision
from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.plan import Plan
from mailer.domain.remedy import Action, Note
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead, compile_editions, inputs_hash, load_issue, stored
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.entitle import judge_everybody
from mailer.pipeline.mailings.freeze import Draft, Frozen, freeze
from mailer.store import Connection, history, mailings
from mailer.store.columns import CHUNK
from mailer.store.copies import deliveries


def plan(context: Context, name: IssueName) -> Plan:
    """Freeze the circulation of an issue's first mailing, in one transaction; a plan of which nothing left is replaced.

    Afterwards every person is a recipient or an exclusion, and every copy is a `pending` delivery. An approval is void.
    Raises Refused when the mailing is under way or done, or when the fee schedule lacks the season.
    """
    while True:
        draft = draw_up(context, name)
        with context.store.transaction() as connection:
            if is_stale(connection, name, draft):
                continue  # the issue was edited while it was compiled
            return write(connection, context, name, draft)


def plan_arrived(context: Context, name: IssueName) -> Plan | None:
    """Plan an issue that has no plan, or one of an older revision that nobody has approved; None when it has one by now.

    What a person planned meanwhile is never replaced.
    """
    draft = draw_up(context, name)
    with context.store.transaction() as connection:
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
        if is_stale(connection, name, draft) or not wants_plan(found, draft.revision.content_hash):
            return None
        return write(connection, context, name, draft)


def wants_plan(found: Sequence[Mailing], content_hash: str) -> bool:
    """Whether an issue with these mailings and this newest content is to be planned without a person's asking."""
    if not found:
        return True
    return found[0].state is MailingState.PLANNED and found[0].content_hash != content_hash


def is_planned(context: Context, name: IssueName) -> bool:
    """Whether the issue has a plan that was not cancelled before anything left."""
    with context.store.reading() as connection:
        found = mailings.mailings_of(connection, name.newsletter, name.serial)
    return any(one.state is not MailingState.CANCELLED or one.first_handover_at is not None for one in found)


def draw_up(context: Context, name: IssueName) -> Draft:
    """Compile what people will get; nobody is judged, nothing is written."""
    with context.store.reading() as connection:
        refuse_if_begun(mailings.mailings_of(connection, name.newsletter, name.serial))
        revision = find_revision(connection, name)
        issue = load_issue(connection, revision)
    newsletter = context.newsletter(name.newsletter)
    refuse_without_season(context, name, revision.date.year)
    return Draft(
        revision=revision,
        editions=stored(compile_editions(context, issue)),
        letterhead=Letterhead.of(newsletter),
        inputs_hash=inputs_hash(context, newsletter),
    )


def foresee(context: Context, name: IssueName) -> int:
    """How many copies a plan would have now; nothing is written. Raises what planning raises."""
    draft = draw_up(context, name)
    with context.store.reading() as connection:
        everybody = judge_everybody(connection, context, draft.revision)
        return sum(len(one.entitlement.editions) for people in everybody for one in people)


def is_stale(connection: Connection, name: IssueName, draft: Draft) -> bool:
    """Whether the issue is no longer the one that was compiled. The register is read when the plan is written."""
    return find_revision(connection, name).content_hash != draft.revision.content_hash


def write(connection: Connection, context: Context, name: IssueName, draft: Draft, *, chunk: int = CHUNK) -> Plan:
    """Judge everybody and freeze that as the issue's first mailing, in the transaction given.

    The register is read and written from in this one transaction, so many people at a time, and nobody changes it
    meanwhile.
    """
    mailings.lock(connection, name.newsletter, name.serial)
    before = mailings.mailings_of(connection, name.newsletter, name.serial)
    refuse_if_begun(before)
    voided = tuple(
        Note(f"the approval of {name} by {old.approved_by} is void")
        for old in before
        if old.approved_hash and old.state is not MailingState.CANCELLED
    )
    for old in before:
        # A sender that still holds a copy of the old plan must not find the new one's in its place; and what a dead one
        # held may have left: the next sender finds out from its journal.
        if deliveries.in_hand(connection, old.id):
            raise Refused(
                f"a copy of {name} is being sent, or was when its sender ended: the next one finds out whether it left",
                Action.SEND_HERE.of(name),
            )
        mailings.forget_plan(connection, old.id)
    everybody = judge_everybody(connection, context, draft.revision, chunk=chunk)
    frozen = freeze(connection, context, name, draft, everybody)
    previous = mailings.previous_mailing(connection, name.newsletter, name.serial)
    made = Plan(
        issue=str(name),
        mailing=frozen.mailing,
        considered=frozen.considered,
        recipients=frozen.recipients,
        copies=frozen.copies,
        excluded=frozen.excluded,
        previous=previous,
        gained=mailings.count_only_in(connection, frozen.mailing, previous) if previous is not None else 0,
        lost=mailings.count_only_in(connection, previous, frozen.mailing) if previous is not None else 0,
        warnings=(*voided, *_warnings(frozen, name)),
    )
    detail = f"{made.copies} copies, {made.recipients} of {made.considered} people"
    history.record(connection, at=context.clock.now(), who=context.who, verb="plan", subject=str(name), detail=detail)
    return made


def decisions(context: Context, made: Plan) -> Iterator[Decision]:
    """Everybody's decision as it was frozen, by person, read as they are asked for; nobody once it is replaced."""
    with context.store.reading() as connection:
        yield from mailings.decided(connection, made.mailing)


def excluded(context: Context, made: Plan, limit: int) -> dict[str, list[str]]:
    """The first people excluded for each reason, so many of each at most."""
    with context.store.reading() as connection:
        return {reason: mailings.excluded(connection, made.mailing, reason, limit) for reason in made.excluded}


def gained(context: Context, made: Plan) -> Iterator[str]:
    """Who receives this issue and did not receive the one before, read as they are asked for."""
    if made.previous is not None:
        with context.store.reading() as connection:
            yield from mailings.only_in(connection, made.mailing, made.previous)


def lost(context: Context, made: Plan) -> Iterator[str]:
    """Who received the issue before and does not receive this one, read as they are asked for."""
    if made.previous is not None:
        with context.store.reading() as connection:
            yield from mailings.only_in(connection, made.previous, made.mailing)


def refuse_if_begun(found: Sequence[Mailing]) -> None:
    """Refused when a message of the issue may have left, or is leaving now. Until then a plan may be replaced."""
    for one in found:
        if one.supplement or one.first_handover_at is not None:
            raise Refused(f"{one.issue} is already {one.state}", Action.LIST_UNSENT.of(one.issue))


def refuse_without_season(context: Context, name: IssueName, year: int) -> None:
    """Refused when the fee schedule has no season for the issue's year."""
    if context.fees.season(year) is None:
        known = ", ".join(str(season.year) for season in context.fees.seasons) or "none"
        raise Refused(f"{name}: fees.toml has no season {year} (it has: {known}); add the season, then plan again")


def _warnings(frozen: Frozen, name: IssueName) -> tuple[Note, ...]:
    if not frozen.considered:
        return (Note("the register is empty", (Action.IMPORT_REGISTER.of(),)),)
    if not frozen.copies:
        return (Note("no member receives this issue", (Action.EXPLAIN.of("PERSON", name),)),)
    return tuple(map(Note, frozen.warnings))
