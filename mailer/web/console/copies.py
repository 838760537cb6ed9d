"""Every copy of an issue, and one copy with all that happened to it: shown, settled, released, and explained to its reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.app.relay_log import read_uploaded_logs
from mailer.domain.access import Right
from mailer.domain.delivery import Delivery, State
from mailer.domain.errors import MailerError, NotFound
from mailer.domain.history import DeliveryHistory, HistoryEntry
from mailer.domain.remedy import Action
from mailer.domain.search import CopySearch
from mailer.domain.settlement import SettleAs, Settlement
from mailer.pipeline.bounces import holds
from mailer.pipeline.mailings.deliveries import (
    copies_page,
    corrections_of_issue,
    count_states,
    delivery_history,
    issue_of_copy,
    list_deliveries,
)
from mailer.pipeline.mailings.preview import Reader, preview_copy
from mailer.pipeline.mailings.settle import release_delivery, settle_delivery, settle_together
from mailer.texts import N_
from mailer.views.copies import last_reply
from mailer.views.not_received import LANGUAGES, CopyFacts, not_received_answer
from mailer.web import dates
from mailer.web.answers import Answer, go
from mailer.web.console.mailing_pages import ISSUE, path_of, same_with, show_of, why_not
from mailer.web.numbers import whole_number
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit
from mailer.web.words import detail_words, doer_name, done_word


def copies(visit: Visit) -> Answer:
    """Show a page of the copies, by number."""
    search = _search(visit)
    after = visit.query["after"]
    part = copies_page(visit.context, visit.issue, search, after=whole_number(after) or 0)
    corrections = corrections_of_issue(visit.context, visit.issue)
    newsletter = visit.context.newsletters.get(visit.issue.newsletter)
    return show_of(
        visit,
        "copies/copies.html",
        here="copies",
        search=search,
        counts={State(state): number for state, number in count_states(visit.context, visit.issue).items()},
        rows=[(copy, corrections.failures.get(copy.id), last_reply(copy)) for copy in part.rows],
        states=tuple(State),
        languages=newsletter.languages if newsletter is not None else (),
        first=f"?{same_with(visit, after='')}" if after else "",
        next=f"?{same_with(visit, after=part.rows[-1].copy_number)}" if part.is_more else "",
    )


def _search(visit: Visit) -> CopySearch:
    state = visit.query["state"]
    return CopySearch(
        state=State(state) if state in set(State) else None,
        language=visit.query["language"],
        words=visit.query["words"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A line of a copy's timeline."""

    at: datetime
    what: str
    words: str


def copy_page(visit: Visit) -> Answer:
    """Show one copy."""
    return _copy_page(visit, _history(visit))


def _history(visit: Visit) -> DeliveryHistory:
    """The copy that the address names. NotFound when it is one of another issue."""
    identity = int(visit.params["id"])
    if issue_of_copy(visit.context, identity) != visit.issue:
        raise NotFound(f"there is no delivery {identity}", Action.LIST_COPIES.of(visit.issue))
    return delivery_history(visit.context, identity)


def _copy_page(visit: Visit, history: DeliveryHistory, error: str = "", status: int = 200) -> Answer:
    copy = history.delivery
    text, subject, unseen = _again(visit, copy)
    uncertain, held = copy.state is State.UNCERTAIN, copy.state is State.HELD
    return show_of(
        visit,
        "copies/copy.html",
        here="copies",
        status=status,
        copy=copy,
        moments=_moments(visit, history),
        text=text,
        unseen=unseen,
        answers=_answers(visit, history, subject) if subject else (),
        settle_grey=why_not(visit, Right.SETTLE, "" if uncertain else N_("It is not uncertain.")),
        has_failed=copy.state.failed and not any(entry.verb == "lift" for entry in history.decisions),
        right_grey=why_not(visit, Right.LIFT, ""),
        release_grey=why_not(visit, Right.SETTLE, "" if held else N_("It is not held.")),
        error=error,
    )


def _again(visit: Visit, copy: Delivery) -> tuple[str, str, str]:
    """The text and the subject of the copy made again, or why that cannot be done."""
    reader = Reader(person=copy.person)
    try:
        preview = preview_copy(visit.context, visit.issue, reader, copy.language)
    except MailerError as error:
        return "", "", visit.sentence(error)
    return preview.text, preview.subject, ""


def _moments(visit: Visit, history: DeliveryHistory) -> list[Moment]:
    attempts = [
        Moment(
            at=attempt.finished_at,
            what=visit.text(_OUTCOMES.get(attempt.outcome, attempt.outcome)),
            words=" ".join(
                str(word) for word in (attempt.code, attempt.status, attempt.text, attempt.queue_id) if word
            ),
        )
        for attempt in history.attempts
    ]
    reports = [
        Moment(at=report.arrived_at, what=visit.text(N_("A mail came back")), words=report.diagnostic)
        for report in history.reports
    ]
    decisions = [
        Moment(at=entry.at, what=_deed(visit, entry), words=detail_words(entry.detail, visit.texts))
        for entry in history.decisions
    ]
    return sorted([*attempts, *reports, *decisions], key=lambda moment: moment.at)


def _deed(visit: Visit, entry: HistoryEntry) -> str:
    """Who did what to the copy."""
    deed = visit.text(_DEEDS[entry.verb]) if entry.verb in _DEEDS else done_word(entry.verb, visit.texts)
    return f"{doer_name(entry.who, visit.texts)}: {deed}"


