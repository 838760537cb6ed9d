"""Addresses and domains to which nothing is sent for now: listed, set by hand, lifted, and as a telephone list."""

from datetime import UTC, datetime, time, timedelta

from mailer.domain.access import Right
from mailer.domain.errors import BadInput, MailerError
from mailer.formats.register.cells import parse_date_or_none
from mailer.pipeline.bounces import holds
from mailer.pipeline.overview.phone_list import phone_list
from mailer.pipeline.register.resolve import resolve_address
from mailer.pipeline.sending import suspend
from mailer.views import plain_words
from mailer.views.phone_list import phone_reason, phone_sentence, spoken
from mailer.web.answers import Answer, go, show
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


def list_page(visit: Visit) -> Answer:
    """List the addresses that are held; with `show=all` those that were lifted, too."""
    return _list(visit)


def _list(visit: Visit, problem: MailerError | None = None) -> Answer:
    every = visit.query["show"] == "all"
    listed = holds.listing(visit.context, lifted=every)
    rows = [
        (hold, seats, plain_words.hold(hold.reason, visit.language))
        for hold, seats in listed
        if hold.reason is not None
    ]
    return show(
        "holds/holds.html",
        status=200 if problem is None else 422,
        every=every,
        rows=rows,
        problem=visit.sentence(problem) if problem is not None else "",
        address=visit.form["address"],
        why=visit.form["why"],
    )


def set_hold(visit: Visit) -> Answer:
    """Hold an address, or that of the person typed, because the user says so."""
    typed, why = visit.form["address"], visit.form["why"]
    try:
        if not why:
            raise BadInput("write why, for those who come after you")
        address = typed if "@" in typed else resolve_address(visit.context, typed)
        holds.hold_by_hand(visit.context, address, why)
    except MailerError as problem:
        return _list(visit, problem)
    return go("/holds", visit.text("Nothing is sent to {address} until the hold is lifted.", address=address))


def hold_page(visit: Visit) -> Answer:
    """Show one hold with what led to it."""
    hold, seats = holds.find_hold(visit.context, int(visit.params["hold"]))
    language = visit.language
    return show(
        "holds/hold.html",
        hold=hold,
        seats=seats,
        reason=plain_words.hold(hold.reason, language) if hold.reason is not None else "",
        evidence=[(failure, plain_words.failure(failure.reason, language)) for failure in hold.evidence],
        owed=list(dict.fromkeys(failure.issue for failure in sorted(hold.evidence, key=lambda each: each.at))),
    )


def lift(visit: Visit) -> Answer:
    """Lift a hold, with the reason where one is typed."""
    hold, _ = holds.find_hold(visit.context, int(visit.params["hold"]))
    if hold.lifted_at is not None:
        return go(f"/holds/{hold.id}", visit.text("This hold was lifted before."))
    holds.lift(visit.context, hold.address, visit.form["why"])
    notice = visit.text(
        "The hold on {address} is lifted. Nothing is sent by that: send what is owed.", address=hold.address
    )
    return go(f"/holds/{hold.id}", notice)


def telephone_page(visit: Visit) -> Answer:
    """Show the people whose mail came back, with what to say to each."""
    rows = [
        (entry, phone_reason(entry, visit.language), phone_sentence(entry), spoken(entry))
        for entry in phone_list(visit.context)
    ]
    return show("holds/telephone.html", rows=rows)


def domains_page(visit: Visit) -> Answer:
    """List the domains that get nothing for now."""
    return _domains(visit)


def _domains(visit: Visit, problem: MailerError | None = None) -> Answer:
    return show(
        "holds/domains.html",
        status=422 if problem is not None else 200,
        throttles=suspend.listing(visit.context),
        problem=visit.sentence(problem) if problem is not None else "",
        domain=visit.form["domain"],
        until=visit.form["until"],
        reason=visit.form["reason"],
    )


def suspend_domain(visit: Visit) -> Answer:
    """Send nothing to a domain for now."""
    try:
        until = _end_of(visit.form["until"])
        throttle = suspend.suspend(visit.context, visit.form["domain"], until=until, reason=visit.form["reason"])
    except MailerError as problem:
        return _domains(visit, problem)
    return go("/holds/domains", visit.text("{domain} gets nothing for now.", domain=throttle.family))


def lift_domain(visit: Visit) -> Answer:
    """Send to a domain again."""
    family = suspend.lift(visit.context, visit.form["domain"])
    return go("/holds/domains", visit.text("{domain} gets its copies again.", domain=family))


def _end_of(day: str) -> datetime | None:
    """The end of a day that was typed; None for none. Raises BadInput."""
    last = parse_date_or_none(day)
    return datetime.combine(last + timedelta(days=1), time(), UTC) if last is not None else None


ROUTES: tuple[AnyRoute, ...] = (
    Page("/holds", list_page, Right.SEE_REGISTER),
    Deed("/holds", set_hold, Right.LIFT),
    Page("/holds/telephone", telephone_page, Right.SEE_REGISTER),
    Page("/holds/domains", domains_page, Right.SEE_REGISTER),
    Deed("/holds/domains", suspend_domain, Right.LIFT),
    Deed("/holds/domains/lift", lift_domain, Right.LIFT),
    Page("/holds/{hold:int}", hold_page, Right.SEE_REGISTER),
    Deed("/holds/{hold:int}/lift", lift, Right.LIFT),
)
