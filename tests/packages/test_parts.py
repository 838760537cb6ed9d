"""What an installation brings is listed with versions and licences, and we may pass all of it on."""

import importlib
import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from packaging.licenses import canonicalize_license_expression

ROOT = Path(__file__).parents[2]
# What permits to pass a part on with ours, whoever asks; the last ones ask that their own sources stay available.
ALLOWED = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSD-Attribution-HPND-disclaimer",
        "FTL",
        "IJG",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MIT-Modern-Variant",
        "MIT-open-group",
        "OLDAP-2.8",
        "PSF-2.0",
        "PostgreSQL",
        "Unicode-3.0",
        "Unicode-DFS-2016",
        "Unlicense",
        "X11",
        "Zlib",
        "blessing",
        "bzip2-1.0.6",
        "libpng-2.0",
        "libtiff",
    ),
    *("LGPL-2.0-or-later", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"),
}
# Parts with modules in C that hold nothing of others.
OWN_C = {"chardet", "charset-normalizer", "frozenlist", "markupsafe", "multidict", "propcache", "sqlalchemy", "yarl"}


@pytest.fixture(scope="module")
def parts() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "packaging")
        yield importlib.import_module("parts")


@pytest.fixture(scope="module")
def libraries(parts: ModuleType) -> ModuleType:
    return parts.libraries


@pytest.fixture(scope="module")
def listed(parts: ModuleType) -> list:
    return parts.parts()


def places(library: dict) -> tuple[str, ...]:
    return tuple(each["location"] for each in library["evidence"]["occurrences"])


def permitted(expression: str) -> bool:
    """An exception (WITH) only permits more."""
    assert canonicalize_license_expression(expression) == expression
    words = re.findall(r"[()]|[^\s()]+", re.sub(r" WITH \S+", "", expression))
    return eval(" ".join(each.lower() if each in {"AND", "OR", "(", ")"} else str(each in ALLOWED) for each in words))


def test_the_lists_are_those_of_the_lock(parts: ModuleType, listed: list):
    for file, text in (
        (parts.BILL, parts.sbom(listed, metadata.version("club-mailer"))),
        (parts.PAGE, parts.licences(listed)),
        (parts.PINNED, parts.requirements(listed)),
    ):
        assert file.read_text(encoding="utf-8") == text, f"{file.name} is out of date: make parts"


def test_every_part_has_a_licence_that_lets_us_pass_it_on(listed: list):
    for part in listed:
        assert permitted(part.licence), f"{part.name}: {part.licence!r}"
        for library in part.inside:
            licence = library["licenses"][0]["expression"]
            assert permitted(licence), f"{library['name']} in {part.name}: {licence!r}"


def test_what_is_installed_is_what_the_project_asks_for_and_no_tool_of_the_tests(listed: list):
    names = {part.name for part in listed}
    wanted = [line for line in metadata.requires("club-mailer") if "extra ==" not in line]
    assert {re.match(r"[\w-]+", line)[0].lower() for line in wanted} <= names
    assert "psycopg-binary" in names  # PostgreSQL needs no further download
    assert names.isdisjoint({"pytest", "ruff", "mypy", "hypothesis", "pipx", "club-mailer"})
    versions = {part.name: part.version for part in listed}
    assert all(metadata.version(name) == version for name, version in versions.items())


def test_pip_gets_every_file_with_its_hash(listed: list):
    for part in listed:
        first, *hashes = part.lines.splitlines()
        assert re.match(rf"{re.escape(part.name)}(\[.*\])?=={re.escape(part.version)}( ; .*)? \\$", first), first
        assert hashes
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes)


def test_the_bill_is_one(listed: list):
    bill = json.loads((ROOT / "packaging" / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    inside = [library for each in bill["components"] for library in each.get("components", ())]
    assert len({each["bom-ref"] for each in (*bill["components"], *inside)}) == len(bill["components"]) + len(inside)
    assert len(bill["components"]) == len(listed)


def test_every_library_that_a_wheel_brings_is_listed_with_its_files(listed: list, libraries: ModuleType):
    for part in listed:
        if not libraries.of_another_kind(part.name):
            binary = [file for file in metadata.files(part.name) if re.search(r"\.(so|libs)\b", file.as_posix())]
            beside = [file for file in binary if file.parts[0].endswith(".libs")]
            patterns = [place for library in part.inside for place in places(library)]
            unlisted = [file.as_posix() for file in beside if not any(file.match(place) for place in patterns)]
            assert not unlisted, f"{part.name} holds them: which libraries are they? say it in packaging/libraries.py"
            assert bool(part.inside) == (bool(binary) and part.name not in OWN_C), f"{part.name}: what is in {binary}?"
            assert all(libraries.files(part.name, (place,)) for place in patterns), part.name


def test_the_versions_are_those_that_the_libraries_tell(listed: list):
    import psycopg
    from cryptography.hazmat.backends.openssl import backend
    from PIL import features

    told = {(part.name, each["name"]): each.get("version") for part in listed for each in part.inside}
    assert backend.openssl_version_text().split()[1] == told["cryptography", "openssl"]
    major, minor = told["psycopg-binary", "libpq"].split(".")
    assert psycopg.pq.version() == int(major) * 10000 + int(minor)
    for name, feature in (
        *(("freetype", "freetype2"), ("harfbuzz", "harfbuzz"), ("libavif", "avif"), ("raqm", "raqm")),
        *(("libjpeg-turbo", "libjpeg_turbo"), ("libtiff", "libtiff"), ("libwebp", "webp"), ("openjpeg", "jpg_2000")),
    ):
        assert features.version(feature) == told["pillow", name], name


def test_what_a_wheel_took_from_a_distribution_is_listed_without_a_version(listed: list):
    """It's another one for each kind of machine, and its version doesn't tell what the distribution corrected."""
    for part in listed:
        told = {each["version"] for each in part.inside if "version" in each}
        for file in metadata.files(part.name):
            if file.match("sboms/auditwheel.cdx.json"):
                bill = json.loads(file.read_text(encoding="utf-8"))["components"]
                borrowed = {each["version"].partition("-")[0] for each in bill if each["purl"].startswith("pkg:rpm/")}
                assert borrowed
                assert told.isdisjoint(borrowed), part.name


def test_a_part_that_has_no_wheel_for_this_machine_stays_listed_as_it_is(
    parts: ModuleType, listed: list, libraries: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    distribution = metadata.distribution("pysqlite3")
    for tag in ("linux_aarch64", "macosx_11_0_arm64", "musllinux_1_2_x86_64"):
        monkeypatch.setattr(
            distribution, "read_text", lambda _, tag=tag: f"Wheel-Version: 1.0\nTag: cp311-cp311-{tag}\n"
        )
        monkeypatch.setattr(libraries.metadata, "distribution", lambda _: distribution)
        assert libraries.of_another_kind("pysqlite3"), tag
    monkeypatch.undo()
    monkeypatch.setattr(libraries, "of_another_kind", lambda part: part == "pysqlite3")
    monkeypatch.setattr(libraries, "_sqlite", None)  # what is compiled isn't asked
    assert parts.parts() == listed
    monkeypatch.setattr(parts, "BILL", tmp_path / "bill.json")
    parts.BILL.write_text('{"components": []}', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"pysqlite3 .* not by its wheel for Linux: make parts on a machine"):
        parts.parts()