_OUTCOMES = {
    "accepted": N_("Our mail server accepted it"),
    "deferred": N_("Our mail server asked to try again later"),
    "throttled": N_("Our mail server asked to slow down"),
    "rejected": N_("It was refused"),
    "unknown": N_("The reply was lost"),
}
_DEEDS = {
    "settle": N_("settled it"),
    "release": N_("released it"),
    "hold": N_("held it"),
    "lift": N_("lifted the hold of its address"),
    "pause": N_("paused the copies"),
}


def _answers(visit: Visit, history: DeliveryHistory, subject: str) -> list[tuple[str, str]]:
    """An answer to "I did not receive it" in each language."""
    copy, newsletter = history.delivery, visit.context.newsletter(visit.issue.newsletter)
    accepted = [attempt.finished_at for attempt in history.attempts if attempt.outcome == "accepted"]
    answers = []
    for language in LANGUAGES:
        facts = CopyFacts(
            salutation=copy.copy.salutation if language == copy.language else "",
            newsletter=newsletter.in_language(language).name,
            subject=subject,
            sender=newsletter.sender.address.wire,
            address=copy.address,
            copy_number=copy.copy_number,
            state=copy.state,
            accepted_at=dates.stamp(accepted[-1] if accepted else None, language, newsletter.schedule.timezone),
        )
        answers.append((language, not_received_answer(facts, language)))
    return sorted(answers, key=lambda answer: answer[0] != copy.language)


def settle(visit: Visit) -> Answer:
    """Count an uncertain copy as accepted, or send it once more."""
    history, decision = _history(visit), visit.form["as"]
    if decision not in set(SettleAs):
        return _copy_page(visit, history, visit.text(N_("Choose what became of it.")), status=422)
    settle_delivery(visit.context, history.delivery.id, accepted=decision == SettleAs.ACCEPTED)
    notice = N_("It counts as accepted.") if decision == SettleAs.ACCEPTED else N_("It is sent once more.")
    return go(path_of(visit.issue, "copies", history.delivery.id), visit.text(notice))


def release(visit: Visit) -> Answer:
    """Send a held copy after all."""
    history = _history(visit)
    address = release_delivery(visit.context, history.delivery.id)
    notice = visit.text(N_("It goes to {address}."), address=address)
    return go(path_of(visit.issue, "copies", history.delivery.id), notice)


def address_is_right(visit: Visit) -> Answer:
    """Call the address of a copy that failed right: what failed there counts no more, and its copies are owed."""
    copy = _history(visit).delivery
    holds.lift(visit.context, copy.address)
    notice = visit.text("{address} counts as right. Nothing is sent by that: send what is owed.", address=copy.address)
    return go(path_of(visit.issue, "copies", copy.id), notice)


def settle_page(visit: Visit) -> Answer:
    """Show the uncertain copies, to settle them together."""
    return _settle_form(visit)


def settle_all(visit: Visit) -> Answer:
    """Settle the copies that were shown: by the relay's log, and the others as was chosen."""
    chosen = [number for word in visit.form.all("copy") if (number := whole_number(word)) is not None]
    decision = visit.form["as"]
    uploads = [(upload.name, upload.content) for upload in visit.form.files("log")]
    if not chosen:
        return _settle_form(visit, visit.text(N_("No copy is uncertain any more.")), status=409)
    if decision not in {*SettleAs, ""} or not (decision or uploads):
        return _settle_form(visit, visit.text(N_("Choose what became of them, or give the relay’s log.")), status=422)
    try:
        logs = read_uploaded_logs(uploads, visit.context.clock.now()) if uploads else None
        settled = settle_together(visit.context, chosen, SettleAs(decision) if decision else None, logs)
    except MailerError as error:
        return _settle_form(visit, visit.sentence(error), status=409)
    return go(path_of(visit.issue, "copies"), _settled(visit, settled))


def _settled(visit: Visit, settled: Settlement) -> str:
    return visit.text(
        N_("Settled: {accepted} as accepted, {resend} are sent once more, {left} stay uncertain."),
        accepted=len(settled.accepted),
        resend=len(settled.resend),
        left=len(settled.left),
    )


def _settle_form(visit: Visit, error: str = "", status: int = 200) -> Answer:
    uncertain: Sequence[Delivery] = list_deliveries(visit.context, visit.issue, State.UNCERTAIN)
    return show_of(
        visit,
        "copies/settle.html",
        here="copies",
        status=status,
        uncertain=uncertain,
        typed=visit.form["as"],
        error=error,
    )


ROUTES: tuple[AnyRoute, ...] = (
    Page(f"{ISSUE}/copies", copies, Right.SEE_ADDRESSES),
    Page(f"{ISSUE}/copies/{{id:int}}", copy_page, Right.SEE_ADDRESSES),
    Deed(f"{ISSUE}/copies/{{id:int}}/settle", settle, Right.SETTLE),
    Deed(f"{ISSUE}/copies/{{id:int}}/release", release, Right.SETTLE),
    Deed(f"{ISSUE}/copies/{{id:int}}/right-address", address_is_right, Right.LIFT),
    Page(f"{ISSUE}/settle", settle_page, Right.SETTLE),
    Deed(f"{ISSUE}/settle", settle_all, Right.SETTLE),
)
