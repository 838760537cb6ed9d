"""Room is made by those that are idle, first by those from the address that has the most connections."""

from dataclasses import dataclass, field

import pytest

from mailer.gateways.listener.room import MAX_CONNECTIONS, MAX_FROM_ADDRESS, address_of, make_room


@dataclass
class Visitor:
    address: str
    since: float
    is_idle: bool = True
    reasons: list[str] = field(default_factory=list)

    def dismiss(self, reason: str) -> None:
        self.reasons.append(reason)


def visitors(number: int, address: str = "", *, is_idle: bool = True) -> list[Visitor]:
    return [Visitor(address or f"192.0.2.{at}", float(at), is_idle) for at in range(number)]


def dismissed(guests: list[Visitor]) -> list[Visitor]:
    return [guest for guest in guests if guest.reasons]


def test_while_there_is_room_none_must_go() -> None:
    guests = visitors(MAX_CONNECTIONS - 1)
    assert make_room(guests, "192.0.2.1")
    assert dismissed(guests) == []


def test_the_longest_idle_of_the_fullest_address_goes() -> None:
    guests = visitors(MAX_CONNECTIONS - 10) + visitors(10, "198.51.100.1")
    assert make_room(guests, "203.0.113.1")
    assert dismissed(guests) == [guests[-10]]


def test_an_address_that_is_full_makes_room_for_itself_alone() -> None:
    own = visitors(MAX_FROM_ADDRESS, "198.51.100.1")
    others = visitors(5)
    assert make_room(others + own, "198.51.100.1")
    assert dismissed(others + own) == [own[0]]
    for guest in own:
        guest.is_idle, guest.reasons = False, []
    assert not make_room(others + own, "198.51.100.1")
    assert dismissed(others + own) == []
    assert make_room(others + own, "203.0.113.1")


def test_where_all_are_busy_no_one_comes_in() -> None:
    guests = visitors(MAX_CONNECTIONS, is_idle=False)
    assert not make_room(guests, "203.0.113.1")
    assert dismissed(guests) == []


@pytest.mark.parametrize(
    ("peername", "address"),
    [
        (("192.0.2.1", 4711), "192.0.2.1"),
        (("2001:db8::1", 4711, 0, 0), "2001:db8::"),
        (("2001:db8::ffff:2", 4711, 0, 0), "2001:db8::"),
        (("fe80::1%eth0", 4711, 0, 2), "fe80::"),
        (("::ffff:192.0.2.1", 4711, 0, 0), "192.0.2.1"),
        (("odd", 1), "odd"),
        ("/run/socket", ""),
        (None, ""),
    ],
)
def test_the_address_of_a_client(peername: object, address: str) -> None:
    assert address_of(peername) == address
