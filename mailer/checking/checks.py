"""Runs every check of an installation, in the order of the table CHECKS."""

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from mailer.app import installation
from mailer.app.installation import App
from mailer.checking import bounces, configuration, database, letters, newsletters, relays, rights, signing, web
from mailer.checking.envelope import check_envelopes, name_untried
from mailer.checking.result import CheckResult
from mailer.domain.errors import MailerError
from mailer.views.remedies import sentence

# Each looks at the open installation and yields its results. To add a check, write a function and name it here.
CHECKS: tuple[Callable[[App], Iterable[CheckResult]], ...] = (
    configuration.check_provider_limits,
    database.check_library,
    database.check_not_restored,
    database.check_clock,
    newsletters.check_newsletters,
    letters.check_templates,
    letters.check_looks,
    letters.check_missing_templates,
    letters.check_old_templates,
    letters.check_outbox,
    rights.check_private_files,
    signing.check_signing,
    bounces.check_return_paths,
    bounces.check_listener,
    bounces.check_inboxes,
    web.check_console,
    relays.check_relays,
    relays.check_sizes,
)


def check(config_file: Path, *, envelope: bool = False) -> list[CheckResult]:
    """Check the settings, then the database, then all of CHECKS; with `envelope` try each relay with an envelope too.

    What depends on something that failed is left out: without settings there is no database, without it no CHECKS.
    """
    results = list(configuration.check_settings(config_file))
    if not all(result.ok for result in results):
        return results
    try:
        app = installation.open_app(config_file)
    except MailerError as error:
        return [*results, CheckResult(subject=database.SUBJECT, ok=False, finding=sentence(error))]
    with closing(app.store):
        results.append(CheckResult(subject=database.SUBJECT, ok=True, finding=app.store.name))
        for check_subject in (*CHECKS, check_envelopes if envelope else name_untried):
            results += check_subject(app)
    return results
