"""The words of a reply, without what differs from copy to copy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.reports.wording import LONGEST, joined, wording_of

READERS = ["anna@members.example", "boris@d4.example", "почта@xn--e1afmkfd.example"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("Your account is suspended", "Your account is suspended"),
        ("<{0}>: Recipient address rejected: account {1} is over quota", "Recipient address rejected account is over quota"),
        ("host mx1.{2}[192.0.2.4] said: 552 5.2.2 Mailbox full (in reply to RCPT TO command)",
         "host said Mailbox full in reply to RCPT TO command"),
        ("STOREDRV.Submission.Exception:QuotaExceeded; Failed [Hostname=AM0PR01.prod.outlook.example]",
         "STOREDRV.Submission.Exception:QuotaExceeded Failed"),
        ("Ящик «{1}» переполнен, см. https://help.example/quota?u={0}", "Ящик переполнен см"),
        ("4XyZ9b: {0}", ""),
    ],
)  # fmt: skip
def test_readers_hosts_ids_and_numbers_are_left_out(reply, words):
    for reader in READERS:
        local, _, domain = reader.partition("@")
        assert wording_of(reply.format(reader, local, domain), reader) == words


@given(st.text(), st.text())
def test_whatever_the_reply_the_words_are_short_and_hold_no_address(text, address):
    words = wording_of(text, address)
    assert len(words) <= LONGEST
    assert "@" not in words
    assert wording_of(words, address) == words or len(words) == LONGEST


def test_the_parts_of_a_reply_that_are_missing_leave_no_gap():
    assert joined(552, "5.2.2") == "552 5.2.2"
    assert joined(None, "5.2.2") == "5.2.2"
    assert joined(None, None) == ""
