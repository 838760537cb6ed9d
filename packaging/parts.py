"""Lists the parts that an installation brings: each distribution with its version, its licence, and the hashes of its files.

It writes packaging/sbom.cdx.json, the bill of materials (CycloneDX 1.5); docs/licences.md; and packaging/requirements.txt, what pip
installs, with hashes, without test tools. It reads the versions and hashes of requirements.txt, and the rest from the environment that `make setup` has made. Within each
part stand the libraries that its wheel brings (libraries.py).
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import libraries
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.txt"
BILL = ROOT / "packaging" / "sbom.cdx.json"
PAGE = ROOT / "docs" / "licences.md"
PINNED = ROOT / "packaging" / "requirements.txt"
OURS = "club-mailer"
# What the packages bring besides the default: PostgreSQL and further machines may be chosen without a download.
EXTRAS = ("cluster",)
# Licences in the words of SPDX, where a distribution uses its own; of two the one that we take.
_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache-2.0 AND MIT": "Apache-2.0 AND MIT",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSF": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
# Those of which only a file in their sources tells it.
_UNTOLD = {"pysqlite3": "Zlib"}
# Under which names the page of a project may be told, the best first.
_PAGES = ("homepage", "home", "source", "source code", "repository", "github", "documentation")
_PAGE = """\
# The parts and their licences

What an installation brings besides this project, by `make parts`; the versions are in `packaging/sbom.cdx.json`, a CycloneDX
bill of materials. The Debian package has both. Below stand the libraries inside them, in C and Rust.

| Part | Licence | What it is |
|---|---|---|"""
_LIBRARIES = """
## The libraries inside them

A fault in one of these is a fault in what runs here, whatever the machine has of its own. Look up its name in the bill: it stands
within the part whose wheel brings it, with its version and its files. A newer version of that part mends it.

A library stands without a version where nothing tells it, and where the wheel took it from the distribution that it was built in,
with that one's own corrections: Cyrus SASL, e2fsprogs, keyutils and libcrypt, which are others for Intel than for ARM, and libXau.
Crates are those that the wheels' own bills list, with those that only the build used; of cbor2, which brings no bill, those that
can be seen in it. The wheels are those for Linux. pysqlite3 has none for ARM: pip compiles it there, and it uses the machine's SQLite.

Python itself isn't a part: mail leaves by the OpenSSL that the machine's Python uses, and the machine's updates mend that one.

| Library | Licence | Inside |
|---|---|---|"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One distribution that an installation brings. `lines` are those of requirements.txt; `inside` is what its wheel holds."""

    name: str
    version: str
    licence: str
    summary: str
    home: str
    lines: str
    inside: list[dict[str, Any]]

    @property
    def purl(self) -> str:
        """Its name for programs (package URL)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def parts() -> list[Part]:
    """Every part, by name. Raises SystemExit naming one that requirements.txt does not have: then it is out of date."""
    locked = _locked(LOCK.read_text(encoding="utf-8"))
    names = set(_closure(OURS, frozenset(EXTRAS)))
    missing = sorted(names - locked.keys())
    if missing:
        sys.exit(f"requirements.txt has no {', '.join(missing)}: make lock, then make setup")
    return [_part(name, *locked[name]) for name in sorted(names)]


def _locked(text: str) -> Mapping[str, tuple[str, str]]:
    """The version and the lines of each distribution of a lock, by its canonical name."""
    found = re.finditer(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)(?:[^\n]*\\\n)(?:[ ]+--hash=.*\n?)+", text, re.MULTILINE
    )
    return {canonicalize_name(match[1]): (match[2], match[0].rstrip("\n")) for match in found}


def _closure(name: str, extras: frozenset[str]) -> Iterator[str]:
    """What a distribution needs here, and what that needs, without itself."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, extras)]
    while waiting:
        name, extras = waiting.pop()
        for line in metadata.requires(name) or ():
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                each = (canonicalize_name(needed.name), frozenset(needed.extras))
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
                    yield each[0]


def _part(name: str, version: str, lines: str) -> Part:
    about = metadata.metadata(name)
    urls = {key.lower(): url for key, _, url in (line.partition(", ") for line in about.get_all("Project-URL") or ())}
    home = about.get("Home-page") or next((urls[key] for key in _PAGES if key in urls), "")
    licence = _licence(about) or _UNTOLD.get(name, "")
    summary = about.get("Summary", "")
    inside = _as_listed(name, version) if libraries.of_another_kind(name) else libraries.inside(name)
    return Part(name=name, version=version, licence=licence, summary=summary, home=home, lines=lines, inside=inside)


def _as_listed(name: str, version: str) -> list[dict[str, Any]]:
    """What the bill says of the wheel that isn't here."""
    for each in json.loads(BILL.read_text(encoding="utf-8"))["components"]:
        if (each["name"], each["version"]) == (name, version):
            return each.get("components", [])
    sys.exit(f"{name} {version} is here, but not by its wheel for Linux: make parts on a machine that has it")


def _licence(about: metadata.PackageMetadata) -> str:
    """By the newest way in which it is told (PEP 639), then by the older ones."""
    if expression := about.get("License-Expression"):
        return expression
    classifiers = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License ::")
    ]
    told = [line for line in classifiers if line != "OSI Approved"] or [
        (about.get("License") or "").partition("\n")[0].strip()
    ]
    return " AND ".join(dict.fromkeys(_SPDX.get(each, each) for each in told))


def requirements(listed: list[Part]) -> str:
    """The lines of the lock."""
    return "".join(f"{part.lines}\n" for part in listed)


def sbom(listed: list[Part], version: str) -> str:
    """The bill of materials."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": OURS, "version": version}},
        "components": [
            {
                "type": "library",
                "bom-ref": part.purl,
                "name": part.name,
                "version": part.version,
                "purl": part.purl,
                "licenses": [{"expression": part.licence}],
                **({"components": part.inside} if part.inside else {}),
            }
            for part in listed
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def licences(listed: list[Part]) -> str:
    """The page, a part a line, then a library a line."""
    lines = [_PAGE]
    for part in listed:
        name = f"[{part.name}]({part.home})" if part.home else part.name
        lines.append(f"| {name} | {part.licence} | {part.summary.replace('|', '/')} |")
    holders: dict[tuple[str, str], list[str]] = {}
    for part in listed:
        for each in part.inside:
            of_one = holders.setdefault((each["name"], each["licenses"][0]["expression"]), [])
            if part.name not in of_one:
                of_one.append(part.name)
    lines.append(_LIBRARIES)
    lines += (f"| {name} | {licence} | {', '.join(of_one)} |" for (name, licence), of_one in sorted(holders.items()))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the three files."""
    listed = parts()
    BILL.write_text(sbom(listed, metadata.version(OURS)), encoding="utf-8")
    PAGE.write_text(licences(listed), encoding="utf-8")
    PINNED.write_text(requirements(listed), encoding="utf-8")


if __name__ == "__main__":
    main()
