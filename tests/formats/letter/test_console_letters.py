"""Where there is a console, a letter says of everything that waits what to press, and on which page."""

from itertools import pairwise
from pathlib import Path

import pytest

from mailer.formats.letter import write
from mailer.pipeline.letters.specimens import load_specimens

TEMPLATES = Path(__file__).parents[3] / "templates"
CONSOLE = "https://console.club.example"
SPECIMENS = {specimen.name: specimen for specimen in load_specimens()}
# The others announce words, too.
LISTING = [name for name, specimen in SPECIMENS.items() if specimen.kind not in {"alarm", "changed-plan"}]


def written(name: str, language: str, **changed: object) -> str:
    specimen = SPECIMENS[name]
    letter = write.write(specimen.kind, language, {**specimen.facts, **changed}, [TEMPLATES], console=CONSOLE)
    return letter.body


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", LISTING)
def test_what_ends_with_a_colon_is_followed_by_what_it_announces(name: str, language: str) -> None:
    paragraphs = written(name, language).split("\n\n")
    announced = pairwise(paragraphs)
    assert [said for said, behind in announced if said.endswith(":") and not behind.startswith(("  ", "- "))] == []


@pytest.mark.parametrize(("language", "button"), [("en", "“Settle”"), ("ru", "«Разобрать»")])
def test_how_a_report_is_settled_is_said_with_the_button(language: str, button: str) -> None:
    letter = written("daily-letter", language)
    assert button in letter
    assert f"{CONSOLE}/returns\n" in letter


@pytest.mark.parametrize("trouble", ["address", "mailbox"])
def test_a_copy_that_failed_leads_to_where_that_is_mended(trouble: str) -> None:
    failed = {**SPECIMENS["daily-letter"].facts["failed"][0], "trouble": trouble}
    letter = written("daily-letter", "en", failed=[failed], failed_more=0)
    paths = {"address": f"/register/people/{failed['person']}", "mailbox": f"/copies/{failed['id']}"}
    assert (f"{paths[trouble]}\n") in letter
    assert "/to-do" not in letter
