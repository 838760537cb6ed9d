"""What the pages about one mailing share: their addresses, and why a button is grey."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from mailer.domain.access import Right
from mailer.domain.remedy import Action
from mailer.domain.standstill import REFUSED, Standstill
from mailer.pipeline.context import IssueName
from mailer.texts import N_
from mailer.web.answers import Answer, show
from mailer.web.visit import Visit

ISSUE = "/issues/{newsletter}/{serial:int}"
ONLY_SECRETARY = N_("Only a secretary may do this.")
STANDSTILLS: Mapping[Standstill, str] = {
    Standstill.RESTORED: N_("The database is a restored backup: first the operator says what was sent since."),
    Standstill.MOVED: N_("The database was copied elsewhere, to go on there."),
    Standstill.CLOCK: N_("The server’s clock is wrong: first the operator sets it."),
}


def path_of(name: IssueName, *more: object) -> str:
    """The address of a page about the issue."""
    return "/".join([f"/issues/{quote(name.newsletter, safe='')}/{name.serial}", *map(str, more)])


def tabs_of(visit: Visit, name: IssueName) -> Sequence[tuple[str, str]]:
    """The pages about the issue that this user may see."""
    pages = [(path_of(name), N_("Issue")), (path_of(name, "progress"), N_("Progress"))]
    if visit.may(Right.SEE_ADDRESSES):
        pages += [
            (path_of(name, "circulation"), N_("Circulation")),
            (path_of(name, "copies"), N_("Copies")),
            (path_of(name, "unsent"), N_("Owed")),
            (path_of(name, "report"), N_("Distribution report")),
        ]
    return [(path, visit.text(words)) for path, words in pages]


def show_of(visit: Visit, page: str, /, here: str = "", status: int = 200, **values: object) -> Answer:
    """A page about the issue that the address names, with the tabs of its pages; `here` ends the address of this one."""
    name = visit.issue
    return show(
        page,
        status,
        issue=name,
        base=path_of(name),
        tabs=tabs_of(visit, name),
        here=path_of(name, *([here] if here else [])),
        **values,
    )


def why_not(visit: Visit, right: Right, reason: str = "", *, action: Action | None = None) -> str:
    """Why a button is grey, in the page's language; empty when it can be pressed.

    With an `action` it is grey while the service stands still, and the verb would refuse.
    """
    if not visit.may(right):
        return visit.text(ONLY_SECRETARY)
    return (standing_still(visit, action) if action is not None else "") or visit.text(reason)


def standing_still(visit: Visit, action: Action) -> str:
    """Why nobody can do this while the service stands still; empty when that is no reason."""
    standstill = visit.context.standstill()
    return visit.text(STANDSTILLS[standstill]) if standstill is not None and action in REFUSED[standstill] else ""


def same_with(visit: Visit, **changed: object) -> str:
    """What stands behind the question mark, with other values; an empty value is left out."""
    values = {name: visit.query[name] for name in visit.query} | {name: str(value) for name, value in changed.items()}
    return urlencode({name: value for name, value in values.items() if value})
