"""The result of one check."""

from collections.abc import Callable
from dataclasses import dataclass

from mailer.domain.errors import MailerError
from mailer.views.remedies import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What was checked, whether it is right, and what was found or what to do."""

    subject: str
    ok: bool
    finding: str


def result_of(subject: str, look: Callable[[], str]) -> CheckResult:
    """Return what `look` finds; a MailerError means that the subject is wrong."""
    try:
        return CheckResult(subject=subject, ok=True, finding=look())
    except MailerError as error:
        return CheckResult(subject=subject, ok=False, finding=sentence(error))
