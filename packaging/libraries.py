"""Which libraries lie inside the wheels of the parts, each with its version, its licence, and the files that hold it.

A wheel may bring its own bills of materials (PEP 770). From them come the crates and sources that were linked into it; they also
name what a build can do without, and what it borrows of its distribution, so that the others are those whose files were looked
into. What leaves no trace in a file, as some of cbor2's crates, isn't told.
"""

import ctypes
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

# What tells the version of a library that stands in a file.
_Teller = Callable[[Path], str]


def _written(pattern: bytes) -> _Teller:
    """The file has it in its bytes."""

    def version(file: Path) -> str:
        if (found := re.search(pattern, file.read_bytes())) is None:
            sys.exit(f"{file.name} has no {pattern.decode()} any more: look into it, then mend libraries.py")
        return found[1].decode()

    return version


def _named(file: Path) -> str:
    """The file is called by it."""
    return file.name.partition(".so.")[2]


def _billed(name: str) -> _Teller:
    """Pillow's own bill has it."""
    return lambda _: next(each["version"] for _, each in _bills("pillow") if each["name"] == name)


def _libxml2(_: Path) -> str:
    from lxml import etree

    return ".".join(map(str, etree.LIBXML_VERSION))


def _libxslt(_: Path) -> str:
    from lxml import etree

    return ".".join(map(str, etree.LIBXSLT_VERSION))


def _libiconv(file: Path) -> str:
    number = ctypes.c_int.in_dll(ctypes.CDLL(file), "_libiconv_version").value
    return f"{number >> 8}.{number & 0xFF}"


def _zlib(file: Path) -> str:
    version = ctypes.CDLL(file).zlibVersion
    version.restype = ctypes.c_char_p
    return version().decode()


def _libpq(file: Path) -> str:
    major, minor = divmod(ctypes.CDLL(file).PQlibVersion(), 10000)
    return f"{major}.{minor}"


def _openldap(file: Path) -> str:
    """By LDAP_OPT_API_INFO (0), whose last field is the vendor's version, 20616 for 2.6.16."""

    class Info(ctypes.Structure):
        _fields_ = (
            *((name, ctypes.c_int) for name in ("info", "api", "protocol")),
            *(("extensions", ctypes.c_void_p), ("vendor", ctypes.c_char_p), ("version", ctypes.c_int)),
        )

    info = Info(info=1)
    ctypes.CDLL(file).ldap_get_option(None, 0, ctypes.byref(info))
    return f"{info.version // 10000}.{info.version // 100 % 100}.{info.version % 100}"


def _sqlite(_: Path) -> str:
    import pysqlite3

    return pysqlite3.sqlite_version


def _libyaml(_: Path) -> str:
    from yaml._yaml import get_version_string

    return get_version_string()


def _crate(name: str) -> _Teller:
    """The path of its source stands in the file, for panics."""
    return _written(rb"/registry/src/[^/]+/%s-(\d[\d.]*)/" % name.encode())


@dataclass(frozen=True, slots=True)
class _Library:
    """One whose files were looked into. `files` are patterns below site-packages, the first of a file that tells the version.

    Without a `version`: nothing tells it, or the wheel took it from the distribution that it was built in, which corrects its
    versions by itself and may be another one for each kind of machine.
    """

    name: str
    licence: str
    files: tuple[str, ...]
    version: _Teller | None = None
    kind: str = "generic"


