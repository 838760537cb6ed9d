"""A relay's reply in our own words: status, text and queue id, whatever octets it is made of."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.delivery import Reply
from mailer.gateways.server_text import TEXT_LIMIT
from mailer.gateways.smtp import replies
from mailer.gateways.smtp.replies import ReplyReader


@pytest.mark.parametrize(
    ("text", "queue_id"),
    [
        ("2.0.0 Ok: queued as 4F2B31234", "4F2B31234"),
        ("OK id=1abcDE-000001-XY", "1abcDE-000001-XY"),
        ("2.6.0 <1@club.example> [InternalId=1234567, Hostname=mx.example] Queued mail for delivery", "1234567"),
        ("2.0.0 w5K1x2ab003 Message accepted for delivery", "w5K1x2ab003"),
        ("2.0.0 9a8b7c6d Message accepted for delivery", "9a8b7c6d"),
        ("2.0.0 OK  1700000000 x1-20020a05.12 - gsmtp", "x1-20020a05.12"),
        ("ok 1700000000 qp 12345", "12345"),
        ("Ok 0102018e0c7b1f2a-5d3c-4c1b-9c57-000000", "0102018e0c7b1f2a-5d3c-4c1b-9c57-000000"),
        ("Message Queued (8F3A12BC-1D2E.1)", "8F3A12BC-1D2E.1"),
        ("2.0.0 Ok: queued as <AB.12>.", "AB.12"),
        ("OK", ""),
        ("Thank you", ""),
    ],
)
def test_the_relays_own_number_is_found(text: str, queue_id: str) -> None:
    assert replies.parse(250, text).queue_id == queue_id


@pytest.mark.parametrize(
    ("code", "text", "status", "words"),
    [
        (550, "5.1.1 No such user", "5.1.1", "No such user"),
        (550, "5.1.1 No such user\n5.1.1 Look it up", "5.1.1", "No such user Look it up"),
        (450, "4.7.25", "4.7.25", ""),
        (550, "4.2.0 The class contradicts the code", "", "4.2.0 The class contradicts the code"),
        (550, "5.1.1234 Too long", "", "5.1.1234 Too long"),
        (550, "Seen 5.1.1 in the middle", "", "Seen 5.1.1 in the middle"),
        (250, "", "", ""),
    ],
)
def test_the_status_is_taken_where_the_rfc_puts_it(code: int, text: str, status: str, words: str) -> None:
    assert replies.parse(code, text) == Reply(code=code, status=status, text=words)


@given(octets=st.binary(max_size=2000))
def test_any_octets_become_one_printable_line(octets: bytes) -> None:
    text = replies.parse(550, octets.decode("utf-8", "surrogateescape")).text
    text.encode()
    assert len(text) <= TEXT_LIMIT
    assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text)


def test_a_reply_is_quoted_for_a_sentence() -> None:
    assert replies.quoted(Reply(code=550, status="5.1.1", text="No")) == "‘550 5.1.1 No’"
    assert replies.quoted(Reply(code=550)) == "‘550’"


# --- octets to replies --------------------------------------------------------------------------------------------------


def read_all(octets: bytes, ends: list[int]) -> list[tuple[int, str] | None]:
    """What is read of the octets when they come cut at these places; nothing is read after a None."""
    reader, found, start = ReplyReader(), [], 0
    for end in [*sorted(ends), len(octets)]:
        found += reader.feed(octets[start:end])
        start = max(start, end)
        if None in found:
            break
    return found


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b"250 2.0.0 Ok\r\n", [(250, "2.0.0 Ok")]),
        (b"250-one\r\n250-\r\n250 three\r\n354 Go\r\n", [(250, "one\n\nthree"), (354, "Go")]),
        (b"250\r\n220\n250 bare\n", [(250, ""), (220, ""), (250, "bare")]),
        (b"250-one\r\n250\r\n", [(250, "one\n")]),
        ("250 été\r\n".encode(), [(250, "été")]),
        (b"250 \xff\r\n", [(250, "\udcff")]),
        (b"250 not whole", []),
        (b"250-not whole\r\n", []),
        (b"\r\n", [None]),
        (b"25 two digits\r\n", [None]),
        (b"2500 four\r\n", [None]),
        (b"2x0 Ok\r\n", [None]),
        (b"250-one\r\n251 two\r\n", [None]),
        (b"250 Ok\r\nHello\r\n250 Ok\r\n", [(250, "Ok"), None]),
    ],
)
def test_octets_become_replies_however_they_are_split(octets: bytes, found: list[object]) -> None:
    assert read_all(octets, []) == found
    assert read_all(octets, list(range(len(octets)))) == found


@given(data=st.data(), octets=st.lists(st.sampled_from([b"250 Ok", b"250-", b"\r\n", b"\n", b"354", b"x", b"\xff"])))
def test_any_split_gives_the_same(data: st.DataObject, octets: list[bytes]) -> None:
    whole = b"".join(octets)
    assert read_all(whole, data.draw(st.lists(st.integers(0, len(whole))))) == read_all(whole, [])


def test_nobodys_reply_is_longer_than_this() -> None:
    limit = replies._REPLY_AT_MOST
    longest = b"250 " + b"x" * (limit - 5) + b"\n"
    for octets, found in (
        (longest, [(250, "x" * (limit - 5))]),
        (longest[:-1] + b"x\n", [None]),
        (longest[:-1] + b"xx", [None]),
        (b"250-x\r\n" * limit, [None]),
        (b"250-" + b"x" * limit, [None]),
    ):
        assert read_all(octets, []) == found
        assert read_all(octets, list(range(0, len(octets), 1000))) == found
