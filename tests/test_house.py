"""The house stands as it was drawn: sizes, names, layers, what is pinned and what a wheel carries."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "mailer").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST = 300
UNWANTED = {"utils", "helpers", "common", "models", "services", "core", "util", "helper", "misc"}
# Each library and the rooms that may import it.
ROOMS = {
    "sqlalchemy": {"store"},
    "pysqlite3": {"store"},
    "PIL": {"formats"},
    "alembic": {"store"},
    "aiohappyeyeballs": {"gateways"},
    "aiosmtplib": {"gateways"},
    "aiosmtpd": {"gateways"},
    "fsspec": {"gateways"},
    "imap_tools": {"gateways"},
    "paramiko": {"gateways"},
    "aiohttp": {"gateways"},
    "jinja2": {"formats", "web"},
    "markupsafe": {"formats", "texts", "web"},
    "premailer": {"formats"},
    "cssutils": {"formats"},
    "markdown_it": {"formats"},
    "mdit_py_plugins": {"formats"},
    "frontmatter": {"formats"},
    "yaml": {"formats"},
    "email_validator": {"formats"},
    "openpyxl": {"formats"},
    "babel": {"formats", "texts"},
    "lxml": {"formats"},
    "cryptography": {"formats"},
    "dns": {"gateways"},
    "prometheus_client": {"formats"},
    "publicsuffixlist": {"formats"},
    "apscheduler": {"alarm_clock"},
    "cronsim": {"formats"},
    "argon2": {"formats"},
    "pyotp": {"formats"},
    "webauthn": {"formats"},
    "segno": {"formats"},
    "starlette": {"web"},
    "sse_starlette": {"web"},
    "uvicorn": {"web"},
    "procrastinate": {"gateways"},
    "psycopg": {"gateways", "store"},
    "pydantic": {"config", "web"},
    "pydantic_settings": {"config"},
    "typer": {"cli"},
    "click": {"cli"},
    "rich": {"cli"},
}


def named(path):
    return str(path.relative_to(ROOT))


def imported(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


def test_a_module_is_short_and_opens_with_a_sentence():
    for path in MODULES:
        if "versions" in path.parts:
            continue  # a migration is as long as the tables are many
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= LONGEST, named(path)
        docstring = ast.get_docstring(ast.parse(text))
        assert docstring, named(path)
        assert docstring.splitlines()[0].rstrip().endswith((".", ":", ";", "?", ",")), named(path)


def test_a_module_has_a_name_that_says_something():
    assert not [named(path) for path in MODULES if {path.stem, *path.parent.relative_to(ROOT).parts} & UNWANTED]


def test_a_library_stays_in_its_room():
    for path in MODULES:
        room = path.relative_to(ROOT / "mailer").parts[0].removesuffix(".py")
        foreign = {module.partition(".")[0] for module in imported(path)} - set(sys.stdlib_module_names) - {"mailer"}
        assert foreign <= set(ROOMS), f"{named(path)} imports a library that has no room: {foreign - set(ROOMS)}"
        for library in foreign:
            assert room in ROOMS[library], f"{named(path)}: {library} lives in {ROOMS[library]}"


def test_sqlite_is_opened_with_the_library_that_keeps_commits():
    for path in [*MODULES, *TESTS]:
        opened = {module.partition(".")[0] for module in imported(path)} & {"sqlite3", "pysqlite3"}
        # The last one shows what the other library loses.
        places = {"sqlite.py", "test_sqlite.py", "wal_stopped.py"}
        assert not opened or path.name in places, f"{named(path)}: use store.sqlite.dbapi"


def test_every_library_that_is_imported_is_named_and_every_one_named_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for extra in ("sftp", "postgresql", "cluster") for one in project["optional-dependencies"][extra]]
    asked = [*project["dependencies"], *(one for one in extras if not one.startswith("club-mailer"))]
    names = {re.match(r"[\w-]+", one)[0].lower().replace("-", "_") for one in asked}
    told = {
        "markdown_it_py": "markdown_it",
        "python_frontmatter": "frontmatter",
        "pyyaml": "yaml",
        "pillow": "PIL",
        "argon2_cffi": "argon2",
        "dnspython": "dns",
    }
    needed = {told.get(name, name) for name in names} - {
        "tzdata",  # the time zones are data
        "python_multipart",  # starlette's reader of forms
    }
    used = {one.partition(".")[0] for path in MODULES for one in imported(path)}
    foreign = used - set(sys.stdlib_module_names) - {"mailer"}
    assert needed == foreign


def test_the_layers_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


def test_a_test_fakes_nothing_and_has_no_package():
    for path in TESTS:
        assert path.name != "__init__.py", named(path)
        assert not {module for module in imported(path) if module.startswith("unittest")}, named(path)
        assert not re.search(r"\btime\.sleep\(", path.read_text(encoding="utf-8")), named(path)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CHANGELOG.md",
        *(f"docs/{page}.md" for page in ("index", "flow", "glossary", "operating", "design")),
    ],
)
def test_a_document_is_there_and_says_something(name):
    assert len((ROOT / name).read_text(encoding="utf-8").split()) > 20


@pytest.mark.parametrize(("file", "extra"), [("requirements.txt", "dev"), ("requirements-bench.txt", "bench")])
def test_what_is_pinned_is_hashed_and_names_no_address(file, extra):
    said = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in said
    assert not re.search(r"^\s*(--(extra-)?index-url|-i|--find-links|-f|-e|--trusted-host)\b", said, re.MULTILINE)
    pins = [one for one in re.split(r"(?<!\\)\n", said) if one.strip() and not one.lstrip().startswith("#")]
    for pin in pins:
        assert re.match(r"[\w.-]+(\[[\w, -]+\])?==\S+( ; .*?)? \\\n", pin), pin[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", pin), pin[:80]
    names = {re.match(r"[\w.-]+", pin)[0].lower().replace("_", "-") for pin in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"][extra]]
    assert {re.match(r"[\w-]+", one)[0].lower() for one in asked} - {"club-mailer"} <= names


def test_what_must_pass_runs_the_checks_and_the_tests():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "make check" in lines
    assert "make test" in lines
    assert any(line.startswith("set -e") for line in lines)


def test_make_help_names_every_target():
    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    targets = set(
        re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
    )
    assert set(re.findall(r"^  make (\S+)", printed, re.MULTILINE)) == targets - {"help"} | {"help"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel, built and unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    (wheel,) = folder.glob("club_mailer-*.whl")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("name", ["templates", "schedules", "demo"])
def test_the_wheel_carries_the_made_up_club(unpacked, name):
    files = {one.relative_to(ROOT / name) for one in (ROOT / name).rglob("*") if one.is_file()}
    packed = unpacked / "mailer" / "shipped" / name
    assert {one.relative_to(packed) for one in packed.rglob("*") if one.is_file()} == files
    assert all((packed / one).read_bytes() == (ROOT / name / one).read_bytes() for one in files)


def test_the_wheel_carries_the_example_and_all_modules_and_nothing_private(unpacked):
    example = unpacked / "mailer" / "shipped" / "config.example.toml"
    assert example.read_bytes() == (ROOT / "config.example.toml").read_bytes()
    for path in MODULES:
        assert (unpacked / path.relative_to(ROOT)).is_file()
    assert (unpacked / "mailer" / "store" / "migrations" / "script.py.mako").is_file()
    assert not [
        one for one in unpacked.rglob("*") if one.suffix in {".key", ".db", ".eml"} or one.name == "config.toml"
    ]
    assert not (unpacked / "tests").exists()


def test_the_demo_runs_from_the_wheel_and_all_that_it_writes_is_private(unpacked, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAILER_", "PYTHON"))}
    environment["PYTHONPATH"] = str(unpacked)
    club = tmp_path / "club"
    command = [sys.executable, "-W", "error", "-m", "mailer", "demo", "--once", "--fast", "--dir", str(club), "--json"]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert report["issue"] == "russia-confidential/320"
    assert report["state"] == "closed"
    assert report["balanced"]
    assert report["considered"] == report["recipients"] + sum(report["excluded"].values()) == 24
    assert report["deliveries"]["rejected"] == 1
    assert report["copies"] == sum(report["deliveries"].values()) == report["deliveries"]["accepted"] + 1
    assert str(club) in ran.stderr
    messages = sorted((club / "mail").glob("*.eml"))
    assert len(messages) >= report["deliveries"]["accepted"]
    for path in [club, *club.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0 or path.name == "club-mailer", path  # a command, without a secret
