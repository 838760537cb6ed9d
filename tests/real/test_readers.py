"""Our mail as strangers read it: postal-mime and mailparser (Node), and SpamAssassin."""

import json
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from email.utils import localtime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from mailer.domain.address import Address
from mailer.domain.edition import Slot
from mailer.formats.header import Header, identified, mailbox, parametrised, unstructured
from mailer.formats.message_id import message_id
from mailer.formats.token import Keyring
from tests.formats.made_up import READER, a_builder, a_newsletter, an_edition, an_issue
from tests.formats.reference import fill
from tests.formats.strategies import file_names, lines

pytestmark = pytest.mark.real

NODE = Path(__file__).parent / "node"
ANNA = Address(local="anna.lindqvist", domain="example.org")

MESSAGE_ID = message_id(17, Keyring(keys=(b"a key",)), "club.example")

Read = Callable[[bytes], dict[str, dict]]


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """What each of the two readers makes of a message; one Node process for all of them."""
    if not shutil.which("node"):
        pytest.skip("node is missing: run sh tests/real/install as root")
    if not (NODE / "node_modules").is_dir():
        pytest.skip("postal-mime and mailparser are missing: run sh tests/real/install")
    with subprocess.Popen(["node", NODE / "readers.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdin
        assert node.stdout

        def ask(raw: bytes) -> dict[str, dict]:
            node.stdin.write(b64encode(raw) + b"\n")
            node.stdin.flush()
            return json.loads(node.stdout.readline())

        yield ask
        node.stdin.close()


@settings(max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=lines, subject=lines, file_name=file_names)
@example(name="Иван Петрович " * 10, subject="=?utf-8?q?x=0ABcc=3A_y?=", file_name="график № 1.png")
@example(name='"x" <eve@club.example>, (', subject="x " * 90, file_name="a b" * 50)
def test_both_readers_read_what_was_meant(read, name, subject, file_name):
    fields = [
        mailbox(Header.FROM, name, ANNA.wire),
        mailbox(Header.TO, name, ANNA.wire),
        unstructured(Header.SUBJECT, subject),
        identified(Header.LIST_ID, name, "bulletin.club.example"),
        parametrised(Header.CONTENT_DISPOSITION, "attachment", {"filename": file_name}),
        parametrised(Header.CONTENT_TYPE, "image/png", {}),
    ]
    answers = read("".join([*fields, "\r\n", "pixels\r\n"]).encode())
    person = [name.strip(), ANNA.wire]
    for reader, mail in answers.items():
        assert mail["from"] == person, reader
        assert mail["to"] == [person], reader
        assert mail["subject"] == subject.strip(), reader
        assert [file[0] for file in mail["files"]] == [file_name], reader
        keys = [key for key, _ in mail["headers"]]
        assert sorted(keys) == sorted(field.split(":", 1)[0].lower() for field in fields), reader


def a_copy(language: str) -> bytes:
    """A whole copy with a picture, as it would be sent now."""
    edition, issue = an_edition(language), an_issue()
    builder = a_builder(edition, subject=edition.subject, date=localtime(), pictures=issue.pictures)
    return builder.make(READER[language][Slot.NAME], ANNA.wire, MESSAGE_ID, READER[language])


@pytest.mark.parametrize("language", ["en", "ru"])
def test_both_readers_read_a_whole_copy(read, language):
    newsletter, edition = a_newsletter(), an_edition(language)
    html, text = fill(edition, READER[language])
    (picture,) = an_issue().pictures
    for reader, mail in read(a_copy(language)).items():
        assert mail["from"] == [newsletter.sender.name, newsletter.sender.address.wire], reader
        assert mail["to"] == [[READER[language][Slot.NAME], ANNA.wire]], reader
        assert mail["subject"] == edition.subject, reader
        assert mail["messageId"] == MESSAGE_ID, reader
        assert _words(mail["text"]) == _words(text), reader
        assert _without_pictures(mail["html"]) == _without_pictures(html), reader
        ((name, identifier, kind, content),) = mail["files"]
        assert (name, kind) == ("lamp.png", "image/png"), reader
        assert identifier == f"<{picture.content_id}>", reader
        assert b64decode(content) == picture.content, reader


def _words(text: str) -> list[str]:
    """A reader that joins flowed lines (RFC 3676) joins quoted ones too, and leaves out the mark between them."""
    return [word for word in text.split() if word != ">"]


def _without_pictures(html: str) -> list[str]:
    """mailparser puts the pictures into the HTML as data:, so their addresses are left out, and ends lines its way."""
    return re.sub(r'src="(cid|data):[^"]*"', "", html).strip().splitlines()


# MIXED_ES scores 1.0 for every text in Cyrillic with more than 20 Latin letters e, because it takes Cyrillic ones for
# disguised Latin ones. An address and a title or two are enough, so it says nothing about how a copy is written.
@pytest.mark.parametrize(("language", "rules"), [("en", []), ("ru", ["--cf=score MIXED_ES 0"])])
def test_spamassassin_finds_nothing_to_say(language, rules, tmp_path):
    spamassassin = shutil.which("spamassassin")
    if not spamassassin:
        pytest.skip("spamassassin is missing: run sh tests/real/install as root")
    judged = subprocess.run(
        [spamassassin, "-L", "-x", *rules],
        input=a_copy(language),
        capture_output=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
    ).stdout.decode()
    status = re.search(r"^X-Spam-Status: \w+, score=(?P<score>-?[\d.]+) [^\n]*(?:\n\s[^\n]*)*", judged, re.MULTILINE)
    assert status
    assert float(status["score"]) <= 0.5, status[0]
