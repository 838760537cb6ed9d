"""A Russian letter says in Russian whatever the service itself says; only servers are quoted as they answered."""

import re
from pathlib import Path

import pytest

from mailer.formats.letter import write
from mailer.pipeline.letters.specimens import load_specimens

TEMPLATES = Path(__file__).parents[3] / "templates"
SPECIMENS = {specimen.name: specimen for specimen in load_specimens()}
# What a relay answers, SQLite finds and a later version says is not known here.
UNKNOWN = {"alarm-account", "alarm-damage", "alarm-other"}
# Three small words in a row; names, commands and quotations are not read.
ENGLISH = re.compile(r"\b[a-z]+(?:'s)? [a-z]+ [a-z]+\b")


@pytest.mark.parametrize("name", sorted(SPECIMENS.keys() - UNKNOWN))
def test_no_sentence_is_english(name: str) -> None:
    specimen = SPECIMENS[name]
    letter = write.write(specimen.kind, "ru", specimen.facts, [TEMPLATES])
    lines = [line for line in letter.body.splitlines() if not line.startswith("  ")]
    read = re.sub(r"«[^»]*»|‘[^’]*’|`[^`]*`", "", " ".join(lines))
    assert ENGLISH.findall(read) == []
