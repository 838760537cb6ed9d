"""Checks how the service runs now: whether a daemon works, and what waits for a person."""

from collections.abc import Iterator

from mailer.app.inbound import unmoved_mails
from mailer.app.installation import App
from mailer.app.scheduler import daemon_runs
from mailer.checking.result import note_of
from mailer.domain.check_result import CheckResult
from mailer.pipeline.overview.to_do import to_do
from mailer.views.plain_words import counted


def check_daemon(app: App) -> Iterator[CheckResult]:
    """Say whether a living daemon leads: only it pulls, plans and begins by the schedules."""
    if daemon_runs(app):
        yield CheckResult(subject="the daemon", ok=True, finding="it runs")
    else:
        yield note_of("the daemon", "none runs: nothing is pulled, planned or sent by itself")


def check_waiting(app: App) -> Iterator[CheckResult]:
    """Count what waits for a person."""
    items = to_do(app.context, unmoved_mails(app))
    if items:
        yield note_of("to do", f"{counted(len(items), 'thing waits', 'things wait')} for a person")
    else:
        yield CheckResult(subject="to do", ok=True, finding="nothing waits for a person")
