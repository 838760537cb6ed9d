"""Checks the settings: the environment, config.toml, the key file, schedules/ and the limits for recipients' domains."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from mailer.app.installation import App
from mailer.app.key_agreement import refuse_other_keys
from mailer.checking.result import note_of, reason, result_of
from mailer.config import Config, load_config, load_schedules
from mailer.config.environment import set_variables, unknown_variables
from mailer.config.relays import provider_limits
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError
from mailer.gateways.key_file import read_keys
from mailer.views.remedies import sentence

DATABASE_KEY = "the database's key"
PUT_BACK = (
    "put the key of this database back from the backup, or from another machine; a new one is for a new database alone"
)
_CORRECT = "correct what stands there; docs/operating.md has each key with what is allowed"


def check_settings(config_file: Path) -> Iterator[CheckResult]:
    """Check the variables, config.toml, and the key file and schedules/ that it names: opening the installation needs them."""
    unknown = unknown_variables(Config)
    for name, allowed in unknown.items():
        fix = f"`unset {name}`, or call it {allowed}" if allowed else f"`unset {name}`"
        yield CheckResult(subject="the environment", ok=False, finding=f"{name} is not a setting", fix=fix)
    if unknown:
        return
    try:
        config = load_config(config_file)
    except Exception as error:  # noqa: BLE001  (whatever is wrong with it, a person is told what to do)
        yield CheckResult(subject="config.toml", ok=False, finding=reason(error), fix=_CORRECT)
        return
    names = ", ".join(sorted(set_variables(Config).values()))
    yield CheckResult(subject="the environment", ok=True, finding=names or "no MAILER_ variable is set")
    yield CheckResult(subject="config.toml", ok=True, finding=str(config.file))
    if config.retired:
        finding = f"no effect any more, take out: {', '.join(config.retired)}"
        yield note_of("old settings", finding, fix="take them out of config.toml and the environment")
    key = result_of("the key", partial(_key, config.path(config.secrets.key_file)))
    yield key if key.ok else replace(key, fix=PUT_BACK)
    schedules = result_of("schedules/", partial(_schedules, config.path(config.paths.schedules)))
    yield schedules if schedules.ok else replace(schedules, fix="correct the file and key that stand there")


def check_provider_limits(app: App) -> Iterator[CheckResult]:
    """Check [[domain]]; there is a result only if two tables contradict each other."""
    try:
        provider_limits(app.config.file, app.config.domain)
    except MailerError as error:
        yield CheckResult(subject="limits", ok=False, finding=sentence(error))


def check_keys(app: App) -> Iterator[CheckResult]:
    """Check that the keys are those of the database; there is a result only if they are others."""
    try:
        refuse_other_keys(app)
    except MailerError as error:
        yield CheckResult(subject=DATABASE_KEY, ok=False, finding=sentence(error))


def _key(file: Path) -> str:
    number = len(read_keys(file))
    return f"{file}, 1 key" if number == 1 else f"{file}, {number} keys, the first of them signs"


def _schedules(folder: Path) -> str:
    return ", ".join(load_schedules(folder).newsletters) or "no newsletter yet"
