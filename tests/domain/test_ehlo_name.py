"""The name in EHLO: the setting, else a full name of the machine, else the sender's domain; never this machine's alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.ehlo_name import EhloName, EhloOrigin, address_literal, choose_ehlo_name, is_public_name

LOCAL = [
    "localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "vm",
    "3f2a1b",
    "vm.localdomain",
    "printer.local",
    "mailer-0.mailer.default.svc.cluster.local",
    "ip-10-0-0-5.eu-west-1.compute.internal",
    "box.home.arpa",
    "3f2a1b4c5d6e",
    "3f2a1b4c5d6e.club.example",
    "3F2A1B4C5D6E.club.example",
    "127.0.0.1",
    "192.0.2.7",
    "::1",
    "mailer_default.club_net",
    "mail.club.example..",
    ".club.example",
    "-mail.club.example",
    "",
]


@pytest.mark.parametrize(
    "name", ["mail.club.example", "Mail.Club.Example.", "a.b", "3f2a1b.club.example", "x.10-0-0-5.example"]
)
def test_a_full_name_of_the_machine_is_used(name: str) -> None:
    chosen = choose_ehlo_name("", ["localhost", name], "club.example")
    assert chosen == EhloName(name=name.rstrip("."), origin=EhloOrigin.MACHINE)


@pytest.mark.parametrize("name", LOCAL)
def test_a_name_that_others_do_not_know_gives_way_to_the_senders_domain(name: str) -> None:
    assert choose_ehlo_name("", [name], "club.example") == EhloName(name="club.example", origin=EhloOrigin.SENDER)


def test_the_setting_wins_and_without_any_name_the_address_stands_for_it() -> None:
    setting = choose_ehlo_name("relay-client", ["mail.club.example"], "club.example")
    assert setting == EhloName(name="relay-client", origin=EhloOrigin.SETTING)
    assert choose_ehlo_name("", ["localhost"], "") == EhloName(name="", origin=EhloOrigin.ADDRESS)


@given(st.lists(st.sampled_from(LOCAL) | st.text(max_size=20)), st.sampled_from(["", "club.example"]))
def test_a_default_is_never_a_name_for_this_machine_alone(machine: list[str], domain: str) -> None:
    chosen = choose_ehlo_name("", machine, domain)
    assert chosen.name == "" or is_public_name(chosen.name)
    assert not chosen.fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("mail.club.example", ""),
        ("[192.0.2.7]", ""),
        ("vm", "has no dot"),
        ("vm.", "has no dot"),
        ("localhost", "means any machine"),
        ("localhost.localdomain", "means any machine"),
    ],
)
def test_what_relays_hold_against_a_name(name: str, fault: str) -> None:
    assert EhloName(name=name, origin=EhloOrigin.SETTING).fault == fault


@pytest.mark.parametrize(
    ("address", "literal"),
    [("192.0.2.7", "[192.0.2.7]"), ("2001:db8::7", "[IPv6:2001:db8::7]"), ("fe80::1%eth0", "[IPv6:fe80::1]")],
)
def test_an_address_that_stands_for_a_name(address: str, literal: str) -> None:
    assert address_literal(address) == literal
