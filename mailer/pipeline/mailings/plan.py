"""Plans a mailing: freezes who receives an issue and who does not, and writes every delivery before anything leaves."""

from collections.abc import Callable, Iterator, Sequence

from mailer.domain.circulation import Decision
from mailer.domain.circulation_change import CirculationChange
from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState, Step, wants_plan
from mailer.domain.names import NamedPerson
from mailer.domain.plan import Plan
from mailer.domain.remedy import Action, Note
from mailer.formats.message.size import largest_size
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.clear_plans import clear_plans
from mailer.pipeline.issues.compile import Letterhead, compile_editions, inputs_hash, load_issue, loaded, stored
from mailer.pipeline.issues.copies import pictures_of
from mailer.pipeline.issues.notes import issue_notes
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.issues.size import size_note
from mailer.pipeline.mailings.changes import circulation_change
from mailer.pipeline.mailings.drafting import (
    Moved,
    basis_of,
    give_up,
    publish,
    refuse_if_begun,
    refuse_in_hand,
    write_draft,
)
from mailer.pipeline.mailings.entitle import judge_everybody
from mailer.pipeline.mailings.freeze import Draft, FrozenCirculation
from mailer.pipeline.mailings.rare_inserts import rare_variants
from mailer.store import Connection, circulations, mailings
from mailer.store.columns import CHUNK
from mailer.store.turns import Work, take_turns

# Whether an issue with these mailings is still to be planned, and by this draft.
Wanted = Callable[[Sequence[Mailing], Draft], bool]


def plan_mailing(context: Context, name: IssueName) -> Plan:
    """Freeze the circulation of an issue's first mailing, in place of a plan that has not begun.

    Afterwards every person is a recipient or an exclusion, every copy is a `pending` delivery, and an earlier approval
    is void; until then the plan before stands. Raises Refused when the mailing has begun, or when the fee schedule lacks
    the season.
    """
    plan = _plan(context, name, lambda _mailings, _draft: True)
    assert plan is not None, "it is wanted"
    return plan


def plan_arrived(context: Context, name: IssueName) -> Plan | None:
    """Plan an issue without a plan, or with an unapproved plan of an older revision; None when there is nothing to plan.

    A plan that a person has made meanwhile is not replaced.
    """
    return _plan(context, name, lambda every, draft: wants_plan(every, draft.revision.content_hash))


def plan_unchanged(context: Context, name: IssueName, mailing: int) -> Plan | None:
    """Plan an issue again whose plan is this unapproved mailing; None when it was changed meanwhile."""
    unchanged = [(mailing, MailingState.PLANNED)]
    return _plan(context, name, lambda every, _draft: [(each.id, each.state) for each in every] == unchanged)


def plan_again(context: Context, change: CirculationChange) -> Plan | None:
    """Plan an unapproved mailing again whose plan differs from the register; None when it was changed meanwhile."""
    return plan_unchanged(context, IssueName.parse(change.issue), change.mailing)


def _plan(context: Context, name: IssueName, wanted: Wanted) -> Plan | None:
    while True:
        draft = compile_draft(context, name)
        try:
            return write_plan(context, name, draft, wanted)
        except Moved:
            continue  # the register, the issue or its plan was changed meanwhile


def is_planned(context: Context, name: IssueName) -> bool:
    """Whether the issue has a plan, or had one that was cancelled."""
    with context.store.reading() as connection:
        return bool(mailings.mailings_of(connection, name.newsletter, name.serial))


def compile_draft(context: Context, name: IssueName) -> Draft:
    """Compile the editions of an issue's newest revision; nothing is written."""
    context.refuse_at_standstill(Action.PLAN)
    with context.store.reading() as connection:
        refuse_if_begun(mailings.mailings_of(connection, name.newsletter, name.serial))
        revision = find_revision(connection, name)
        issue = load_issue(connection, revision)
        rare = rare_variants(connection, context, revision)
    newsletter = context.newsletter(name.newsletter)
    refuse_without_season(context, name, revision.date.year)
    return Draft(
        revision=revision,
        editions=stored(compile_editions(context, issue, rare)),
        letterhead=Letterhead.of(newsletter, context.public_url),
        inputs_hash=inputs_hash(context, newsletter),
        notes=issue.notes,
    )


def count_planned_copies(context: Context, name: IssueName) -> int:
    """How many copies a plan would have now; nothing is written. Raises what planning raises."""
    draft = compile_draft(context, name)
    with context.store.reading() as connection:
        everybody = judge_everybody(connection, context, draft.revision)
        return sum(len(judged.entitlement.editions) for people in everybody for judged in people)


