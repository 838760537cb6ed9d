"""What a relay is asked for its reports: by the letter of RFC 3461, and nothing can break out of it."""

import re
from string import printable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.domain.ports import Envelope
from mailer.gateways.smtp.dsn import mail_parameters, rcpt_parameters, xtext


def envelope(recipient: str = "anna@members.example", identity: str = "") -> Envelope:
    return Envelope(sender="bulletin@club.example", recipient=recipient, identity=identity)


@given(st.text(st.characters(max_codepoint=127)))
@example(printable)
def test_xtext_is_visible_and_is_read_back(text: str) -> None:
    written = xtext(text)
    assert re.fullmatch(rb"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*", written)
    assert re.sub(rb"\+(..)", lambda found: bytes.fromhex(found[1].decode()), written) == text.encode()


def test_only_the_header_comes_back_under_the_name_of_the_copy() -> None:
    assert mail_parameters(envelope()) == b" RET=HDRS"
    assert mail_parameters(envelope(identity="mab=c+d")) == b" RET=HDRS ENVID=mab+3Dc+2Bd"
    assert mail_parameters(envelope(identity="m" * 100)) == b" RET=HDRS ENVID=" + b"m" * 100
    assert mail_parameters(envelope(identity="m" * 101)) == mail_parameters(envelope(identity="=" * 34)) == b" RET=HDRS"


@pytest.mark.parametrize(
    ("recipient", "asked"),
    [
        ("anna+post@members.example", b" ORCPT=rfc822;anna+2Bpost@members.example"),
        ('"a b"@members.example', b' ORCPT=rfc822;"a+20b"@members.example'),
        ("zoë@members.example", b""),
        ("a" * 493, b" ORCPT=rfc822;" + b"a" * 493),
        ("a" * 494, b""),
    ],
)
def test_the_address_comes_back_as_we_wrote_it(recipient: str, asked: bytes) -> None:
    assert rcpt_parameters(envelope(recipient)) == asked
