"""Our signature is found wherever a mail system has put it, and names the message that failed, not one beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.message_id import message_id
from mailer.formats.reports.mime import parse_mail
from mailer.formats.reports.signed_copies import SignedCopies, find_signed
from mailer.formats.return_path import return_path, unsubscribe_address
from mailer.formats.token import Keyring
from tests.placed_signatures import PLACES, SPELLINGS, dsn

KEYS = Keyring(keys=(bytes(range(32)),))
STRANGER = Keyring(keys=(b"another key" * 3,))
OURS, OTHER = message_id(4711, KEYS, "club.example"), message_id(4712, KEYS, "club.example")
PATH = return_path(KEYS, 4711, "bounces.club.example")
UNSUBSCRIBE = unsubscribe_address(KEYS, 4711, "bounces.club.example")


def signed(raw: bytes) -> SignedCopies:
    return find_signed(parse_mail(raw), KEYS)


def best(copies: SignedCopies) -> frozenset[int]:
    shown = copies.returned | copies.enveloped
    return shown or (frozenset() if copies.shows_another else copies.answered or copies.quoted)


@pytest.mark.parametrize("place", PLACES)
def test_it_is_found_in_each_place_in_each_spelling(place: str) -> None:
    lost = [
        name
        for name, spell in SPELLINGS.items()
        if best(signed(PLACES[place](spell(OURS)).replace(b"\n", b"\r\n"))) != {4711}
    ]
    assert lost == []


@pytest.mark.parametrize("place", PLACES)
def test_the_signature_of_another_is_not_ours(place: str) -> None:
    raw = PLACES[place](message_id(4711, STRANGER, "club.example"))
    assert best(signed(raw)) == frozenset()


@given(st.sampled_from(sorted(PLACES)), st.integers(1, 30), st.sampled_from("abz27AZ019"))
def test_a_signature_with_a_character_more_is_not_ours(place: str, at: int, letter: str) -> None:
    end = OURS.index("@")
    at = min(at, end)
    assert best(signed(PLACES[place](OURS[:at] + letter + OURS[at:]))) == frozenset()


@pytest.mark.parametrize(
    "shown",
    [
        f"List-Unsubscribe: <mailto:{UNSUBSCRIBE}>",
        f"Message-ID: <1@relay.example>\nList-Unsubscribe: <https://club.example/u>,\n <mailto:{UNSUBSCRIBE}?subject=x>",
        f"Return-Path: <{PATH}>",
        f"X-Envelope-From: {PATH.upper()}",
    ],
)
def test_our_addresses_in_the_returned_header_name_the_copy(shown: str) -> None:
    assert signed(dsn(shown=shown)).returned == {4711}


def test_our_return_path_as_the_sender_in_a_server_s_fields_names_the_copy() -> None:
    assert signed(dsn(status=f"X-Postfix-Sender: rfc822; {PATH}")).returned == {4711}


def test_the_address_to_which_a_carried_report_came_names_the_copy() -> None:
    raw = PLACES["a wrapped report"]("<1@other.example>").replace(b"To: letter@club.example", b"To: " + PATH.encode())
    assert signed(raw).returned == {4711}


@pytest.mark.parametrize(
    "raw",
    [
        dsn(text=f"Write to {UNSUBSCRIBE}, or to {PATH}"),
        dsn(shown=f"To: {PATH}"),
        dsn(status=f"Original-Recipient: rfc822;{PATH}"),
        dsn(own=f"X-To: {PATH}"),
        dsn(shown=f"Message-ID: <{PATH}>\nX-Other-Id: {UNSUBSCRIBE}", status=f"Original-Envelope-Id: {UNSUBSCRIBE}"),
    ],
)
def test_our_addresses_elsewhere_name_none(raw: bytes) -> None:
    assert best(signed(raw)) == frozenset()


@pytest.mark.parametrize(
    "raw",
    [
        dsn(
            own=f"In-Reply-To: <2@club.example>\nReferences: {OURS} <2@club.example>",
            shown=f"Message-ID: <2@club.example>\nIn-Reply-To: {OURS}\nReferences: {OURS}",
        ),
        dsn(own=f"In-Reply-To: <2@club.example>\nReferences: {OURS} <2@club.example>"),
        dsn(shown="Message-ID: <2@club.example>\n\n> Dear Anna\n> Message-ID: " + OURS, kind="message/rfc822"),
    ],
)
def test_a_person_s_reply_that_failed_is_not_the_copy_that_it_answers(raw: bytes) -> None:
    assert best(signed(raw)) == frozenset()


def test_each_place_is_kept_apart() -> None:
    raw = dsn(own=f"In-Reply-To: {OTHER}", shown=f"Message-ID: {OURS}", text=f"{OURS} {OTHER}")
    assert signed(raw) == SignedCopies(
        returned=frozenset({4711}), answered=frozenset({4712}), quoted=frozenset({4711, 4712})
    )


@given(st.binary(max_size=400))
def test_any_octets_are_read(raw: bytes) -> None:
    assert best(signed(raw)) == frozenset()
