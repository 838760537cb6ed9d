"""Runs every check of an installation, those that wait for other machines beside the others."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from time import monotonic

from mailer.app import installation
from mailer.app.installation import App
from mailer.checking import configuration, database
from mailer.checking.envelope import check_envelopes, name_untried
from mailer.checking.online import dns_checks
from mailer.checking.records import Records
from mailer.checking.result import WAITS, Check, failed
from mailer.checking.round_trip import check_round_trip
from mailer.checking.table import CHECKS
from mailer.domain.check_result import CheckGroup, CheckResult, CheckState


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
    except Exception as error:  # noqa: BLE001  (whatever is wrong with it, a person is told what to do)
        return [*results, database.not_opened(error)]
    with closing(app.store):
        results.append(database.opened(app.store.name))
        checks = [*CHECKS, _envelope_check(wanted=envelope)]
        if round_trip:
            checks.append(_ROUND_TRIP)
        if records is not None:
            checks += dns_checks(records)
        results += _run(app, checks)
    groups = list(CheckGroup)
    return sorted(results, key=lambda result: groups.index(result.group or CheckGroup.SETTINGS))


def _envelope_check(*, wanted: bool) -> Check:
    return Check(
        group=CheckGroup.RELAY,
        subject="envelope",
        look=check_envelopes if wanted else name_untried,
        fix="let `from` of the newsletter name a sender that the relay allows, or ask the relay's operator",
        waits=WAITS if wanted else 0,
    )


_ROUND_TRIP = Check(
    group=CheckGroup.BOUNCES,
    subject="the round trip",
    look=check_round_trip,
    fix="follow the mail in the relay's log: the return-path domain's MX must bring it to the way in named in [bounces]",
    waits=180,
)


def _run(app: App, checks: Sequence[Check]) -> list[CheckResult]:
    """The results of these checks, in their order; those that wait for other machines are begun first."""
    looks = [_Look(app=app, check=check) for check in checks]
    for look in looks:
        if look.check.waits:
            look.begin()
    for look in looks:
        if not look.check.waits:
            look.take()
    return [result for look in looks for result in look.end()]


@dataclass(slots=True, kw_only=True)
class _Look:
    """A check at work, and what it has found so far."""

    app: App
    check: Check
    _results: list[CheckResult] = field(default_factory=list)
    _thread: Thread | None = None
    _ends_at: float = 0.0

    def begin(self) -> None:
        """Look beside others. One that a host keeps waiting for ever does not keep the program from ending."""
        self._ends_at = monotonic() + self.check.waits
        self._thread = Thread(target=self.take, daemon=True)
        self._thread.start()

    def take(self) -> None:
        """Look; where that is not possible, this is what it has found."""
        try:
            for result in self.check.look(self.app):
                self._results.append(_with_fix(result, self.check))
        except Exception as error:  # noqa: BLE001  (whatever is wrong here, the others look all the same)
            self._results.append(_with_fix(failed(self.check.subject, error), self.check))

    def end(self) -> list[CheckResult]:
        """The results, once it has ended or may wait no longer."""
        if self._thread is not None:
            self._thread.join(max(0.0, self._ends_at - monotonic()))
            if self._thread.is_alive():
                late = f"who is asked has not answered within {self.check.waits:.0f} seconds"
                silent = CheckResult(subject=self.check.subject, ok=False, finding=late)
                return [*self._results, _with_fix(silent, self.check)]
        return self._results


def _with_fix(result: CheckResult, check: Check) -> CheckResult:
    fix = "" if result.state is CheckState.OK else result.fix or check.fix
    return replace(result, group=result.group or check.group, fix=fix)
