"""The issue that is sent: the real one where it lies beside the project, else the demo's; in three lengths."""

import hashlib
import io
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from PIL import Image

from mailer.pipeline.context import IssueName
from tests.benchmarks.register import Paid
from tests.benchmarks.sinks import ROOT

SEED = ROOT.parent / "shared" / "seed"
LONG = 1.56  # times the text of the issue make a message as long as the prototype's
PICTURES = {"harbour.jpg": (200, 200), "archive.png": (100, 100)}  # their size in pixels


class Length(StrEnum):
    """How much the message has: the issue's text; a longer text; the issue's text and two pictures."""

    TEXT = "text"
    LONG = "long"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The text and the pictures that are sent, and what its readers paid for its year."""

    name: IssueName
    folder: str
    text: str
    pictures: dict[str, bytes]
    fees: str
    paid: Paid


def issue(language: str, length: Length = Length.TEXT) -> Issue:
    """The issue in this length. The demo's goes without its own picture, so that every peer can send it."""
    if SEED.is_dir():
        (file,) = (SEED / "issues").glob(f"*/{language}.md")
        fees = (SEED / "fees.toml").read_text()
    else:
        (file,) = (ROOT / "demo" / "issues").glob(f"*/{language}.md")
        fees = (ROOT / "schedules" / "fees.toml").read_text()
    text = re.sub(r"^!\[.*\n", "", file.read_text(), flags=re.MULTILINE)
    head = dict(re.findall(r"^(newsletter|serial|year): (.+)$", text, re.MULTILINE))
    season = next(season for season in tomllib.loads(fees)["season"] if season["year"] == int(head["year"]))
    option = next(option for option in season["option"] if option["years"] == 1)
    first, last = (date.fromisoformat(str(option[key])) for key in ("from", "to"))
    return Issue(
        name=IssueName(newsletter=head["newsletter"], serial=int(head["serial"])),
        folder=file.parent.name,
        text=_lengthened(text, length),
        pictures={name: picture(name) for name in PICTURES} if length is Length.PICTURES else {},
        fees=fees,
        paid=Paid(first=first, last=last, amount=int(option["individual"] * 100), currency=season["currency"]),
    )


def picture(name: str) -> bytes:
    """A JPEG or PNG of noise, the same each time: nothing in it can be compressed, so its size is that of a photograph."""
    width, height = PICTURES[name]
    noise = hashlib.shake_256(name.encode()).digest(width * height * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (width, height), noise).save(file, "JPEG" if name.endswith(".jpg") else "PNG")
    return file.getvalue()


def _lengthened(text: str, length: Length) -> str:
    """The text with its own plain paragraphs once more, or with a paragraph for each picture."""
    if length is Length.PICTURES:
        return text.rstrip() + "".join(f"\n\n![A picture of noise]({name})" for name in PICTURES) + "\n"
    if length is Length.LONG:
        wanted, paragraphs = len(text) * LONG, re.findall(r"^[A-ZА-Я].{200,}$", text, re.MULTILINE)
        while len(text) < wanted:
            for paragraph in paragraphs:
                text = f"{text.rstrip()}\n\n{paragraph}\n"
                if len(text) >= wanted:
                    break
    return text
