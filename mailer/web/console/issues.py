"""The issues at a glance: how each stands and what comes next, and the folders that wait in the sources."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from mailer.app.installation import editable_source, source
from mailer.domain.access import Right
from mailer.domain.errors import MailerError, Refused
from mailer.domain.newsletter import Newsletter
from mailer.domain.next_step import NextStep
from mailer.domain.remedy import Action
from mailer.domain.shelf import Finding, WaitingFolder
from mailer.pipeline.issues.pull import pull
from mailer.pipeline.issues.source_look import SourceWatch
from mailer.pipeline.mailings.standings import issue_standings
from mailer.texts import N_
from mailer.views.issues import pulled_lines
from mailer.web.answers import Answer, go, show
from mailer.web.console.mailing_pages import STANDSTILLS, standing_still
from mailer.web.console.reviews import reviewed
from mailer.web.remedies import links_of
from mailer.web.routes import AnyRoute, Deed, Page
from mailer.web.visit import Visit

# So many issues stand on a page.
PAGE = 50
NEXT: Mapping[NextStep, str] = {
    NextStep.STAND_STILL: N_("It stands still. {why}"),
    NextStep.PLAN: N_("The service plans it by itself, or press Plan."),
    NextStep.PLAN_AGAIN: N_("It was edited since it was planned: plan it again."),
    NextStep.APPROVE: N_("Waits for approval. Approved now, it leaves {at}."),
    NextStep.LEAVE: N_("Leaves by itself {at}."),
    NextStep.DECIDE: N_("It missed its time: the secretary decides whether it still goes."),
    NextStep.SEND: N_("Its countdown was stopped: it leaves when the secretary sends it."),
    NextStep.BEGIN: N_("The first copy leaves {at}; until then it can be stopped."),
    NextStep.GO_ON: N_("Copies are leaving now."),
    NextStep.RESUME: N_("It stands still until the secretary resumes it."),
    NextStep.NOTHING: N_("Nothing more: it ended {at}."),
}
FINDINGS: Mapping[Finding, tuple[str, str]] = {
    Finding.DRAFT: (N_("draft"), "busy"),
    Finding.REFUSED: (N_("not taken"), "bad"),
    Finding.STORED: (N_("finished, not pulled yet"), "good"),
}


@lru_cache(maxsize=8)
def _watch(folder: Path) -> SourceWatch:
    """What is known of the sources of the installation in this folder."""
    del folder
    return SourceWatch()


def issues_page(visit: Visit) -> Answer:
    """Show every issue, and every folder that waits."""
    before = visit.query["before"]
    standings = issue_standings(visit.context)
    first = next((place for place, each in enumerate(standings, 1) if each.revision.name == before), 0)
    shown = standings[first : first + PAGE]
    waiting, notes = waiting_folders(visit)
    more = len(standings) > first + PAGE
    return show(
        "issues/list.html",
        standings=shown,
        next_steps=NEXT,
        standstills=STANDSTILLS,
        refusal=pull_refusal(visit),
        waiting=[
            (folder, reviewed(visit.texts, folder.problems), reviewed(visit.texts, folder.notes)) for folder in waiting
        ],
        findings=FINDINGS,
        links=[links_of(folder.remedies) for folder in waiting],
        notes=notes,
        older=f"/issues?before={shown[-1].revision.name}" if more else "",
        newest="/issues" if first else "",
    )


def pull_refusal(visit: Visit) -> str:
    """Why the user cannot pull now; empty when they can."""
    if not visit.may(Right.UPLOAD):
        return visit.text(N_("Editors and secretaries can do this."))
    return standing_still(visit, Action.PULL)


def waiting_folders(visit: Visit) -> tuple[list[WaitingFolder], list[str]]:
    """The folders of all sources that are not stored, and a line for each source that cannot be looked at from here."""
    watch = _watch(visit.app.config.folder)
    waiting, notes = list[WaitingFolder](), list[str]()
    for newsletter in visit.context.newsletters.values():
        try:
            waiting += watch.look(visit.context, newsletter, editable_source(visit.app, newsletter))
        except Refused:
            notes.append(
                visit.text(
                    "{newsletter}: its folders lie on another machine; Pull says what is wrong with them.",
                    newsletter=newsletter.name,
                )
            )
        except MailerError as error:
            notes.append(f"{newsletter.name}: {visit.sentence(error)}")
    return waiting, notes


def pull_now(visit: Visit) -> Answer:
    """Pull every newsletter's finished issues, and say what became of each folder that is new or was refused."""
    lines = [line for newsletter in visit.context.newsletters.values() for line in _pulled(visit, newsletter)]
    return go("/issues", "\n".join(lines) or visit.text("Nothing new: every finished issue is stored already."))


def _pulled(visit: Visit, newsletter: Newsletter) -> list[str]:
    try:
        folders = pull(visit.context, newsletter, source(visit.app, newsletter))
    except MailerError as error:
        return [f"{newsletter.name}: {visit.sentence(error)}"]
    lines = []
    for folder in folders:
        if folder.finding is Finding.STORED:
            lines.append(visit.text("{folder} is stored as {issue}.", folder=folder.folder, issue=folder.issue))
        elif folder.finding is Finding.REFUSED:
            why = visit.texts.sentence(pulled_lines(folder)[0])
            lines.append(visit.text("{folder} was not taken: {why}", folder=folder.folder, why=why))
    return lines


ROUTES: tuple[AnyRoute, ...] = (
    Page("/issues", issues_page, Right.SEE_ISSUES),
    Deed("/issues/pull", pull_now, Right.UPLOAD),
)
