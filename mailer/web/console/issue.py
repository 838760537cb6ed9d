"""The page of one issue: how it stands, what the checks found, how copies look, and what an approval is bound to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from mailer.domain.access import Right
from mailer.domain.approval_standing import ApprovalStanding
from mailer.domain.errors import MailerError
from mailer.domain.line_difference import LinePair
from mailer.domain.mailing import MailingState
from mailer.domain.newsletter import Newsletter
from mailer.domain.next_step import IssueStanding
from mailer.domain.remedy import Action
from mailer.pipeline.issues.shelf import check
from mailer.pipeline.mailings.approval_standing import approval_standing
from mailer.pipeline.mailings.preview import Reader, compare_copies, refuse_reader
from mailer.pipeline.mailings.standings import issue_standing
from mailer.pipeline.mailings.test_mailing import may_get_tests
from mailer.pipeline.register.people import find_person
from mailer.pipeline.register.resolve import resolve_person
from mailer.views.circulation_change import change_sentence
from mailer.views.review_lines import ReviewLine
from mailer.web.answers import Answer, go
from mailer.web.console.issues import NEXT
from mailer.web.console.mailing_pages import ONLY_SECRETARY, STANDSTILLS, path_of, show_of, standing_still
from mailer.web.console.previews import preview_address, scheme_of
from mailer.web.console.reviews import reviewed
from mailer.web.console.variants import reader_of, variant_options
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """The previews in one language: the addresses of both parts, or the `fault` for which there are none.

    `pairs` are the lines in which the other reader's copy differs; `uncompared` says why that has none.
    """

    language: str
    html: str = ""
    text: str = ""
    fault: str = ""
    pairs: tuple[LinePair, ...] = ()
    uncompared: str = ""


def issue_page(visit: Visit) -> Answer:
    """Show one issue."""
    return page_of(visit)


def page_of(visit: Visit, fault: str = "", typed: Mapping[str, str] | None = None) -> Answer:
    """The page of the issue; with what was wrong in what was typed into its form of previews."""
    standing = issue_standing(visit.context, visit.issue)
    newsletter = visit.context.newsletters.get(visit.issue.newsletter)
    approval = approval_standing(visit.context, visit.issue)
    reader, other = reader_of(visit, visit.query), _other(visit)
    lines, refusal = _findings(visit) if newsletter else ([], "")
    return show_of(
        visit,
        "issues/issue.html",
        status=422 if fault else 200,
        standing=standing,
        newsletter=newsletter,
        next_step=NEXT[standing.step],
        standstills=STANDSTILLS,
        approval=approval,
        changed=_changed(visit, approval),
        reasons=_reasons(visit, standing, approval, newsletter),
        lines=lines,
        refusal=refusal,
        frames=[_frames(visit, each, reader, other) for each in standing.revision.languages] if newsletter else [],
        variants=variant_options(visit),
        reader=reader,
        other=other,
        labels=[_label(visit, each) for each in (reader, other)],
        scheme=scheme_of(visit),
        width="phone" if visit.query["width"] == "phone" else "desktop",
        fault=fault,
        typed={"person": "", "other": "", "test_person": "", **(typed or {})},
    )


def _changed(visit: Visit, approval: ApprovalStanding | None) -> str:
    """For whom the register says otherwise than the plan; of members only their number, where they may not be named."""
    change = approval.change if approval is not None else None
    if change is None:
        return ""
    if visit.may(Right.SEE_REGISTER):
        return visit.texts.sentence(change_sentence(change))
    return visit.plural("for {number} person", "for {number} people", len(change.people))


def _findings(visit: Visit) -> tuple[list[ReviewLine], str]:
    """What the check found, and why it could not end, if it could not."""
    try:
        return reviewed(visit.texts, check(visit.context, visit.issue)), ""
    except MailerError as error:
        return [], visit.sentence(error)


def _other(visit: Visit) -> Reader | None:
    """The reader whose copy is compared, where one is chosen."""
    chosen = visit.query["other"] or visit.query["other_variant"]
    return reader_of(visit, visit.query, "other", "other_variant") if chosen else None


def _frames(visit: Visit, language: str, reader: Reader, other: Reader | None) -> Frames:
    try:
        refuse_reader(visit.context, visit.issue, reader, language)
    except MailerError as error:
        return Frames(language=language, fault=visit.sentence(error))
    choices = {"language": language, "scheme": scheme_of(visit).value}
    html, text = (preview_address(visit, reader, **choices, part=part) for part in ("html", "text"))
    frames = Frames(language=language, html=html, text=text)
    if other is None:
        return frames
    try:
        return replace(frames, pairs=compare_copies(visit.context, visit.issue, reader, other, language))
    except MailerError as error:
        return replace(frames, uncompared=visit.sentence(error))


def _label(visit: Visit, reader: Reader | None) -> str:
    """Who a reader is, for the headings."""
    if reader is None:
        return ""
    if reader.person:
        return reader.person if reader.masked else find_person(visit.context, reader.person).label
    words = dict(variant_options(visit))
    chosen = words[reader.variant.name] if reader.variant is not None else visit.text("the usual copy")
    return visit.text("a made-up reader, {variant}", variant=chosen)


def _reasons(
    visit: Visit, standing: IssueStanding, approval: ApprovalStanding | None, newsletter: Newsletter | None
) -> dict[str, str]:
    """Why each button is grey, in words that say who can change it; empty for one that is not."""
    state = standing.mailing.state if standing.mailing else None
    begun = standing.mailing is not None and standing.mailing.has_begun
    secretary = visit.text(ONLY_SECRETARY)
    if newsletter is None:
        removed = visit.text("The newsletter is gone from the settings; the operator can put it back.")
        return dict.fromkeys(("plan", "approve", "withdraw", "send", "test", "to_me", "person"), removed)
    plan = approve = withdraw = ""
    if begun or state not in {None, MailingState.PLANNED, MailingState.APPROVED, MailingState.HELD}:
        plan = approve = withdraw = visit.text("It has gone out, or is going out; its plan stays as it is.")
    elif state is None:
        approve = withdraw = visit.text("It is not planned yet: plan it first.")
    elif approval is not None and approval.drift:
        approve = visit.text("The plan is out of date: plan it again first.")
    if not approve and state is not MailingState.PLANNED:
        approve = visit.text("It is approved already.") if state is MailingState.APPROVED else visit.text("It is held.")
    if not withdraw and (standing.mailing is None or standing.mailing.approved_hash is None):
        withdraw = visit.text("There is no approval to withdraw.")
    plan = standing_still(visit, Action.PLAN) or plan
    approve = standing_still(visit, Action.APPROVE) or approve
    editors = visit.text("The newsletter has no editors; the operator adds them to its settings.")
    others = visit.text("Editors and secretaries can do this.")
    test = standing_still(visit, Action.TEST) if visit.may(Right.TEST) else others
    return {
        "plan": plan if visit.may(Right.PLAN) else secretary,
        "approve": approve if visit.may(Right.APPROVE) else secretary,
        "send": standing_still(visit, Action.SEND),
        "withdraw": withdraw if visit.may(Right.APPROVE) else secretary,
        "test": test or ("" if newsletter.editors else editors),
        "to_me": test or _not_to_me(visit, newsletter),
        "person": test or ("" if visit.may(Right.SEE_REGISTER) else secretary),
    }


def _not_to_me(visit: Visit, newsletter: Newsletter) -> str:
    """Why no test can go to the user."""
    if not visit.user.address:
        return visit.text("Your account has no address for tests; enter one on the page Account.")
    if not may_get_tests(newsletter, visit.user.address):
        return visit.text(
            "{address} is not among the addresses for tests; the operator can add it to the newsletter’s settings.",
            address=visit.user.address,
        )
    return ""


def look(visit: Visit) -> Answer:
    """Find the people whose names or ids were typed, and show their copies at an address that names only their ids."""
    chosen: dict[str, str] = {}
    for person, variant in (("person", "variant"), ("other", "other_variant")):
        if visit.form[person] and visit.may(Right.SEE_REGISTER):
            try:
                chosen[person] = resolve_person(visit.context, visit.form[person])
            except MailerError as error:
                return page_of(visit, visit.sentence(error), {name: visit.form[name] for name in visit.form})
        elif visit.form[variant]:
            chosen[variant] = visit.form[variant]
    chosen |= {name: visit.form[name] for name in ("width", "scheme") if visit.form[name]}
    return go(f"{path_of(visit.issue)}?{urlencode(chosen)}#look")


ROUTES: tuple[AnyRoute, ...] = (
    Page("/issues/{newsletter}/{serial:int}", issue_page, Right.SEE_ISSUES),
    Deed("/issues/{newsletter}/{serial:int}/look", look, Right.SEE_ISSUES),
)
