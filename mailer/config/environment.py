"""The MAILER_… variables, which win over config.toml; a name that is no setting is an error."""

import os
from typing import Any

from pydantic import BaseModel
from pydantic_settings import EnvSettingsSource

from mailer.config.sections import ConfigTable
from mailer.domain.errors import BadInput

PREFIX = "MAILER_"
# MAILER_CONFIG names the file itself; it is no setting.
NOT_SETTINGS = frozenset({"MAILER_CONFIG"})


class Environment(EnvSettingsSource):
    """The values of the variables. They are text, so what must be a number is read as one here."""

    def __call__(self) -> dict[str, Any]:
        """The values by section and key, for sections that `variables` lets through."""
        found = super().__call__()
        for section, values in found.items():
            model = _sections(self.settings_cls)[section]
            for key, value in values.items():
                if key in model.model_fields:
                    values[key] = _read(value, model.model_fields[key].annotation)
        return found


def _read(value: Any, wanted: Any) -> Any:
    try:
        return wanted(value) if wanted in {int, float} else value
    except (TypeError, ValueError):
        return value  # the check that follows says what is allowed


def variables(settings: type[BaseModel]) -> dict[tuple[str, ...], str]:
    """The MAILER_… variables that are set, by section and key. Raises BadInput naming one that is no setting."""
    known = _sections(settings)
    found: dict[tuple[str, ...], str] = {}
    for name in sorted(os.environ):
        if not name.upper().startswith(PREFIX) or name.upper() in NOT_SETTINGS:
            continue
        section, separator, key = name.lower().removeprefix(PREFIX.lower()).partition("__")
        if section in settings.model_fields and section not in known:
            raise BadInput(
                f"the environment variable {name} is not a setting: each [[{section}]] is set in config.toml only"
            )
        if section not in known or not separator:
            allowed = ", ".join(f"{PREFIX}{one.upper()}__…" for one in sorted(known))
            raise BadInput(f"the environment variable {name} is not a setting; allowed: MAILER_CONFIG, {allowed}")
        found[section, key] = name
    return found


def _sections(settings: type[BaseModel]) -> dict[str, type[ConfigTable]]:
    """The tables that stand once; those of a list have no number that a variable could name."""
    return {
        name: field.annotation
        for name, field in settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, ConfigTable)
    }
