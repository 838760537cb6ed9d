"""The MAILER_… variables, which win over config.toml; a name that is no setting is an error."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_origin

from pydantic import BaseModel

from mailer.config.retired import is_retired
from mailer.config.sections import ConfigTable
from mailer.domain.errors import BadInput

PREFIX = "MAILER_"
# MAILER_CONFIG names the file itself; it is no setting.
NOT_SETTINGS = frozenset({"MAILER_CONFIG"})


def overlay(
    tables: Mapping[str, Any], variables: Mapping[tuple[str, ...], str], settings: type[BaseModel]
) -> dict[str, Any]:
    """The tables of config.toml with the values of these variables over them."""
    sections, merged = _sections(settings), dict(tables)
    for (section, key), name in variables.items():
        table = merged.get(section, {})
        if isinstance(table, dict):  # else the check says what is wrong with it
            field = sections[section].model_fields.get(key)
            merged[section] = {**table, key: _read(os.environ[name], field.annotation if field else None)}
    return merged


def set_variables(settings: type[BaseModel]) -> dict[tuple[str, ...], str]:
    """The MAILER_… variables that are set, by section and key. Raises BadInput naming one that is no setting."""
    sections = _sections(settings)
    variables: dict[tuple[str, ...], str] = {}
    for name, (section, key) in _named_settings().items():
        if is_retired(section, key):
            continue
        if section in settings.model_fields and section not in sections:
            raise BadInput(
                f"the environment variable {name} is not a setting: each [[{section}]] is set in config.toml only"
            )
        if section not in sections or not key:
            allowed = ", ".join(f"{PREFIX}{section.upper()}__…" for section in sorted(sections))
            raise BadInput(f"the environment variable {name} is not a setting; allowed: MAILER_CONFIG, {allowed}")
        variables[section, key] = name
    return variables


def unknown_variables(settings: type[BaseModel]) -> dict[str, str]:
    """The MAILER_… variables that are set and are no setting, each with the setting most like it; empty where none is."""
    names = {
        f"{PREFIX}{section}__{key}".upper(): (section, key)
        for section, table in _sections(settings).items()
        for key in table.model_fields
    }
    places = set(names.values())
    return {
        name: next(iter(get_close_matches(name.upper(), names, n=1)), "")
        for name, place in _named_settings().items()
        if place not in places and not is_retired(*place)
    }


def retired_variables() -> tuple[str, ...]:
    """The MAILER_… variables that are set and have no effect any more."""
    return tuple(name for name, place in _named_settings().items() if is_retired(*place))


def _named_settings() -> dict[str, tuple[str, str]]:
    """The MAILER_… variables that are set, each with its section and key; the key is empty where none is named."""
    places = {}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in NOT_SETTINGS:
            section, _, key = name.lower().removeprefix(PREFIX.lower()).partition("__")
            places[name] = (section, key)
    return places


def _read(text: str, wanted: Any) -> Any:
    """A number, a truth or a list where the setting is one: a variable holds text, which the check would refuse."""
    if wanted is bool:
        return {"true": True, "false": False}.get(text.casefold(), text)
    if get_origin(wanted) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return wanted(text) if wanted in {int, float} else text
    except (TypeError, ValueError):
        return text  # the check says what is allowed


def _sections(settings: type[BaseModel]) -> dict[str, type[ConfigTable]]:
    """The tables that occur once; a variable cannot name one table of a list."""
    return {
        name: field.annotation
        for name, field in settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, ConfigTable)
    }
