"""Our mail as strangers read it: postal-mime and mailparser (Node)."""

import json
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from email.utils import localtime

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
from tests.quality.eyes import MODULES, NODE
from tests.quality.figures import FIGURES
from tests.quality.mail.mailings import SETTINGS, copies

pytestmark = pytest.mark.quality

ANNA = Address(local="anna.lindqvist", domain="example.org")

MESSAGE_ID = message_id(17, Keyring(keys=(b"a key",)), "club.example")

Read = Callable[[bytes], dict[str, dict]]


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """What each of the two readers makes of a message; one Node process for all of them."""
    if not shutil.which("node"):
        pytest.skip("node is missing: run sh tests/quality/install as root")
    if not (MODULES / "postal-mime").is_dir():
        pytest.skip("postal-mime and mailparser are missing: run sh tests/quality/install")
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


def _people(found: list[list[str]]) -> list[list[str]]:
    """Names and addresses; postal-mime shows a domain in its own letters, where the message has its A-label."""
    split = [(name, *address.rpartition("@")) for name, address in found]
    return [[name, f"{local}@{domain.encode('idna').decode()}"] for name, local, _, domain in split]


def _words(text: str) -> list[str]:
    """A reader that joins flowed lines (RFC 3676) joins quoted ones too, and leaves out the mark between them."""
    return [word for word in text.split() if word.strip(">")]


def _without_pictures(html: str) -> list[str]:
    """mailparser puts the pictures into the HTML as data:, so their addresses are left out, and ends lines its way."""
    return re.sub(r'src="(cid|data):[^"]*"', "", html).strip().splitlines()


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("which", ["demo", "hard"])
def test_both_readers_and_pythons_own_read_every_copy_alike(read, which, setting):
    """Every part, picture and header of a whole mailing, as it would leave."""
    messages = copies(which, setting)
    FIGURES.add("readers: copies", len(messages))
    for message in messages:
        ours = message_from_bytes(message, policy=default)
        answers = read(message)
        (to,) = (str(one.addr_spec).encode("utf-8", "surrogateescape").decode() for one in ours["To"].addresses)
        # Python's own parser misreads a name in three encoded words and more.
        assert _people(answers["postal-mime"]["to"]) == _people(answers["mailparser"]["to"])
        for reader, mail in answers.items():
            assert [address for _, address in _people(mail["to"])] == [to], reader
            assert mail["subject"] == ours["Subject"], reader
            assert _words(mail["text"]) == _words(ours.get_body(["plain"]).get_content()), reader
            assert _without_pictures(mail["html"]) == _without_pictures(ours.get_body(["html"]).get_content()), reader
            pictures = [part for part in ours.walk() if part.get_content_maintype() == "image"]
            assert [file[1:3] for file in mail["files"]] == [
                [part["Content-ID"], part.get_content_type()] for part in pictures
            ]
            assert [b64decode(file[3]) for file in mail["files"]] == [part.get_content() for part in pictures], reader
            assert sorted(key for key, _ in mail["headers"]) == sorted(key.lower() for key in ours.keys()), reader  # noqa: SIM118
