"""What a handler answers: a page, another address, or a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A page made from a template with these values; sent while it is made where `streamed`, so that it may be long."""

    page: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    streamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """Another page of ours (303), which shows the notice once."""

    path: str
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file with this name, whole or in pieces; shown in the browser instead where `inline`."""

    name: str
    media_type: str
    content: bytes | Iterable[bytes]
    inline: bool = False


Answer = Show | Go | Download


def show(page: str, /, status: int = 200, **values: object) -> Show:
    """A page made from a template with these values."""
    return Show(page=page, values=values, status=status)


def go(path: str, notice: str = "") -> Go:
    """Another page of ours, with a notice."""
    return Go(path=path, notice=notice)
