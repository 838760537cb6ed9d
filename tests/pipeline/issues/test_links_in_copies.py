"""The links in a copy: one click in the signed header and the reader's page in both parts, as frozen with the mailing."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from urllib.parse import unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from mailer.domain.address import Address
from mailer.domain.circulation import Copy
from mailer.domain.ports import Message
from mailer.domain.way_out import way_out
from mailer.formats.links import CopyLinks, link, read_link, sample_links
from mailer.formats.message.dkim import DkimSigner
from mailer.formats.message.dkim_key import DkimKey
from mailer.formats.message.parts import html_and_text
from mailer.formats.return_path import unsubscribe_address
from mailer.formats.token import Keyring, Purpose
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.issues.copies import Workbench
from tests.formats.made_up import CORPORATE, a_newsletter, an_edition, an_issue

KEYS = Keyring(keys=(bytes(range(32)),))
PAGES = "https://letter.club.example"
COPY = Copy(
    person="P001",
    language="en",
    variant=CORPORATE,
    copy_number=17,
    address=Address(local="ada", domain="example.org"),
    name="Ada Harbour",
    salutation="Dear Ms. Harbour",
    paid_until=date(2031, 6, 30),
)


def a_bench(pages: str = PAGES, domain: str = "") -> Workbench:
    """The bench of a mailing that was planned with these pages; its copies are signed."""
    key = DkimKey(selector="bulletin", private=generate_private_key(65537, 2048))
    signer = DkimSigner(domain="club.example", keys=(key,))

    def links(public_url: str, delivery: int | None) -> CopyLinks:
        assert public_url == pages
        if delivery is None:
            return sample_links(public_url, domain)
        return CopyLinks(
            unsubscribe=unsubscribe_address(KEYS, delivery, domain) if domain else "",
            one_click=link(KEYS, public_url, Purpose.ONE_CLICK, delivery) if public_url else "",
            preferences=link(KEYS, public_url, Purpose.PREFERENCES, delivery) if public_url else "",
        )

    issue = an_issue()
    return Workbench(
        issue=IssueName(newsletter=issue.newsletter, serial=issue.serial),
        letterhead=Letterhead.of(a_newsletter(), pages),
        editions={("en", CORPORATE): an_edition("en", CORPORATE, way_out=way_out(pages, domain))},
        pictures={picture.name: picture for picture in issue.pictures},
        date=datetime(2031, 3, 5, tzinfo=UTC),
        links=links,
        sign=lambda message, date: Message(signer.sign(message, int(date.timestamp()))),
    )


@pytest.mark.parametrize("domain", ["", "bounce.club.example"])
def test_one_click_stands_first_beside_a_mail_address_and_both_fields_are_signed(domain: str) -> None:
    message = a_bench(domain=domain).make(COPY, "<m17@x>", delivery=17)
    mail = message_from_bytes(message, policy=default)
    first, second = str(mail["List-Unsubscribe"]).split(", ")
    token = re.fullmatch(rf"<{PAGES}/u/([a-z2-7]+)>", first)
    assert token is not None
    assert read_link(KEYS, Purpose.ONE_CLICK, token[1]) == 17
    asked = "Pause%3A%20harbour-letter%2F253%2C%20copy%2017"
    signed = f"<mailto:{unsubscribe_address(KEYS, 17, domain)}?subject=unsubscribe>" if domain else ""
    assert second == (signed or f"<mailto:secretary@club.example?subject={asked}>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # RFC 8058 §4: as they are on the wire, in one field each, and under the signature, which no added field survives.
    head = message.partition(b"\r\n\r\n")[0]
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert head.count(b"\r\nList-Unsubscribe: <https://") == head.count(b"\r\nList-Unsubscribe:") == 1
    signed = re.search(r"h=([^;]*);", str(mail["DKIM-Signature"]))
    assert signed is not None
    fields = re.sub(r"\s", "", signed[1].lower()).split(":")
    assert (fields.count("list-unsubscribe"), fields.count("list-unsubscribe-post")) == (2, 2)
    assert all(len(line) <= 78 or b" " not in line.strip() for line in head.split(b"\r\n"))


def test_the_reader_s_page_stands_in_both_parts_and_is_another_token() -> None:
    message = a_bench().make(COPY, "<m17@x>", delivery=17)
    for part in html_and_text(message):
        tokens = set(re.findall(rf"{PAGES}/m/([a-z2-7]+)", part))
        assert [read_link(KEYS, Purpose.PREFERENCES, token) for token in tokens] == [17]
        assert "/u/" not in part
    assert {read_link(KEYS, purpose, tokens.pop()) for purpose in [Purpose.ONE_CLICK]} == {None}


def test_the_same_inputs_give_the_same_bytes() -> None:
    bench = a_bench(domain="bounce.club.example")
    assert bench.make(COPY, "<m17@x>", delivery=17) == bench.make(COPY, "<m17@x>", delivery=17)
    assert bench.make(COPY, "<m17@x>", delivery=17) != bench.make(COPY, "<m17@x>", delivery=18)


def test_without_pages_nothing_points_to_one() -> None:
    for domain in ("", "bounce.club.example"):
        message = a_bench("", domain).make(COPY, "<m17@x>", delivery=17)
        assert message.count(b"\r\nList-Unsubscribe: <mailto:") == 1
        assert b"\r\nList-Unsubscribe-Post: " not in message
        assert not any("/m/" in part or "letter.club.example" in part for part in html_and_text(message))


@pytest.mark.parametrize("test", [False, True])
@pytest.mark.parametrize(
    ("pages", "domain", "sample"),
    [
        (PAGES, "", f"{PAGES}/m/sample"),
        ("", "bounce.club.example", "sample@bounce.club.example"),
        ("", "", "secretary@club.example"),
    ],
)
def test_a_copy_of_no_member_shows_where_the_link_will_be_and_pauses_none(
    pages: str, domain: str, sample: str, test: bool
) -> None:
    message = a_bench(pages, domain).make(COPY, "<m17@x>", test=test)
    mark = "%5BTEST%5D%20" if test else ""
    header = str(message_from_bytes(message, policy=default)["List-Unsubscribe"])
    assert header == f"<mailto:secretary@club.example?subject={mark}Pause%3A%20harbour-letter%2F253%2C%20copy%2017>"
    assert b"\r\nList-Unsubscribe-Post" not in message
    assert all(sample in part for part in html_and_text(message))


ADDRESSES = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,30}", fullmatch=True)


@settings(max_examples=30)
@given(local=ADDRESSES, language=st.sampled_from(["en", "ru"]), number=st.integers(1, 99_999), test=st.booleans())
def test_any_secretary_can_be_written_to_by_header_and_text(local: str, language: str, number: int, test: bool) -> None:
    bench = a_bench("")
    secretary = replace(bench.letterhead, reply_to=Address(local=local, domain="club.example"))
    editions = {(language, CORPORATE): an_edition(language, CORPORATE)}
    message = replace(bench, letterhead=secretary, editions=editions).make(
        COPY._replace(language=language, copy_number=number), "<m17@x>", test=test, sign=False
    )
    header = str(message_from_bytes(message, policy=default)["List-Unsubscribe"])
    assert header.isascii()
    assert "=?" not in header
    assert max(map(len, message.split(b"\r\n"))) <= 998
    assert not re.search("%[A-Z][A-Z_-]", header)  # SpamAssassin's UNRESOLVED_TEMPLATE, 3 points
    html, text = html_and_text(message)
    assert f"{local}@club.example" in text.replace(" \n", " ")
    drafts = [
        str(each) for each in lxml_html.document_fromstring(html).xpath("//a[contains(@href, '?subject=')]/@href")
    ]
    words = {"en": f"Pause: harbour-letter/253, copy {number}", "ru": f"Пауза: harbour-letter/253, экземпляр {number}"}
    for each, subject in ((header[1:-1], words["en"]), (drafts[0], words[language])):
        address, _, query = each.removeprefix("mailto:").partition("?subject=")
        assert unquote(address) == f"{local}@club.example"
        assert unquote(query) == ("[TEST] " if test else "") + subject
    assert len(drafts) == 1


def test_a_letterhead_keeps_the_pages_and_is_as_before_without_them() -> None:
    with_pages, without = Letterhead.of(a_newsletter(), PAGES), Letterhead.of(a_newsletter())
    assert Letterhead.load(with_pages.dump()) == with_pages
    assert Letterhead.load(without.dump()) == without == replace(with_pages, public_url="")
    assert set(with_pages.dump()) - set(without.dump()) == {"public_url"}