def write_plan(
    context: Context, name: IssueName, draft: Draft, wanted: Wanted | None = None, *, chunk: int = CHUNK
) -> Plan | None:
    """Judge everybody and freeze that as the issue's first mailing; None when it is not wanted.

    Raises Moved when what the draft is made from has changed meanwhile; then nothing has.
    """
    with context.store.reading() as connection:
        old = mailings.mailings_of(connection, name.newsletter, name.serial)
        if wanted is not None and not wanted(old, draft):
            return None
        refuse_if_begun(old)
        refuse_in_hand(connection, name, old)
        basis = basis_of(connection, context, name)
    if (basis.content_hash, basis.inputs_hash) != (draft.revision.content_hash, draft.inputs_hash):
        raise Moved
    freezing = write_draft(context, draft, basis, chunk=chunk)
    try:
        with context.store.reading() as connection:
            plan = _describe(connection, context, name, draft, freezing.frozen)
        with context.store.transaction() as connection:
            # Two first plans of one issue, each of which gives up the other, would deadlock.
            take_turns(connection, Work.PLANS)
            for mailing in publish(connection, context, name, basis, freezing):
                if mailing.approved_hash:
                    context.record(connection, Step.WITHDRAW, name, "it was planned again")
            detail = f"{plan.copies} copies, {plan.recipients} of {plan.considered} people"
            context.record(connection, "plan", name, detail)
    except BaseException:
        give_up(context, freezing.frozen.mailing)
        raise
    clear_plans(context)
    return plan


def _describe(
    connection: Connection, context: Context, name: IssueName, draft: Draft, frozen: FrozenCirculation
) -> Plan:
    """The plan in numbers, beside the one that it replaces and the issue before; the draft is complete."""
    old = mailings.mailings_of(connection, name.newsletter, name.serial)
    voided = tuple(
        Note(f"the approval of {name} by {mailing.approved_by} is void") for mailing in old if mailing.approved_hash
    )
    previous = mailings.previous_mailing(connection, name.newsletter, name.serial)
    return Plan(
        issue=str(name),
        mailing=frozen.mailing,
        considered=frozen.considered,
        recipients=frozen.recipients,
        copies=frozen.copies,
        excluded=frozen.excluded,
        previous=previous,
        gained=circulations.count_only_in(connection, frozen.mailing, previous) if previous is not None else 0,
        lost=circulations.count_only_in(connection, previous, frozen.mailing) if previous is not None else 0,
        replaced=circulation_change(connection, context, old[0]) if old else None,
        warnings=(
            *voided,
            *map(Note, (*issue_notes(connection, context, draft.revision), *draft.notes)),
            *_size_notes(connection, context, draft),
            *_warnings(frozen, name),
        ),
    )


def planned_decisions(context: Context, plan: Plan) -> Iterator[Decision]:
    """Everybody's frozen decision, by person, read one by one; empty once the plan is replaced."""
    with context.store.reading() as connection:
        yield from circulations.decided(connection, plan.mailing)


def planned_exclusions(context: Context, plan: Plan, limit: int) -> dict[str, list[NamedPerson]]:
    """The first people excluded for each reason, at most `limit` of each."""
    with context.store.reading() as connection:
        return {reason: circulations.excluded(connection, plan.mailing, reason, limit) for reason in plan.excluded}


def gained_recipients(context: Context, plan: Plan) -> Iterator[NamedPerson]:
    """The recipients of this issue who did not receive the one before, read one by one."""
    if plan.previous is not None:
        with context.store.reading() as connection:
            yield from circulations.only_in(connection, plan.mailing, plan.previous)


def lost_recipients(context: Context, plan: Plan) -> Iterator[NamedPerson]:
    """The recipients of the issue before who do not receive this one, read one by one."""
    if plan.previous is not None:
        with context.store.reading() as connection:
            yield from circulations.only_in(connection, plan.previous, plan.mailing)


def refuse_without_season(context: Context, name: IssueName, year: int) -> None:
    """Refused when the fee schedule has no season for the issue's year."""
    if context.fees.season(year) is None:
        seasons = ", ".join(str(season.year) for season in context.fees.seasons) or "none"
        raise Refused(f"{name}: fees.toml has no season {year} (it has: {seasons}); add the season, then plan again")


def _size_notes(connection: Connection, context: Context, draft: Draft) -> tuple[Note, ...]:
    editions = loaded(draft.editions).values()
    pictures = pictures_of(connection, draft.revision.content_hash, editions)
    note = size_note(connection, context, largest_size(editions, pictures))
    return (Note(note),) if note else ()


def _warnings(frozen: FrozenCirculation, name: IssueName) -> tuple[Note, ...]:
    if not frozen.considered:
        return (Note("the register is empty", (Action.IMPORT_REGISTER.of(),)),)
    if not frozen.copies:
        return (Note("no member receives this issue", (Action.EXPLAIN.of("PERSON", name),)),)
    return tuple(map(Note, frozen.warnings))
