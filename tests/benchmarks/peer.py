"""What the peers written in Python have in common: the letter, its readers, and filling a page by replacing marks."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a peer was asked to do."""

    port: int
    copies: int
    connections: int
    folder: Path
    ready_made: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One reader's words."""

    recipient: str
    name: str
    message_id: str
    html: str
    text: str


def errand() -> Errand:
    """The errand of the command line."""
    parser = argparse.ArgumentParser()
    for name in ("port", "copies", "connections"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="with letter.json and readers.jsonl")
    parser.add_argument("--ready-made", action="store_true", help="the same message to everybody")
    given = parser.parse_args()
    return Errand(**vars(given))


def letter(folder: Path) -> dict:
    """From, subject, date, headers, html and text, with marks."""
    return json.loads((folder / "letter.json").read_text(encoding="utf-8"))


def readers(errand: Errand) -> list[dict]:
    """So many readers, in memory before the clock starts."""
    with (errand.folder / "readers.jsonl").open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in islice(lines, errand.copies)]
    assert len(found) == errand.copies
    return found


def copies(told: dict, people: list[dict]) -> Iterator[Copy]:
    """Each reader's copy, made when it is asked for: marks replaced, the cheapest templating that there is."""
    for one in people:
        html, text = told["html"], told["text"]
        for mark, value in one["marks"].items():
            html, text = html.replace(mark, value), text.replace(mark, value)
        message_id = f"<m{one['number']}@club.example>"
        yield Copy(recipient=one["address"], name=one["name"], message_id=message_id, html=html, text=text)
