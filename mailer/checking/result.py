"""One check of `mailer check`: what it belongs to, how it looks, and what to do when something is not right."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailer.app.installation import App
from mailer.domain.check_result import CheckGroup, CheckResult
from mailer.domain.errors import MailerError
from mailer.views.remedies import sentence

Look = Callable[[App], Iterable[CheckResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A look at the open installation, and in one line what to do where it finds something.

    `waits`: for another machine, so it looks beside the others, each with a connection of its own.
    """

    group: CheckGroup
    look: Look
    fix: str
    waits: bool = False


def result_of(subject: str, look: Callable[[], str], *, fix: str = "") -> CheckResult:
    """Return what `look` finds; a MailerError means that the subject is wrong, and then `fix` says what to do."""
    try:
        return CheckResult(subject=subject, ok=True, finding=look())
    except MailerError as error:
        return CheckResult(subject=subject, ok=False, finding=sentence(error), fix=fix)


def note_of(subject: str, finding: str, *, fix: str = "") -> CheckResult:
    """Return what stops nothing, but is worth a thought."""
    return CheckResult(subject=subject, ok=True, note=True, finding=finding, fix=fix)
