"""Decodes a CSV file: UTF-8, UTF-16, or the code page that was named or that its words show."""

from dataclasses import dataclass

from mailer.domain.errors import BadInput
from mailer.domain.remedy import Action
from mailer.formats.register.code_page import CODE_PAGES, PossibleText, readings

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_GARBLED_MARKS = tuple(b"\xef\xbb\xbf".decode(encoding) for encoding in ("cp1252", "cp1251", "cp1250", "mac-roman"))
_SAMPLES = 3  # words of the file that a note shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The text of a file; its encoding is named in `remarks` where it is a usual one, in `warnings` where it is not."""

    text: str
    encoding: str
    remarks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def decode(file: str, content: bytes, encoding: str | None) -> Decoded:
    """The text of the file, with its encoding if that was neither named before nor is UTF-8.

    Raises BadInput for a file that is no text, is broken, or may be read in several ways.
    """
    if encoding:
        return Decoded(text=_decoded(file, content, encoding), encoding=encoding)
    by_mark = next((name for mark, name in _BOMS if content.startswith(mark)), None) or _utf16_without_mark(content)
    if by_mark:
        remarks = () if by_mark == "utf-8-sig" else (f"{file} is read as {by_mark.upper()}",)
        return Decoded(text=_decoded(file, content, by_mark), encoding=by_mark, remarks=remarks)
    if b"\0" in content:
        raise BadInput(f"{file}, line {_line(content, content.index(0))}: it has a NUL byte; save it as CSV in UTF-8.")
    try:
        return Decoded(text=_without_garbled_mark(content.decode()), encoding="utf-8")
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(file, content, error.start)
    return _in_code_page(file, content)


def _decoded(file: str, content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise BadInput(f"{encoding} is not an encoding; write for example utf-8, cp1251, cp1252 or koi8-r.") from error
    except UnicodeDecodeError as error:
        line = _line(content, error.start)
        octet = content[error.start : error.start + 1].hex().upper()
        raise BadInput(f"{file}, line {line}: the byte {octet} is not {encoding.upper()}; name another one.") from error
    return text.removeprefix("\ufeff")


def _without_garbled_mark(text: str) -> str:
    """The text without the mark of UTF-8 that another program took for letters; the words behind it show the rest."""
    return next((text.removeprefix(mark) for mark in _GARBLED_MARKS if text.startswith(mark)), text)


def _utf16_without_mark(content: bytes) -> str | None:
    """UTF-16 whose letters are mostly ASCII has a NUL in every second place, and only there."""
    low, high = content[0::2].count(0), content[1::2].count(0)
    if max(low, high) * 4 < len(content):
        return None
    return "utf-16-le" if low == 0 else "utf-16-be" if high == 0 else None


def _in_code_page(file: str, content: bytes) -> Decoded:
    choices = [reading for reading in readings(content) if reading.makes_sense]
    if not choices:
        raise BadInput(f"{file} is neither XLSX nor CSV in a known encoding; save it as CSV in UTF-8.")
    if len(choices) > 1:
        listed = "; ".join(f"{reading.page.label}: {_sample(reading, choices)}" for reading in choices)
        ways = [Action.NAME_ENCODING.of(reading.page.encoding) for reading in choices]
        raise BadInput(f"{file} can be read as {listed}; save it as CSV in UTF-8", *ways)
    [reading] = choices
    sample = _sample(reading, choices)
    note = f"{file} is read as {reading.page.label}: {sample}; if these words are wrong, save it as CSV in UTF-8"
    if reading.page is CODE_PAGES[0]:
        return Decoded(text=reading.text, encoding=reading.page.encoding, remarks=(note,))
    return Decoded(text=reading.text, encoding=reading.page.encoding, warnings=(f"{note}.",))


def _sample(reading: PossibleText, choices: list[PossibleText]) -> str:
    """Some words of the reading, those first that the others read otherwise."""
    others = [set(choice.words) for choice in choices if choice is not reading]
    words = sorted(reading.words, key=lambda word: all(word in other for other in others) if others else False)
    return ", ".join(words[:_SAMPLES])


def _refuse_broken_utf8(file: str, content: bytes, at: int) -> None:
    """Raise BadInput if the file is UTF-8 with a broken byte at this place, since a code page rarely looks like UTF-8.

    Read in a code page because of one byte, the file would change the names of all people.
    """
    text = content.decode(errors="surrogateescape")
    flaws = sum("\udc80" <= character <= "\udcff" for character in text)
    if len(content) - sum(octet < 0x80 for octet in content) > 2 * flaws:
        raise BadInput(
            f"{file}, line {_line(content, at)}: the byte {content[at]:02X} is not UTF-8, though most of the file is; "
            "is the file complete? Save it as UTF-8 again."
        )


def _line(content: bytes, at: int) -> int:
    return len(content[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
