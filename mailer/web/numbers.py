"""Reads the whole numbers in addresses, forms and cookies; one with more digits than any id or serial has is none."""

from starlette.convertors import Convertor, register_url_convertor

from mailer.pipeline.context import LONGEST_SERIAL

DIGITS = LONGEST_SERIAL


def whole_number(text: str) -> int | None:
    """The number that stands there; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


class _WholeNumber(Convertor[int]):
    """A number in a path. There is no page at a longer one."""

    regex = f"[0-9]{{1,{DIGITS}}}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


def bound_numbers_in_paths() -> None:
    """Let `{name:int}` in the path of a route stand for such a number; the framework's takes digits without end."""
    register_url_convertor("int", _WholeNumber())
