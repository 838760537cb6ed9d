"""The page of what waits for a person: each thing with a button to what can be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailer.app.inbound import unmoved_mails
from mailer.domain.access import Right, Role, may
from mailer.domain.remedy import Action, Remedy
from mailer.domain.to_do import RIGHT_FOR, ToDo, ToDoKind, without_people
from mailer.pipeline.overview.to_do import to_do
from mailer.texts import N_
from mailer.views.remedies import commands_of
from mailer.views.to_do import to_do_sentence
from mailer.web.answers import Answer, show
from mailer.web.remedies import RemedyLink, link_of
from mailer.web.routes import AnyRoute, Page
from mailer.web.visit import Visit

# So many things of one kind stand on the page; the others follow when these are done.
MOST = 50
HEADINGS: Mapping[ToDoKind, str] = {
    ToDoKind.RESTORED: N_("A restored backup"),
    ToDoKind.MOVED: N_("A database that was copied elsewhere"),
    ToDoKind.DAMAGED: N_("The database is damaged"),
    ToDoKind.CLOCK: N_("The clock of the server"),
    ToDoKind.NO_ROOM: N_("The disk of the server is full"),
    ToDoKind.RELAY_DOWN: N_("Our mail server cannot be used"),
    ToDoKind.INBOX: N_("An inbox that fills up"),
    ToDoKind.LETTERS: N_("Letters that cannot be sent"),
    ToDoKind.NO_BACKUP: N_("No backup"),
    ToDoKind.PAUSED: N_("Paused issues"),
    ToDoKind.MISSED: N_("Issues that missed their time"),
    ToDoKind.STOPPED: N_("Stopped countdowns"),
    ToDoKind.APPROVAL: N_("Approvals"),
    ToDoKind.UNCERTAIN: N_("Uncertain copies"),
    ToDoKind.REPORT: N_("Returned mail"),
    ToDoKind.HOLD: N_("Holds"),
    ToDoKind.FAILED: N_("Copies that did not arrive"),
    ToDoKind.HELD_COPY: N_("Copies that are held back"),
    ToDoKind.OWED: N_("Owed copies"),
    ToDoKind.NO_ADDRESS: N_("People without an address"),
    ToDoKind.NO_EDITION: N_("People without an edition in their languages"),
}
# Where what is done to a copy, and to a hold, is a button; their addresses name the issue and the hold.
_OF_COPY: Mapping[Action, str] = {
    Action.SETTLE_COPY: N_("Settle"),
    Action.RELEASE_COPY: N_("Release"),
    Action.SHOW_COPY: N_("Show the copy"),
}
_OF_HOLD: Mapping[Action, str] = {Action.LIFT_HOLD: N_("Lift")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing on the page: its sentence, its buttons, and what only a terminal can do."""

    item: ToDo
    sentence: str
    links: tuple[RemedyLink, ...]
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The things of one kind; `roles` can do them, where the user cannot; `more` are not shown."""

    kind: ToDoKind
    heading: str
    lines: tuple[Line, ...]
    number: int
    may_do: bool
    roles: tuple[Role, ...]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.number - len(self.lines)


def to_do_page(visit: Visit) -> Answer:
    """Show what waits."""
    every = every_item(visit)
    items = visible_items(visit, every)
    of_kind: dict[ToDoKind, list[ToDo]] = {}
    for item in items:
        of_kind.setdefault(item.kind, []).append(item)
    groups = [_group(visit, kind, listed) for kind, listed in of_kind.items()]
    return show("overview/to_do.html", groups=groups, number=len(items), of_people=len(every) - len(items))


def every_item(visit: Visit) -> tuple[ToDo, ...]:
    """What waits, also what is about single people."""
    return to_do(visit.context, unmoved_mails(visit.app))


def visible_items(visit: Visit, every: tuple[ToDo, ...]) -> tuple[ToDo, ...]:
    """Those that the user may see."""
    return every if visit.may(Right.SEE_REGISTER) else without_people(every)


def _group(visit: Visit, kind: ToDoKind, items: list[ToDo]) -> Group:
    right = RIGHT_FOR[kind]
    return Group(
        kind=kind,
        heading=HEADINGS[kind],
        lines=tuple(_line(visit, item) for item in items[:MOST]),
        number=len(items),
        may_do=right is not None and visit.may(right),
        roles=tuple(role for role in Role if right is not None and may(role, right)),
    )


def _line(visit: Visit, item: ToDo) -> Line:
    links = [link for remedy in item.remedies if (link := button_of(item, remedy)) is not None]
    by_hand = [remedy for remedy in item.remedies if button_of(item, remedy) is None]
    commands = [command for remedy in by_hand for command in commands_of(remedy, visit.context.command)]
    in_words = replace(item, words=visit.texts.sentence(item.words))  # those of a verb are known; a server's own stay
    return Line(
        item=item,
        sentence=to_do_sentence(in_words, visit.language),
        links=tuple(dict.fromkeys(links)),
        commands=tuple(commands),
    )


def button_of(item: ToDo, remedy: Remedy) -> RemedyLink | None:
    """Where the remedy of a thing is a button; None: only the terminal can do it."""
    if remedy.action in _OF_COPY:
        return RemedyLink(_OF_COPY[remedy.action], f"/issues/{item.issue}/copies/{item.delivery}")
    if remedy.action in _OF_HOLD:
        return RemedyLink(_OF_HOLD[remedy.action], f"/holds/{item.hold}")
    return link_of(remedy)


ROUTES: tuple[AnyRoute, ...] = (Page("/to-do", to_do_page, Right.SEE_ISSUES),)
