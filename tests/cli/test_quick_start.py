"""A command imports what it needs: counted by names, since times differ from machine to machine."""

import subprocess
import sys

import pytest

DATABASE = {"sqlalchemy", "alembic"}
SETTINGS = {"pydantic", "pydantic_settings"}
DOCUMENTS = {"premailer", "cssutils", "lxml", "openpyxl", "babel", "jinja2", "email_validator", "cryptography"}
SERVICE = {"aiosmtplib", "aiosmtpd", "apscheduler", "fsspec", "imap_tools"}
EVERY_HEAVY = DATABASE | SETTINGS | DOCUMENTS | SERVICE
# Prints the names of all packages that were imported, after the command has ended.
RUN = """
import atexit, sys
from mailer.cli import main
atexit.register(lambda: print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr))
main(sys.argv[1:])
"""


def packages_of(*words: str) -> set[str]:
    """The packages that this command imports."""
    command = [sys.executable, "-c", RUN, *words]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return set(run.stderr.splitlines()[-1].split())


def test_the_overview_imports_neither_database_nor_settings_nor_formats() -> None:
    assert not packages_of("--help") & EVERY_HEAVY


@pytest.mark.parametrize("words", [("--version",), ("delivery", "--help"), ("send", "--help")])
def test_help_imports_no_more_than_typer_does(words: tuple[str, ...]) -> None:
    assert not packages_of(*words) & (EVERY_HEAVY - {"pydantic"})


@pytest.mark.parametrize(
    "words",
    [("status",), ("status", "harbour-letter/41"), ("delivery", "show", "1"), ("why", "P001", "harbour-letter/41")],
)
def test_a_look_at_the_ledger_imports_no_formats(at, words: tuple[str, ...]) -> None:
    at("begun")
    assert not packages_of(*words) & (DOCUMENTS | SERVICE | {"alembic"})
