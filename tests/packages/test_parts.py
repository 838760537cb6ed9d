"""What an installation brings is listed with versions and licences, and we may pass all of it on."""

import importlib.util
import json
import re
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
# What permits to pass a part on with ours, whoever asks; the last ones ask that their own sources stay available.
ALLOWED = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    ),
    *("LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"),
}


@pytest.fixture(scope="module")
def parts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("parts", ROOT / "packaging" / "parts.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["parts"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


def test_the_lists_are_those_of_the_lock(parts: ModuleType):
    listed = parts.parts()
    for file, text in (
        ("packaging/sbom.cdx.json", parts.sbom(listed, metadata.version("club-mailer"))),
        ("docs/licences.md", parts.licences(listed)),
        ("packaging/requirements.txt", parts.requirements(listed)),
    ):
        assert (ROOT / file).read_text(encoding="utf-8") == text, f"{file} is out of date: make parts"


def test_every_part_has_a_licence_that_lets_us_pass_it_on(parts: ModuleType):
    for part in parts.parts():
        all_of = part.licence.split(" AND ")
        assert all(ALLOWED & set(each.split(" OR ")) for each in all_of), f"{part.name}: {part.licence!r}"


def test_what_is_installed_is_what_the_project_asks_for_and_no_tool_of_the_tests(parts: ModuleType):
    names = {part.name for part in parts.parts()}
    wanted = [line for line in metadata.requires("club-mailer") if "extra ==" not in line]
    assert {re.match(r"[\w-]+", line)[0].lower() for line in wanted} <= names
    assert "psycopg-binary" in names  # PostgreSQL needs no further download
    assert names.isdisjoint({"pytest", "ruff", "mypy", "hypothesis", "pipx", "club-mailer"})
    versions = {part.name: part.version for part in parts.parts()}
    assert all(metadata.version(name) == version for name, version in versions.items())


def test_pip_gets_every_file_with_its_hash(parts: ModuleType):
    for part in parts.parts():
        first, *hashes = part.lines.splitlines()
        assert re.match(rf"{re.escape(part.name)}(\[.*\])?=={re.escape(part.version)}( ; .*)? \\$", first), first
        assert hashes
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in hashes)


def test_the_bill_is_one(parts: ModuleType):
    bill = json.loads((ROOT / "packaging" / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert len({each["bom-ref"] for each in bill["components"]}) == len(bill["components"]) == len(parts.parts())
