"""Opens the folder of a newsletter's templates, and reports errors in them by file and line."""

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType

from jinja2 import (
    BytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from jinja2.environment import TemplateModule
from jinja2.sandbox import SandboxedEnvironment

from mailer.domain.errors import BadInput

SYSTEM = "system"  # the folder of the letters to the secretary and the operator
BASE = "_base"  # the folder of shared files; a newsletter's folder may override each of them


def environment(
    templates: Path, name: str | None, *, autoescape: bool, finalize: Callable[[object], object] | None = None
) -> SandboxedEnvironment:
    """A sandboxed Jinja environment of `templates/<name>`, then `templates/_base`; a missing value is an error.

    Without a name it has `_base` alone. Raises BadInput for a folder that does not exist or is not a newsletter's
    (`_base` and `system`).
    """
    folders = [templates / BASE] if name is None else [_folder(templates, name), templates / BASE]
    return SandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=autoescape,
        finalize=finalize,
        bytecode_cache=_COMPILED[autoescape, finalize],
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _folder(templates: Path, name: str) -> Path:
    """The folder of a newsletter's templates."""
    folder = templates / name
    if name == SYSTEM:
        raise BadInput(f"{folder} is for the service's own letters: set another folder as `template`")
    if Path(name).name != name or name.startswith((".", "_")) or not name or not folder.is_dir():
        raise BadInput(f"there is no template folder '{name}' in {templates}: create it, or set another as `template`")
    return folder


@cache
def later_macros() -> TemplateModule:
    """The service's own macros of the parts of a text that the templates of an older installation do not write."""
    own = SandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent / "edition"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return own.get_template("later_blocks.html.j2").module


class _Compiled(BytecodeCache):
    """Keeps the compiled code of each template file, since every edition opens them again and compiling is slow.

    Jinja still reads the file, and compiles it again if it has changed.
    """

    def __init__(self) -> None:
        """Start without code."""
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in the code unless the file has changed since it was compiled."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code and the checksum of its file."""
        self._codes[bucket.key] = (bucket.checksum, bucket.code)


# One cache for each set of options that change the compiled code.
_COMPILED: dict[tuple[bool, Callable[[object], object] | None], _Compiled] = defaultdict(_Compiled)


@contextmanager
def locating_errors(*templates: Path) -> Iterator[None]:
    """Turn errors that Jinja raises in these folders into BadInput with the template's file and line."""
    try:
        yield
    except TemplateNotFound as error:
        raise BadInput(f"the template {error.name} is missing in {templates[0]}: write it") from error
    except TemplateSyntaxError as error:
        where = f"{error.filename or error.name}, line {error.lineno}"
        raise BadInput(f"{where}: {error.message}; correct the template") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise BadInput(f"{_place(error, templates)}: {error}; correct the template") from error


def _place(error: Exception, templates: tuple[Path, ...]) -> str:
    """The innermost template line in the error's traceback, in which Jinja replaces Python's lines by its own."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).is_relative_to(folder) for folder in templates):
            return f"{frame.filename}, line {frame.lineno}"
    return f"a template in {templates[0]}"
