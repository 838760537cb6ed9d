"""docs/relays.md says what follows from what a relay says: each line of its tables is played, and compared."""

import re
from pathlib import Path

import pytest

from mailer.domain.bounce import Phase as Command
from mailer.domain.delivery import Reply
from mailer.formats.reports.relay_reply import matter_of

PAGE = Path(__file__).parents[2] / "docs" / "relays.md"
COMMANDS = {
    "Greeting": Command.CONNECT,
    "Login": Command.AUTH,
    "MAIL": Command.MAIL,
    "RCPT": Command.RCPT,
    "DATA": Command.DATA,
    "After the content": Command.CONTENT,
}

Line = dict[str, str]


def table(title: str) -> list[Line]:
    """The lines of the last table of a section, by the heads of its columns."""
    section = re.split(rf"^## {title}$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def name_of(line: Line) -> str:
    return " ".join(line.values())


# --- what a reply is about --------------------------------------------------------------------------------------------

REPLIES = table("Which reply is about what")


def reply_of(words: str) -> Reply:
    parts = re.fullmatch(r"`(\d{3}) (?:(\d\.\d+\.\d+) )?(.*)`", words)
    assert parts, words
    return Reply(code=int(parts[1]), status=parts[2] or "", text=parts[3])


@pytest.mark.parametrize("line", REPLIES, ids=lambda line: line["Reply"])
def test_a_reply_is_about_what_the_page_says(line: Line) -> None:
    reply = reply_of(line["Reply"])
    assert {head: matter_of(reply, command).value for head, command in COMMANDS.items()} == {
        head: line[head] for head in COMMANDS
    }