_ETREE = ("lxml/etree.*.so",)
_LXML = (*_ETREE, "lxml/objectify.*.so")
_CBOR2 = ("cbor2/_cbor2.*.so",)
_AVIF = ("pillow.libs/libavif-*",)
# The licences are those of the wheel's licence files (lxml, pillow, aiohttp); where it says none, or an older one than that of the
# version inside, those of the project's own sources, or of Debian's copyright files (keyutils, libcrypt).
_LOOKED_INTO = {
    "aiohttp": (_Library("llhttp", "MIT", ("aiohttp/_http_parser.*.so",)),),
    "argon2-cffi-bindings": (_Library("argon2", "CC0-1.0 OR Apache-2.0", ("_argon2_cffi_bindings/_ffi.*.so",)),),
    "cbor2": tuple(
        _Library(name, "MIT OR Apache-2.0", _CBOR2, _crate(name), kind="cargo")
        for name in ("bigdecimal", "num-bigint", "once_cell", "pyo3", "pyo3-ffi")
    ),
    "cffi": (_Library("libffi", "MIT", ("_cffi_backend.*.so",)),),
    "lxml": (
        _Library("libiconv", "LGPL-2.1-or-later", _LXML, _libiconv),
        _Library("libxml2", "MIT", _LXML, _libxml2),
        _Library("libxslt", "MIT", _ETREE, _libxslt),
        _Library("zlib", "Zlib", _LXML, _zlib),
    ),
    # Its bill also names libimagequant, which isn't built in, and zlib and FriBiDi, which it takes from the machine.
    "pillow": (
        _Library("aom", "BSD-2-Clause", _AVIF, _written(rb"AV1 Encoder (\d[\d.]*)")),
        _Library("brotli", "MIT", ("pillow.libs/libbrotli*",), _named),
        _Library("bzip2", "bzip2-1.0.6", ("pillow.libs/libfreetype-*",), _written(rb"(\d[\d.]*), \d+-\w+-\d{4}")),
        _Library("dav1d", "BSD-2-Clause", _AVIF, _written(rb"(\d+\.\d+\.\d+)-\d+-g[0-9a-f]+\0")),
        _Library("freetype", "FTL", ("pillow.libs/libfreetype-*",), _billed("FreeType")),
        _Library(
            "harfbuzz",
            "MIT-Modern-Variant",
            ("pillow.libs/libharfbuzz-*",),
            _billed("HarfBuzz"),
        ),
        _Library("lcms2", "MIT", ("pillow.libs/liblcms2-*",), _billed("Little CMS 2")),
        _Library("libavif", "BSD-2-Clause", _AVIF, _billed("libavif")),
        _Library(
            "libjpeg-turbo",
            "IJG AND BSD-3-Clause AND Zlib",
            ("pillow.libs/libjpeg-*",),
            _written(rb"libjpeg-turbo version (\d[\d.]*)"),
        ),
        _Library("libpng", "libpng-2.0", ("pillow.libs/libpng16-*",), _written(rb"libpng version (\d[\d.]*)")),
        _Library("libtiff", "libtiff", ("pillow.libs/libtiff-*",), _written(rb"LIBTIFF, Version (\d[\d.]*)")),
        _Library(
            "libwebp",
            "BSD-3-Clause",
            ("pillow.libs/libwebp*", "pillow.libs/libsharpyuv-*"),
            _billed("libwebp"),
        ),
        _Library("libxau", "MIT-open-group", ("pillow.libs/libXau-*",)),
        _Library("libxcb", "X11", ("pillow.libs/libxcb-*",), _billed("libxcb")),
        _Library("libyuv", "BSD-3-Clause", _AVIF),
        _Library("openjpeg", "BSD-2-Clause", ("pillow.libs/libopenjp2-*",), _named),
        _Library("raqm", "MIT", ("PIL/_imagingft.*.so",), _billed("raqm")),
        _Library("xz", "0BSD", ("pillow.libs/liblzma-*",), _named),
        _Library("zstd", "BSD-3-Clause OR GPL-2.0-only", ("pillow.libs/libzstd-*",), _named),
    ),
    "psycopg-binary": (
        _Library("cyrus-sasl", "BSD-Attribution-HPND-disclaimer", ("psycopg_binary.libs/libsasl2-*",)),
        _Library("e2fsprogs", "MIT", ("psycopg_binary.libs/libcom_err-*.so.2.*",)),
        _Library("keyutils", "LGPL-2.0-or-later", ("psycopg_binary.libs/libkeyutils-*",)),
        _Library(
            "krb5",
            "MIT",
            (
                *("psycopg_binary.libs/libkrb5-*", "psycopg_binary.libs/libkrb5support-*"),
                *("psycopg_binary.libs/libk5crypto-*", "psycopg_binary.libs/libgssapi_krb5-*"),
                "psycopg_binary.libs/libcom_err-*.so.3.*",
            ),
            _written(rb"KRB5_BRAND: krb5-(\d[\d.]*)"),
        ),
        _Library("libcrypt", "LGPL-2.1-or-later", ("psycopg_binary.libs/libcrypt-*",)),
        _Library("libpq", "PostgreSQL", ("psycopg_binary.libs/libpq-*",), _libpq),
        _Library(
            "openldap", "OLDAP-2.8", ("psycopg_binary.libs/libldap-*", "psycopg_binary.libs/liblber-*"), _openldap
        ),
        _Library(
            "openssl",
            "Apache-2.0",
            ("psycopg_binary.libs/libcrypto-*", "psycopg_binary.libs/libssl-*"),
            _written(rb"OpenSSL (\d+\.\d+\.\d+) "),
        ),
    ),
    "pysqlite3": (_Library("sqlite", "blessing", ("pysqlite3/_sqlite3.*.so",), _sqlite),),
    "pyyaml": (_Library("libyaml", "MIT", ("yaml/_yaml.*.so",), _libyaml),),
}
# Those of which a bill tells no licence.
_UNTOLD = {"openssl": "Apache-2.0"}


