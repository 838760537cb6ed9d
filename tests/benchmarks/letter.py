"""Takes one of our own messages apart, so that every peer sends the very same words: page, text and headers."""

import argparse
import asyncio
import email
import email.policy
import json
import re
import tempfile
from email.message import EmailMessage
from pathlib import Path

from mailer.app.installation import open_app
from mailer.app.sender import open_sender
from tests.benchmarks import installation, register
from tests.scripted_relay import Sink

# What stands in a peer's page where something personal goes: no encoder and no escaping changes it.
NAME, SALUTATION, COPY_NUMBER = "ZqNameQz", "ZqSalutationQz", "ZqCopyNumberQz"
ORDINARY = 1234567  # the reader whose message is sent as it is by who personalises nothing
HEADERS = ("Reply-To", "Content-Language", "List-Id", "Precedence", "Feedback-ID")
_COPY_LINE = re.compile(r"((?:Copy No\.|Экземпляр №)\s*)(\d+)")


async def capture(folder: Path, language: str) -> dict[str, bytes]:
    """Our messages to an ordinary reader and to one who is made of marks, by their addresses."""
    installation.found(folder, language, 0)
    marked = register.Reader(number=1, name=NAME, salutation=SALUTATION)
    app = open_app(folder / "config.toml", who="benchmark")
    try:
        readers = [marked, register.reader(ORDINARY, language)]
        register.add(app.store, readers, language, installation.issue(language).paid)
        installation.begin(app, installation.issue(language).name)
    finally:
        app.store.close()
    async with Sink() as sink:
        app = open_app(installation.point(folder, port=sink.port, connections=1), who="benchmark")
        try:
            with open_sender(app) as (sender, _owner):
                await sender.drain()
        finally:
            app.store.close()
        found = {one.recipient: one.message for one in sink.received}
    assert set(found) == {one.address for one in readers}, found.keys()
    return {"marked": found[marked.address], "ordinary": found[readers[1].address]}


def take_apart(message: bytes) -> dict[str, object]:
    """The words of the marked message, the copy's number replaced by its mark."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    parts = {kind: parsed.get_body([kind]) for kind in ("plain", "html")}
    bodies = {kind: part.get_content().replace("\r\n", "\n") for kind, part in parts.items() if part is not None}
    assert set(bodies) == {"plain", "html"}
    for kind, body in bodies.items():
        bodies[kind], replaced = _COPY_LINE.subn(rf"\g<1>{COPY_NUMBER}", body)
        assert replaced, f"the {kind} part has a copy number"
        assert NAME in body, f"the {kind} part has a name"
        assert SALUTATION in body, f"the {kind} part has a salutation"
    return {
        "from": str(parsed["From"]),
        "subject": str(parsed["Subject"]),
        "date": str(parsed["Date"]),
        "headers": {name: str(parsed[name]) for name in HEADERS if parsed[name]},
        "html": bodies["html"],
        "text": bodies["plain"],
    }


def personal(number: int, language: str) -> tuple[register.Reader, dict[str, str]]:
    """A reader, and what the marks stand for in this reader's copy."""
    one = register.reader(number, language)
    return one, {NAME: one.name, SALUTATION: one.salutation, COPY_NUMBER: str(number)}


def write(into: Path, language: str, count: int) -> None:
    """letter.json for the peers that make copies, letter.eml for the one that does not, readers.json with the readers."""
    with tempfile.TemporaryDirectory(prefix="club-mailer-bench-") as folder:
        found = asyncio.run(capture(Path(folder) / "club", language))
    parts = take_apart(found["marked"])
    plain = email.message_from_bytes(found["ordinary"], policy=email.policy.default)
    parts["encodings"] = sorted(
        {str(part["Content-Transfer-Encoding"]) for part in plain.walk() if not part.is_multipart()}
    )
    parts["octets"] = len(found["ordinary"])
    (into / "letter.json").write_text(json.dumps(parts), encoding="utf-8")
    (into / "letter.eml").write_bytes(found["ordinary"].replace(b"\r\n", b"\n"))
    with (into / "readers.jsonl").open("w", encoding="utf-8") as readers:
        for number in range(1, count + 1):
            one, marks = personal(number, language)
            said = {"number": number, "name": one.name, "address": one.address, "marks": marks}
            readers.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--language", choices=("en", "ru"), required=True)
    parser.add_argument("--readers", type=int, required=True)
    given = parser.parse_args()
    write(given.into, given.language, given.readers)
