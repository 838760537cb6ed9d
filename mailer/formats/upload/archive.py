"""Opens an uploaded .zip archive without trusting it: names, sizes and kinds are judged before a file is unpacked."""

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailer.domain.errors import BadInput
from mailer.domain.folder_limits import BIGGEST_FILE, BIGGEST_FOLDER
from mailer.domain.problems import Problems
from mailer.formats.upload.names import decoded_name, is_litter

# Of an archive: the files of a folder, what macOS adds to each, and its folders.
MAX_ENTRIES = 400
# Texts shrink to a third, and pictures hardly. What shrinks more is no issue.
MOST_SHRUNK = 100
_SMALL = 1024 * 1024  # bytes that may be unpacked from an archive of any size
_MEGABYTE = 1024 * 1024
_ENTRY = b"PK\x01\x02"  # begins each entry of an archive's directory (APPNOTE 6.3.10 §4.3.12)
_UTF8 = 0x800  # of an entry's flags: its name is UTF-8
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # of the content, strongly, of the directory
# What zipfile and its decompressors raise for a damaged file or one packed in another way.
_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, LookupError),
    *(ValueError, TypeError, AttributeError, OSError, ArithmeticError),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of an upload, by its path; its content is read only once every path was judged."""

    path: str
    read: Callable[[], bytes]


def is_archive(content: bytes) -> bool:
    """Whether these bytes are meant to be a .zip archive, as their first say (also of an empty one)."""
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def entries_of(archive: str, content: bytes) -> list[Entry]:
    """The files of an archive, without those that macOS and Windows add by themselves. Nothing is unpacked yet.

    Raises BadInput, naming the archive, with everything that keeps it from being unpacked.
    """
    if content.count(_ENTRY) > MAX_ENTRIES:
        raise BadInput(f"{archive}: it holds more than {MAX_ENTRIES} files; pack the folder of one issue")
    try:
        opened = zipfile.ZipFile(io.BytesIO(content))
        named = _named(opened.infolist())
    except _ERRORS as error:
        raise BadInput(f"{archive}: it cannot be opened ({error}); pack the folder again") from error
    chosen = [(name, info) for name, info in named if not is_litter(name)]
    problems = Problems()
    for name, info in chosen:
        if fault := _fault(info):
            problems.add(f"{name}: {fault}")
    if fault := _size_fault([info for _, info in chosen], len(content)):
        problems.add(f"{archive}: {fault}")
    problems.refuse_if_any()
    return [Entry(path=name, read=_reader(opened, name, info)) for name, info in chosen]


def _named(infos: Sequence[zipfile.ZipInfo]) -> list[tuple[str, zipfile.ZipInfo]]:
    """The files with their paths. Where no name has a slash, backslashes stand for it, as some Windows programs write."""
    names = [_name(info) for info in infos]
    if not any("/" in name for name in names):
        names = [name.replace("\\", "/") for name in names]
    return [(name, info) for name, info in zip(names, infos, strict=True) if not name.endswith("/")]


def _name(info: zipfile.ZipInfo) -> str:
    """The path of an entry: `filename` is cut at a zero and has slashes changed, so the original is read."""
    return decoded_name(info.orig_filename, is_utf8=bool(info.flag_bits & _UTF8))


def _fault(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16  # of an archive made by Unix (APPNOTE 6.3.10 §4.4.15); 0 by others
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted; pack the folder without a password"
    if stat.S_ISLNK(mode):
        return "it is a link; put the file itself there"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "it is not a plain file; leave it out"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "it is packed in a way that is not read; pack the folder as an ordinary .zip"
    if info.file_size > BIGGEST_FILE:
        return f"it has more than {BIGGEST_FILE // _MEGABYTE} MB; make it smaller"
    return ""


def _size_fault(infos: Sequence[zipfile.ZipInfo], packed: int) -> str:
    size = sum(info.file_size for info in infos)
    if size > BIGGEST_FOLDER:
        return f"its files have more than {BIGGEST_FOLDER // _MEGABYTE} MB together; take out what is not the issue's"
    if size > max(_SMALL, packed * MOST_SHRUNK):
        return f"its files are more than {MOST_SHRUNK} times larger than the archive, which no issue is; pack the folder again"
    return ""


def _reader(opened: zipfile.ZipFile, name: str, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            # No more is unpacked than the size that the entry names, which was judged, and one byte to compare the
            # checksum at its end. `ZipFile.read` would unpack all there is, up to 2 GB, and cut it afterwards.
            with opened.open(info) as packed:
                return packed.read(info.file_size + 1)
        except _ERRORS as error:
            raise BadInput(f"{name}: it is damaged ({error}); pack the folder again") from error

    return read
