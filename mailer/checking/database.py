"""Checks that the database is not an old backup, which would send copies a second time."""

from collections.abc import Iterator

from mailer.app import installation
from mailer.app.installation import App
from mailer.checking.result import CheckResult, result_of

SUBJECT = "the database"


def check_not_restored(app: App) -> Iterator[CheckResult]:
    """Compare the ledger's epoch in the database with the epoch file beside it."""
    yield result_of("the ledger", lambda: f"epoch {installation.refuse_restored(app)}, no restored backup")
