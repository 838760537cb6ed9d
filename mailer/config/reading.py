"""Reads TOML files into checked tables, and says in plain words what is wrong in them."""

import re
import shlex
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import AfterValidator, AllowInfNan, BaseModel, Field, PlainValidator, Strict, ValidationError

from mailer.domain.errors import BadInput
from mailer.domain.every import Every
from mailer.domain.remedy import Action

N = TypeVar("N", int, float)


def slug(value: str) -> str:
    """The value, when it is a short plain name. Raises ValueError saying what is allowed."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", value):
        raise ValueError("allowed: small letters, digits and hyphens")
    return value


# No number is so high that the database, or a date that is counted back from today, could not take it.
MOST, MOST_DAYS = 1_000_000, 365_000


def at_most(limit: int, value: N) -> N:
    """The value, when it is not above the limit. Raises ValueError saying what is allowed."""
    if value > limit:
        raise ValueError(f"allowed: at most {limit}")
    return value


Slug = Annotated[str, AfterValidator(slug)]
# Strict, since `port = "25"` and `port = true` are mistakes. `inf` is a number in TOML, but no duration.
Whole = Annotated[int, Strict(), AfterValidator(partial(at_most, MOST))]
Days = Annotated[int, Strict(), AfterValidator(partial(at_most, MOST_DAYS))]
Number = Annotated[float, Strict(), AllowInfNan(False), AfterValidator(partial(at_most, MOST))]
YesNo = Annotated[bool, Strict()]

_UNITS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400}


def read_from(read: Callable[[str], object]) -> PlainValidator:
    """A setting that people write as text, and that becomes what `read` makes of it."""

    def read_text(text: object) -> object:
        if not isinstance(text, str):
            raise ValueError("allowed: a text")  # noqa: TRY004  (pydantic reports ValueErrors)
        return read(text)

    return PlainValidator(read_text)


def default_text(text: str | tuple[str, ...], **field: Any) -> Any:
    """A default as people would write it; it is read in the same way."""
    return Field(default=text, validate_default=True, **field)


def values(*tables: BaseModel) -> dict[str, Any]:
    """The values of checked tables by the names of their fields."""
    return {name: getattr(table, name) for table in tables for name in type(table).model_fields}


def _interval(value: str) -> Every:
    parts = re.fullmatch(r"(\d+)\s*([a-z]+)", value)
    if not parts or parts[2] not in _UNITS or int(parts[1]) == 0:
        raise ValueError('allowed: a number and a unit, such as "15 min", "30 s", "2 h"')
    seconds = int(parts[1]) * _UNITS[parts[2]]
    if seconds > MOST_DAYS * _UNITS["d"]:
        raise ValueError(f'allowed: at most "{MOST_DAYS} d"')
    return Every(timedelta(seconds=seconds))


# How often something is done, as people write it: "15 min".
Interval = Annotated[Every, read_from(_interval)]


def _command(value: str) -> str:
    try:
        shlex.split(value)
    except ValueError as error:
        raise ValueError(f"allowed: a program and its arguments, as in a shell ({error})") from error
    return value


# A program and its arguments, with quotes as in a shell, which it does not run in.
CommandLine = Annotated[str, AfterValidator(_command)]


# Values of these keys are never shown in an error.
_SECRET = ("password", "url")


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables. Raises BadInput when it is missing, not UTF-8 or not TOML, with the line."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))  # Windows editors write a mark
    except FileNotFoundError:
        raise BadInput(f"{path} is not there", Action.INSTALL.of(), Action.CHOOSE_INSTALLATION.of()) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; see its owner and rights") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 (octet {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} is not valid TOML: {error}") from error
    except RecursionError as error:
        raise BadInput(f"{path} is not valid TOML: its brackets lie too deep in each other") from error


def explain(
    error: ValidationError,
    file: Path | str,
    model: type[BaseModel],
    variables: Mapping[tuple[str, ...], str] | None = None,
) -> BadInput:
    """Every problem of a file, a line each: the key, what was found, what is allowed.

    `variables` names the keys that do not come from the file but from a variable.
    """
    lines = []
    for problem in error.errors():
        place = tuple(str(part) for part in problem["loc"])
        lines.append(_line(dict(problem), (variables or {}).get(place[:2], file), model))
    return BadInput("\n".join(lines))


def _line(problem: dict[str, Any], file: Path | str, model: type[BaseModel]) -> str:
    where, value = problem["loc"], problem["input"]
    last = str(where[-1])
    key = _named(where)
    allowed_keys = _keys(model, where[:-1])
    # Where tables of any name may stand, a key of an unknown name is a table that it is not.
    is_no_table = problem["type"] == "model_type" and isinstance(where[-1], str) and last not in allowed_keys
    if problem["type"] == "extra_forbidden" or is_no_table:
        near = get_close_matches(last, allowed_keys, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"{file}: {key} is not a setting; allowed here: {', '.join(allowed_keys)}{hint}"
    if problem["type"] == "tuple_type" and isinstance(value, dict):
        return f"{file}: {key}: found [{last}]; write [[{last}]], there may be several"
    # A table is not shown: it may hold a secret.
    tables = isinstance(value, list) and any(isinstance(item, dict) for item in value)
    shown = isinstance(value, str | int | float | list) and not tables and not any(word in last for word in _SECRET)
    allowed = str(problem["msg"]).removeprefix("Value error, ")
    return f"{file}: {key}: {f'found {value!r}; ' if shown else ''}{allowed[:1].lower()}{allowed[1:]}"


def _named(where: Sequence[str | int]) -> str:
    """The key as a person finds it: `[smtp] port`, or `[[relay]] 2 port` in the second table of that name."""
    table, *rest = where
    if rest and isinstance(rest[0], int):
        return " ".join([f"[[{table}]]", *(str(part + 1 if isinstance(part, int) else part) for part in rest)])
    if len(rest) > 1 and isinstance(rest[1], str):
        return f"[{'.'.join(map(str, where[:-1]))}] {rest[-1]}"
    return f"[{table}] {'.'.join(map(str, rest))}" if rest else str(table)


def _annotation_of_others(model: type[BaseModel]) -> Any:
    """What stands under the names that the model has no field for, if there may be any."""
    others = model.__annotations__.get("__pydantic_extra__")
    return get_args(others)[1] if others else None


def _keys(model: type[BaseModel], where: Sequence[str | int]) -> list[str]:
    for name in where:
        if isinstance(name, int):
            continue
        field = model.model_fields.get(name)
        inner = field.annotation if field else _annotation_of_others(model)
        if get_origin(inner) is tuple:
            inner = get_args(inner)[0]
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]
