"""Where in the console a remedy is carried out: the button's text and the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from mailer.domain.remedy import Action, Remedy
from mailer.texts import N_


@dataclass(frozen=True, slots=True)
class RemedyLink:
    """The text of a button, in English, and where it leads."""

    label: str
    path: str


# `{0}` and `{1}` stand for the things that the action is done to. What only the terminal can do is missing.
_PAGES: Mapping[Action, tuple[str, str]] = {
    Action.PULL: (N_("Pull"), "/issues"),
    Action.LIST_ISSUES: (N_("Issues"), "/issues"),
    Action.IMPORT_REGISTER: (N_("Import"), "/register/import"),
    Action.LIST_PEOPLE: (N_("Register"), "/register"),
    Action.SHOW_PERSON: (N_("Show the person"), "/register/people/{0}"),
    Action.RESUME_PERSON: (N_("Show the person"), "/register/people/{0}"),
    Action.PLAN: (N_("Plan"), "/issues/{0}"),
    Action.TEST: (N_("Test"), "/issues/{0}"),
    Action.APPROVE: (N_("Approve"), "/issues/{0}"),
    Action.WITHDRAW: (N_("Withdraw"), "/issues/{0}"),
    Action.SEND: (N_("Send"), "/issues/{0}/send"),
    Action.SEND_UNSENT: (N_("Send what is owed"), "/issues/{0}/unsent"),
    Action.LIST_UNSENT: (N_("Who is owed a copy"), "/issues/{0}/unsent"),
    Action.PAUSE: (N_("Pause"), "/issues/{0}/progress"),
    Action.RESUME: (N_("Resume"), "/issues/{0}/progress"),
    Action.DROP_ISSUE: (N_("Take back"), "/issues/{0}/drop"),
    Action.SHOW_STATUS: (N_("Show how it stands"), "/issues/{0}/progress"),
    Action.SETTLE_BY_LOG: (N_("Settle"), "/issues/{0}/settle"),
    Action.LIST_COPIES: (N_("Show the copies"), "/issues/{0}/copies"),
    Action.LIST_REPORTS: (N_("Returns"), "/returns"),
    Action.SHOW_REPORT: (N_("Show the mail"), "/returns/{0}"),
    Action.SETTLE_REPORT: (N_("Settle"), "/returns/{0}"),
    Action.LIST_TO_DO: (N_("To do"), "/to-do"),
    Action.LIST_SUSPENSIONS: (N_("Suspended domains"), "/holds/domains"),
    Action.LIST_HOLDS: (N_("Holds"), "/holds"),
    Action.LIST_USERS: (N_("Users"), "/users"),
}


def link_of(remedy: Remedy) -> RemedyLink | None:
    """The page where the remedy is carried out; None: only the terminal can do it."""
    if remedy.action not in _PAGES:
        return None
    label, path = _PAGES[remedy.action]
    return RemedyLink(label, path.format(*(quote(subject) for subject in remedy.subjects)))


def links_of(remedies: Iterable[Remedy]) -> list[RemedyLink]:
    """The pages where these remedies are carried out, each once."""
    return list(dict.fromkeys(link for remedy in remedies if (link := link_of(remedy)) is not None))
