"""Reads a TOML file into a checked model, and says what is wrong with it in words for a person."""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AllowInfNan, BaseModel, Strict, ValidationError

from mailer.domain.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)

# A number is no text and no yes or no: `port = "25"` and `port = true` are mistakes, and nothing lasts for ever.
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), AllowInfNan(False)]
YesNo = Annotated[bool, Strict()]

# Keys whose value is never shown in an error.
_SECRET = ("password", "url")


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables. Raises BadInput when it is missing, not UTF-8 or not TOML, with the line."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        raise BadInput(f"{path} is not there; `mailer init` makes one, --config names another") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; see its owner and rights") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 (octet {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} is not valid TOML: {error}") from error


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
    where = [str(part) for part in problem["loc"]]
    key = _named(where)
    if problem["type"] == "extra_forbidden":
        known = _keys(model, where[:-1])
        near = get_close_matches(where[-1], known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"{file}: {key} is not a setting; allowed here: {', '.join(known)}{hint}"
    shown = isinstance(problem["input"], str | int | float | list) and not any(word in where[-1] for word in _SECRET)
    found = f"found {problem['input']!r}; " if shown else ""
    allowed = str(problem["msg"]).removeprefix("Value error, ")
    return f"{file}: {key}: {found}{allowed[:1].lower()}{allowed[1:]}"


def _named(where: list[str]) -> str:
    return where[0] if len(where) == 1 else f"[{where[0]}] {'.'.join(where[1:])}"


def _keys(model: type[BaseModel], where: list[str]) -> list[str]:
    for name in where:
        field = model.model_fields.get(name)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]
