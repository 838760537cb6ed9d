"""Checks the settings: config.toml, the key file, schedules/ and the limits for recipients' domains."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from mailer.app.installation import App
from mailer.checking.result import CheckResult, result_of
from mailer.config import load_config, load_schedules
from mailer.config.relays import provider_limits
from mailer.domain.errors import MailerError
from mailer.gateways.key_file import read_keys
from mailer.views.remedies import sentence


def check_settings(config_file: Path) -> Iterator[CheckResult]:
    """Check config.toml, and the key file and schedules/ that it names; they are needed to open the installation."""
    try:
        config = load_config(config_file)
    except MailerError as error:
        yield CheckResult(subject="config.toml", ok=False, finding=sentence(error))
        return
    yield CheckResult(subject="config.toml", ok=True, finding=str(config.file))
    if config.retired:
        finding = f"no effect any more, take out: {', '.join(config.retired)}"
        yield CheckResult(subject="old settings", ok=True, finding=finding)
    yield result_of("the key", partial(_key, config.path(config.secrets.key_file)))
    yield result_of("schedules/", partial(_schedules, config.path(config.paths.schedules)))


def check_provider_limits(app: App) -> Iterator[CheckResult]:
    """Check [[domain]]; there is a result only if two tables contradict each other."""
    try:
        provider_limits(app.config.file, app.config.domain)
    except MailerError as error:
        yield CheckResult(subject="limits", ok=False, finding=sentence(error))


def _key(file: Path) -> str:
    number = len(read_keys(file))
    return f"{file}, 1 key" if number == 1 else f"{file}, {number} keys, the first of them signs"


def _schedules(folder: Path) -> str:
    return ", ".join(load_schedules(folder).newsletters) or "no newsletter yet"
