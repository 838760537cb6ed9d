"""The text of a mail is what its reader sees, without the returned original."""

from mailer.formats.reports.body_text import extract_text, split_original
from mailer.formats.reports.mime import parse_mail


def test_a_style_that_never_ends_ends_the_page():
    assert extract_text(parse_mail(b"Content-Type: text/html\n\na<style>b</style>c</style><STYLE>d")).text == "ac"


def test_an_original_cannot_come_before_anything_was_said():
    page = split_original("----- Original message -----\nhello")
    assert page.returned == ""
