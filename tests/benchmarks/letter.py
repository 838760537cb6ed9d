"""Takes one of our own messages apart, so that every peer sends the very same words: page, text and headers."""

import argparse
import asyncio
import base64
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
from tests.benchmarks.issues import Length, issue
from tests.scripted_relay import Sink

# What stands in a peer's page where something personal goes: no encoder and no escaping changes it.
NAME, SALUTATION, COPY_NUMBER = "ZqNameQz", "ZqSalutationQz", "ZqCopyNumberQz"
ORDINARY = 1234567  # the reader whose message is sent as it is by who personalises nothing
HEADERS = ("Reply-To", "Content-Language", "List-Id", "Precedence", "Feedback-ID")
_COPY_LINE = re.compile(r"((?:Copy No\.|Экземпляр №)\s*)(\d+)")


async def capture(folder: Path, language: str, length: Length) -> dict[str, bytes]:
    """Our messages to an ordinary reader and to one who is made of marks."""
    installation.found(folder, language, 0, length)
    marked = register.Reader(number=1, name=NAME, salutation=SALUTATION)
    app = open_app(folder / "config.toml", who="benchmark")
    try:
        readers = [marked, register.reader(ORDINARY, language)]
        register.add(app.store, readers, language, issue(language).paid)
        installation.begin(app, issue(language).name)
    finally:
        app.store.close()
    async with Sink() as sink:
        app = open_app(installation.point(folder, port=sink.port, connections=1), who="benchmark")
        try:
            with open_sender(app) as (sender, _owner):
                await sender.drain()
        finally:
            app.store.close()
        messages = {mail.recipient: mail.message for mail in sink.received}
    assert set(messages) == {person.address for person in readers}, messages.keys()
    return {"marked": messages[marked.address], "ordinary": messages[readers[1].address]}


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
        "pictures": [_picture(part) for part in parsed.walk() if part.get_content_maintype() == "image"],
    }


def _picture(part: EmailMessage) -> dict[str, str]:
    """A picture that the page names by its Content-ID, its content in base64."""
    content = base64.b64encode(part.get_content()).decode()
    cid = str(part["Content-ID"]).strip("<>")
    return {"cid": cid, "type": part.get_content_type(), "name": part.get_filename(cid), "content": content}


def personal(number: int, language: str) -> tuple[register.Reader, dict[str, str]]:
    """A reader, and what the marks stand for in this reader's copy."""
    person = register.reader(number, language)
    return person, {NAME: person.name, SALUTATION: person.salutation, COPY_NUMBER: str(number)}


def write(into: Path, language: str, length: Length, count: int) -> None:
    """letter.json for the peers that make copies, letter.eml for the one that does not, readers.json with the readers."""
    with tempfile.TemporaryDirectory(prefix="club-mailer-bench-") as folder:
        messages = asyncio.run(capture(Path(folder) / "club", language, length))
    parts, ordinary = take_apart(messages["marked"]), messages["ordinary"]
    texts = [
        part
        for part in email.message_from_bytes(ordinary, policy=email.policy.default).walk()
        if part.get_content_maintype() == "text"
    ]
    parts["encodings"] = sorted({str(part["Content-Transfer-Encoding"]) for part in texts})
    parts["octets"] = len(ordinary)
    (into / "letter.json").write_text(json.dumps(parts), encoding="utf-8")
    (into / "letter.eml").write_bytes(ordinary.replace(b"\r\n", b"\n"))
    with (into / "readers.jsonl").open("w", encoding="utf-8") as readers:
        for number in range(1, count + 1):
            person, marks = personal(number, language)
            line = {"number": number, "name": person.name, "address": person.address, "marks": marks}
            readers.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--language", choices=("en", "ru"), required=True)
    parser.add_argument("--length", type=Length, default=Length.TEXT)
    parser.add_argument("--readers", type=int, required=True)
    given = parser.parse_args()
    write(given.into, given.language, given.length, given.readers)
