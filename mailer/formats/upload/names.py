"""Says which names of uploaded files are safe, which are left out, and which clash."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from unicodedata import normalize

LONGEST_NAME = 200  # octets; file systems take 255, and the temporary name of a folder is longer
_DRIVE = re.compile(r"^[A-Za-z]:")
_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})  # what macOS and Windows put beside people's files
_RESERVED = '<>:"|?*'  # Windows takes none of these, and the editors' folder may be shared with it


def fault_of_name(name: str) -> str:
    """Why a path inside an archive is not safe to write, and what to do; empty for a safe one.

    Folders are separated by `/`, and the path does not end with one.
    """
    parts = name.split("/")
    if "\\" in name:
        return "its name has a backslash; pack the folder with another program"
    if name.startswith("/") or _DRIVE.match(name):
        return "its name is a path from the root of a disk; pack the folder itself"
    if any(part.startswith("..") for part in parts):
        return "its name leads out of the folder; pack the folder itself"
    if any(not part or part == "." for part in parts):
        return "its name has an empty part; rename it"
    if not name.isprintable():
        return "its name has characters that names must not have; rename it"
    if any(set(part) & set(_RESERVED) or part != part.strip() or part.endswith(".") for part in parts):
        return f"its name begins or ends with a space or dot, or has one of {_RESERVED}; rename it"
    if any(len(part.encode()) > LONGEST_NAME for part in parts):
        return "its name is too long; rename it"
    return ""


def is_litter(name: str) -> bool:
    """Whether a path is hidden, or one that macOS or Windows adds by itself: it is left out without a word."""
    parts = [part for part in PurePosixPath(name).parts if not part.startswith("..")]
    return any(part.startswith(".") or part.casefold() in _LITTER for part in parts)


def clashes(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each name that is the same as an earlier one, or differs only in case or in Unicode's form; with the earlier one."""
    earlier: dict[str, str] = {}
    for name in names:
        plain = normalize("NFC", name).casefold()
        if plain in earlier:
            yield name, earlier[plain]
        earlier.setdefault(plain, name)


def decoded_name(name: str, *, is_utf8: bool) -> str:
    """The name of a file in an archive as its maker wrote it, in Unicode's form NFC.

    Python reads a name without the mark for UTF-8 as CP437 (APPNOTE 6.3.10 §4.4.4, bit 11). It is UTF-8 all the same
    where macOS packed it, else CP866, which Windows uses in Russian.
    """
    if is_utf8 or name.isascii():
        return normalize("NFC", name)
    octets = name.encode("cp437")
    try:
        return normalize("NFC", octets.decode())
    except UnicodeDecodeError:
        return normalize("NFC", octets.decode("cp866"))
