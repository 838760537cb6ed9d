"""Runs every check of an installation, those that wait for other machines beside the others."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from mailer.app import installation
from mailer.app.installation import App
from mailer.checking import configuration, database
from mailer.checking.envelope import check_envelopes, name_untried
from mailer.checking.online import check_dns
from mailer.checking.records import Records
from mailer.checking.result import Check
from mailer.checking.round_trip import check_round_trip
from mailer.checking.table import CHECKS
from mailer.domain.check_result import CheckGroup, CheckResult
from mailer.domain.errors import MailerError
from mailer.views.remedies import sentence

# So many checks wait for other machines at once.
AT_ONCE = 8


def check(
    config_file: Path, *, envelope: bool = False, round_trip: bool = False, records: Records | None = None
) -> list[CheckResult]:
    """Check the settings, then the database, then all of CHECKS, and what the person has asked for besides.

    `envelope` tries each relay with an envelope, `round_trip` sends a mail to ourselves, and `records` asks the DNS.
    What depends on something that failed is left out: without settings there is no database, without it no CHECKS.
    """
    results = [replace(result, group=CheckGroup.SETTINGS) for result in configuration.check_settings(config_file)]
    if not all(result.ok for result in results):
        return results
    try:
        app = installation.open_app(config_file)
    except MailerError as error:
        return [*results, database.opened(sentence(error), ok=False)]
    with closing(app.store):
        results.append(database.opened(app.store.name, ok=True))
        checks = [*CHECKS, _envelope_check(wanted=envelope)]
        if round_trip:
            checks.append(_ROUND_TRIP)
        if records is not None:
            checks.append(_dns_check(records))
        results += _run(app, checks)
    groups = list(CheckGroup)
    return sorted(results, key=lambda result: groups.index(result.group or CheckGroup.SETTINGS))


def _envelope_check(*, wanted: bool) -> Check:
    return Check(
        group=CheckGroup.RELAY,
        look=check_envelopes if wanted else name_untried,
        fix="let `from` of the newsletter name a sender that the relay allows, or ask the relay's operator",
        waits=wanted,
    )


_ROUND_TRIP = Check(
    group=CheckGroup.BOUNCES,
    look=check_round_trip,
    fix="follow the mail in the relay's log: the return-path domain's MX must bring it to the way in named in [bounces]",
    waits=True,
)


def _dns_check(records: Records) -> Check:
    return Check(
        group=CheckGroup.DNS,
        look=partial(check_dns, records),
        fix="publish the record that stands there at the domain's name server",
        waits=True,
    )


def _run(app: App, checks: Sequence[Check]) -> list[CheckResult]:
    """The results of these checks, in their order; those that wait for other machines are begun first."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        begun = [threads.submit(_results, app, check) if check.waits else None for check in checks]
        ended = [
            _results(app, check) if waiting is None else waiting.result()
            for check, waiting in zip(checks, begun, strict=True)
        ]
    return [result for results in ended for result in results]


def _results(app: App, check: Check) -> list[CheckResult]:
    """What a check finds; if it cannot look, that is what it has found."""
    results: list[CheckResult] = []
    try:
        results += check.look(app)
    except MailerError as error:
        subject = getattr(check.look, "__name__", "check").removeprefix("check_").replace("_", " ")
        results.append(CheckResult(subject=subject, ok=False, finding=sentence(error)))
    return [_with_fix(result, check) for result in results]


def _with_fix(result: CheckResult, check: Check) -> CheckResult:
    is_right = result.ok and not result.note
    return replace(result, group=result.group or check.group, fix="" if is_right else result.fix or check.fix)