def of_another_kind(part: str) -> bool:
    """Whether a part is none of the wheels for Linux with glibc, into which was looked, but compiled here or for another system."""
    return not re.search(
        r"^Tag: .*(manylinux|-any$)", metadata.distribution(part).read_text("WHEEL") or "", re.MULTILINE
    )


def inside(part: str) -> list[dict[str, Any]]:
    """The libraries inside the wheel of a part as CycloneDX has them, by name."""
    found = [*_looked_into(part), *_told(part)]
    return sorted(found, key=lambda each: (each["name"], each.get("version", "")))


def files(part: str, patterns: tuple[str, ...]) -> list[Path]:
    """The files of a part that a pattern below site-packages names."""
    return [each.locate() for pattern in patterns for each in metadata.files(part) or () if each.match(pattern)]


def _looked_into(part: str) -> Iterator[dict[str, Any]]:
    for library in _LOOKED_INTO.get(part, ()):
        version = library.version and library.version(files(part, library.files)[0])
        purl = f"pkg:{library.kind}/{library.name}" + (f"@{version}" if version else "")
        yield _component(part, library.name, version, purl, library.licence, library.files)


def _told(part: str) -> Iterator[dict[str, Any]]:
    for file, each in _bills(part):
        purl, _, source = each.get("purl", "").partition("?")
        # A crate of a local path is the part itself.
        if purl.startswith(("pkg:cargo/", "pkg:generic/")) and "download_url=file:" not in source:
            licence = each["licenses"][0]["expression"] if "licenses" in each else _UNTOLD[each["name"]]
            yield _component(part, each["name"], each["version"], purl, licence, (file,))


def _bills(part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each component of the bills that a wheel brings, with the bill's file."""
    for file in metadata.files(part) or ():
        if file.match("*.dist-info/sboms/*.json"):
            for each in json.loads(file.read_text(encoding="utf-8"))["components"]:
                yield file.as_posix(), each


def _component(
    part: str, name: str, version: str | None, purl: str, licence: str, places: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"{part}#{purl}",
        "name": name,
        **({"version": version} if version else {}),
        "purl": purl,
        "licenses": [{"expression": licence}],
        "evidence": {"occurrences": [{"location": place} for place in places]},
    }
