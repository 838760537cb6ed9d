"""Opens the folder of templates that a newsletter's mail is made from, and names file and line of what is wrong there."""

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from jinja2.sandbox import SandboxedEnvironment

from mailer.domain.errors import BadInput

SYSTEM = "system"  # the folder of the letters to secretary and operator, which is no newsletter's
BASE = "_base"  # the folder of what every template shares; a newsletter's own folder may replace a file of it


def environment(
    templates: Path, name: str, *, autoescape: bool, finalize: Callable[[object], object] | None = None
) -> SandboxedEnvironment:
    """Jinja over `templates/<name>` and, behind it, `templates/_base`: a missing value is an error, code is sandboxed.

    Raises BadInput when there is no such folder, or it is not one for a newsletter (`_base` and `system`).
    """
    folder = templates / name
    if name == SYSTEM:
        raise BadInput(f"{folder} is for the service's own letters: name another folder as `template`")
    if Path(name).name != name or name.startswith((".", "_")) or not name or not folder.is_dir():
        raise BadInput(f"there is no template folder '{name}' in {templates}: make it, or name another as `template`")
    return SandboxedEnvironment(
        loader=FileSystemLoader([folder, templates / BASE]),
        undefined=StrictUndefined,
        autoescape=autoescape,
        finalize=finalize,
        bytecode_cache=_COMPILED[autoescape, finalize],
        trim_blocks=True,
        lstrip_blocks=True,
    )


class _Compiled(BytecodeCache):
    """The code that each template file was last compiled to: every edition opens them anew, and compiling is slow.

    Jinja reads the file all the same, and compiles it again when it has changed.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in the code, unless the file has changed since it was compiled."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code with the checksum of the file."""
        self._codes[bucket.key] = (bucket.checksum, bucket.code)


# One for each set of options that decide what a template is compiled to.
_COMPILED: dict[tuple[bool, Callable[[object], object] | None], _Compiled] = defaultdict(_Compiled)


@contextmanager
def naming_mistakes(*templates: Path) -> Iterator[None]:
    """Whatever Jinja finds wrong within these folders becomes a BadInput that names the template file and its line."""
    try:
        yield
    except TemplateNotFound as error:
        raise BadInput(f"the template {error.name} is missing in {templates[0]}: write it") from error
    except TemplateSyntaxError as error:
        where = f"{error.filename or error.name}, line {error.lineno}"
        raise BadInput(f"{where}: {error.message}; mend the template") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise BadInput(f"{_place(error, templates)}: {error}; mend the template") from error


def _place(error: Exception, templates: tuple[Path, ...]) -> str:
    """The innermost line of a template in the error's traceback; Jinja writes its own lines over Python's there."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).is_relative_to(folder) for folder in templates):
            return f"{frame.filename}, line {frame.lineno}"
    return f"a template in {templates[0]}"
