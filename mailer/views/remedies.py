"""Says what a person can do about a failure or a warning, as commands that can be typed as they stand."""

import re
from collections.abc import Mapping
from shlex import quote

from mailer.domain.errors import MailerError
from mailer.domain.remedy import Action, Note, Remedy

# `{0}` and `{1}` stand for the things that the action is done to.
_PHRASES: Mapping[Action, str] = {
    Action.INSTALL: "`mailer init` makes one",
    Action.CHOOSE_INSTALLATION: "--config names another",
    Action.CHECK_INSTALLATION: "`mailer check` shows why",
    Action.ASK_RELAY: "`mailer check` asks the relay again",
    Action.CHECK_DATABASE: "`mailer db check` names all that is wrong with it",
    Action.COPY_DATABASE: "`mailer db copy URL` goes on with it",
    Action.BACK_UP: "`mailer db backup FILE` writes a backup",
    Action.RESTORE: "`mailer db restore FILE` puts a backup in its place",
    Action.RESUME_AFTER_RESTORE: "`mailer resume-after-restore` asks",
    Action.ACCEPT_CLOCK: "if it is right, `mailer accept-clock` says so",
    Action.PULL: "`mailer pull` stores finished issues",
    Action.LIST_ISSUES: "`mailer issue list` shows them",
    Action.IMPORT_REGISTER: "`mailer register import` fills it",
    Action.LEAVE_OUT_COLUMNS: "`mailer register import --ignore-columns {0}` leaves columns of your own out",
    Action.LEAVE_OUT_BAD_ROWS: "`mailer register import --skip-bad` leaves them out",
    Action.NAME_ENCODING: "`mailer register import --encoding {0}` reads it as that",
    Action.LIST_PEOPLE: "`mailer person list` shows them",
    Action.SHOW_PERSON: "`mailer person show {0}` shows the person",
    Action.RESUME_PERSON: "`mailer person resume {0}` when they want copies again",
    Action.PLAN: "`mailer plan {0}` plans it",
    Action.EXPLAIN: "`mailer why {0} {1}` tells why",
    Action.TEST: "`mailer test {0}` sends one to the editors",
    Action.APPROVE: "`mailer approve {0}` approves it",
    Action.APPROVE_AS_PLANNED: "`mailer approve {0} --as-planned` approves it all the same",
    Action.SEND: "`mailer send {0}` sends it",
    Action.SEND_AS_PLANNED: "`mailer send {0} --as-planned` sends it all the same",
    Action.PAUSE: "`mailer pause {0}` stops it",
    Action.WITHDRAW: "`mailer withdraw {0}` takes the approval back",
    Action.SEND_HERE: "`mailer send {0} --wait` sends it from here",
    Action.SETTLE_BY_LOG: "`mailer delivery settle {0} --all-uncertain --log FILE --as resend` settles the uncertain copies "
    "by the relay's log",
    Action.RESUME: "`mailer resume {0}` goes on with it",
    Action.SHOW_STATUS: "`mailer status {0}` shows how it stands",
    Action.LIST_UNSENT: "`mailer unsent {0}` lists who is still owed a copy",
    Action.SEND_UNSENT: "`mailer unsent {0} --send` sends what is owed",
    Action.DROP_ISSUE: "`mailer issue drop --help` says how {0} is taken back, so that `mailer pull` takes it anew",
    Action.LIST_COPIES: "`mailer delivery list {0}` shows them",
    Action.SHOW_COPY: "`mailer delivery show {0}` shows how it stands",
    Action.SETTLE_COPY: "`mailer delivery settle {0} --as accepted` or `--as resend`",
    Action.RELEASE_COPY: "`mailer delivery release {0}` lets it go",
    Action.LIST_REPORTS: "`mailer bounce list --all` shows them",
    Action.SHOW_REPORT: "`mailer bounce show {0}` shows it",
    Action.SETTLE_REPORT: "`mailer bounce settle {0}` when it is dealt with",
    Action.LIFT_HOLD: "`mailer hold lift {0}` when it is right",
    Action.LIST_TO_DO: "`mailer to-do` lists it",
    Action.LIST_HOLDS: "`mailer hold list` shows those that are",
    Action.LIST_SUSPENSIONS: "`mailer domain list` shows those that are",
    Action.LIST_USERS: "`mailer user list` shows them",
}


# A command in backticks, or on an indented line of a letter.
_COMMAND = re.compile(r"(?:(?<=`)|(?<=^  ))mailer(?= [a-z-])", re.MULTILINE)


def in_form(text: str, command: str) -> str:
    """The text with its commands as people type them here: `club-mailer` in place of `mailer`, where there is one."""
    return text if command == "mailer" else _COMMAND.sub(command, text)


def sentence(problem: MailerError | Note) -> str:
    """The failure or warning with what to do about it."""
    return advise(str(problem), *problem.remedies)


def advise(text: str, *remedies: Remedy) -> str:
    """A text with what to do about it."""
    return f"{text}; {', '.join(map(phrase, remedies))}" if remedies else text


def phrase(remedy: Remedy) -> str:
    """One remedy, with the command between backticks."""
    return _PHRASES[remedy.action].format(*map(quote, remedy.subjects))


def commands_of(remedy: Remedy, command: str) -> list[str]:
    """The commands alone, as people type them here, without words around them."""
    return re.findall(r"`(.+?)`", in_form(phrase(remedy), command))
