"""A letter as a message: both parts beside each other, the same bytes from the same inputs."""

import email
import email.policy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.domain.newsletter import SenderName
from mailer.formats.address import parse
from mailer.formats.letter import write
from mailer.formats.letter.encode import encode
from mailer.formats.letter.page import write_page
from mailer.formats.message.parts import html_and_text
from mailer.pipeline.letters.specimens import load_specimens
from mailer.views import plain_words

TEMPLATES = Path(__file__).parents[3] / "templates"
SENDER = SenderName(name="Вестник", address=parse("bulletin@club.example"))
AT = datetime(2026, 11, 15, 9, 0, tzinfo=UTC)
SPECIMENS = {specimen.name: specimen for specimen in load_specimens()}


def a_letter(name, language):
    specimen = SPECIMENS[name]
    letter = write.write(specimen.kind, language, specimen.facts, [TEMPLATES])
    return letter, write_page(letter, sender=SENDER.name, templates=TEMPLATES, template=None)


def sealed(letter, page):
    to = parse("secretary@club.example")
    return encode(letter, page, sender=SENDER, to=to, message_id="<letter.1@club.example>", date=AT)


@pytest.mark.parametrize("language", plain_words.LANGUAGES)
@pytest.mark.parametrize("name", SPECIMENS)
def test_a_letter_says_that_a_machine_wrote_it_and_is_read_back(name, language):
    letter, page = a_letter(name, language)
    octets = sealed(letter, page)
    assert octets == sealed(*a_letter(name, language))
    assert all(line.endswith(b"\r\n") and len(line) <= 80 for line in octets.splitlines(keepends=True))
    read = email.message_from_bytes(octets, policy=email.policy.default)
    assert not read.defects
    assert read["Auto-Submitted"] == "auto-generated"
    to = "secretary@club.example"
    assert (read["Subject"], read["To"], read["Content-Language"]) == (letter.subject, to, language)
    assert (read["From"], read["Message-ID"]) == ("Вестник <bulletin@club.example>", "<letter.1@club.example>")
    assert read["Date"].datetime == AT
    assert read.get_content_type() == "multipart/alternative"
    text, html = read.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text["Content-Type"].params["format"] == "flowed"
    assert text["Content-Transfer-Encoding"] == ("base64" if language == "ru" else "quoted-printable")
    assert html_and_text(octets) == (page, letter.body)


def test_a_letter_in_two_languages_names_both():
    letter = write.join([a_letter("not-taken", language)[0] for language in plain_words.LANGUAGES])
    page = write_page(letter, sender=SENDER.name, templates=TEMPLATES, template=None)
    read = email.message_from_bytes(sealed(letter, page), policy=email.policy.default)
    assert read["Content-Language"] == "en, ru"
