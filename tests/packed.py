"""Archives as people and their enemies pack them."""

import io
import stat
import struct
import zipfile
from collections.abc import Mapping, Sequence

PNG = b"\x89PNG\r\n\x1a\n"
EN = b"---\nstatus: draft\n---\n\nA lamp.\n"


def packed(files: Mapping[str, bytes] | Sequence[tuple[str, bytes]], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A .zip archive with these files, by path; the same path may stand there twice."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            entry = zipfile.ZipInfo("placeholder")
            entry.filename = name  # as it stands: ZipInfo itself would change it
            entry.compress_type = how
            archive.writestr(entry, content)
    return stream.getvalue()


def packed_with(name: str, content: bytes, **attributes: int) -> bytes:
    """An archive of a text and one odd entry, whose fields are these."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("2018-07/en.md", EN)
        entry = zipfile.ZipInfo(name)
        for attribute, value in attributes.items():
            setattr(entry, attribute, value)
        archive.writestr(entry, content)
    return stream.getvalue()


def a_link(name: str, target: str) -> bytes:
    """An archive of a text and a symbolic link."""
    return packed_with(name, target.encode(), create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16)


def with_password() -> bytes:
    """An archive whose entry says that it is encrypted."""
    content = bytearray(packed({"2018-07/en.md": EN}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(signature) + offset
        content[place] |= 1
    return bytes(content)


def with_raw_name(name: bytes, content: bytes = EN) -> bytes:
    """An archive whose only entry has these octets as its path, without the mark for UTF-8."""
    placeholder = "x" * len(name)
    return packed({placeholder: content}, zipfile.ZIP_STORED).replace(placeholder.encode(), name)


def a_lying_bomb(size: int) -> bytes:
    """An archive whose entry unpacks to this many zeros and says that it has ten octets."""
    content = bytearray(packed({"2018-07/en.md": bytes(size)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(signature) + offset
        content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)
