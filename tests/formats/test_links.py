"""Links that open a mail: programs read the address and the subject back, and people read the address alone."""

from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from mailer.formats.header import Header, structured
from mailer.formats.links import CopyLinks, mail_link, sample_links, shown_link

LOCALS = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,40}", fullmatch=True)


@given(LOCALS, st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
@example("o'neill+club", "Пауза: club-notes/12, экземпляр 7")
@example("=?x?=", "=?utf-8?b?AAA=?=")
@example("50%41", "a&body=b")
def test_a_mail_link_is_read_back_and_fits_into_a_header(local: str, subject: str) -> None:
    address = f"{local}@xn--e1afmkfd.example"
    link = mail_link(address, subject)
    parts = urlsplit(link)
    assert (parts.scheme, unquote(parts.path), parts.fragment) == ("mailto", address, "")
    assert parse_qs(parts.query, strict_parsing=bool(subject)) == ({"subject": [subject]} if subject else {})
    assert structured(Header.LIST_UNSUBSCRIBE, f"<{link}>") == f"List-Unsubscribe: <{link}>\r\n"
    assert shown_link(link) == address


@given(st.from_regex(r"https://[a-z.]{1,20}/[a-z?=&%/]{0,20}", fullmatch=True))
def test_the_address_of_a_page_is_shown_as_it_is(link: str) -> None:
    assert shown_link(link) == link


def test_samples_look_like_real_links_and_name_no_one() -> None:
    page, domain = "https://letter.club.example/", "bounces.club.example"
    assert sample_links(page, domain) == CopyLinks(preferences="https://letter.club.example/m/sample")
    assert sample_links("", domain) == CopyLinks(preferences=f"mailto:sample@{domain}")
    assert sample_links("", "") == CopyLinks()
