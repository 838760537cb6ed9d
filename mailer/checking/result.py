"""One check of `mailer check`: what it belongs to, how it looks, and what to do when something is not right."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailer.app.installation import App
from mailer.domain.check_result import CheckGroup, CheckResult
from mailer.domain.errors import MailerError
from mailer.domain.remedy import Action
from mailer.store import DatabaseError, is_away, is_damaged
from mailer.views.remedies import phrase, sentence

Look = Callable[[App], Iterable[CheckResult]]

# The seconds within which other machines must have answered all that a check asks them.
WAITS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A look at the open installation, and in one line what to do where it finds something.

    `subject` stands for what it looks at where it cannot look. `waits` are the seconds that it may wait for other machines:
    then it looks beside the others. 0: it asks none.
    """

    group: CheckGroup
    subject: str
    look: Look
    fix: str
    waits: float = 0.0


def result_of(subject: str, look: Callable[[], str], *, fix: str = "") -> CheckResult:
    """Return what `look` finds; an error means that the subject is wrong, and then `fix` says what to do."""
    try:
        return CheckResult(subject=subject, ok=True, finding=look())
    except Exception as error:  # noqa: BLE001  (whatever is wrong with one thing, the others are looked at)
        return failed(subject, error, fix=fix)


def failed(subject: str, error: Exception, *, fix: str = "") -> CheckResult:
    """Return what an error says of a subject; what the database has caused is mended there, and not at the subject."""
    if is_damaged(error):
        fix = ", ".join(map(phrase, (Action.CHECK_DATABASE.of(), Action.RESTORE.of())))
    elif is_away(error):
        fix = "let the database of [database] answer; what was not looked at may be as it should"
    return CheckResult(subject=subject, ok=False, finding=reason(error), fix=fix)


def note_of(subject: str, finding: str, *, fix: str = "") -> CheckResult:
    """Return what stops nothing, but is worth a thought."""
    return CheckResult(subject=subject, ok=True, note=True, finding=finding, fix=fix)


def reason(error: Exception) -> str:
    """Why something could not be looked at, in one line."""
    match error:
        case MailerError():
            words = sentence(error)
        case OSError():
            words = ": ".join(map(str, filter(None, (error.filename, error.strerror or error))))
        case DatabaseError() if is_damaged(error):
            words = f"the database is damaged: {getattr(error, 'orig', error)}"
        case DatabaseError():
            does = "does not answer" if is_away(error) else "refuses"
            words = f"the database {does}: {getattr(error, 'orig', None) or type(error).__name__}"
        case _:
            words = f"the check itself failed ({type(error).__name__}: {error}), which is a fault of this program"
    return " ".join(words.split())
