"""What `mailer check` says of a relay: by which name it is greeted, and, where allowed, whom it takes mail from and to."""

import socket

import pytest

from mailer.checking.checks import check
from mailer.checking.result import CheckResult
from tests.cli.terminal import a_relay
from tests.club import LETTER, Club
from tests.scripted_relay import Misbehaviour, Phase, Script

SECRETARY, SENDER = "secretary@club.example", "letter@club.example"


def found(club: Club, *, envelope: bool = False) -> dict[str, CheckResult]:
    return {result.subject: result for result in check(club.config, envelope=envelope)}


def only(phase: Phase, answer: str | Misbehaviour) -> Script:
    return lambda now, _sender, _recipient, _nth: answer if now is phase else None


# --- the name in EHLO ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "finding"),
    [
        ("mail.club.example", "mail.club.example, the full name of this machine"),
        ("3f2a1b4c5d6e", "club.example, the domain of the newsletters' sender, since this machine has no full name"),
    ],
)
def test_the_name_is_shown_with_where_it_comes_from(club, monkeypatch, machine, finding) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: machine)
    monkeypatch.setattr(socket, "gethostname", lambda: machine)
    result = found(club)["the relay: EHLO"]
    assert (result.ok, result.finding) == (True, finding)


def test_a_name_without_a_dot_is_a_fault(club) -> None:
    club.settle(smtp={"ehlo_name": "mailer"})
    result = found(club)["the relay: EHLO"]
    assert not result.ok
    assert result.finding.startswith("mailer, by the setting ehlo_name; it has no dot, and many relays refuse that")
    assert result.finding.endswith("set ehlo_name of [smtp] to a full name")


def test_each_of_several_relays_has_its_own_name(club) -> None:
    club.settle(relay=[{"name": "main", "ehlo_name": "a.example"}, {"name": "spare", "ehlo_name": "b"}])
    results = found(club)
    assert results["the relay main: EHLO"].finding == "a.example, by the setting ehlo_name"
    assert "set ehlo_name of [[relay]] 2" in results["the relay spare: EHLO"].finding


def test_a_relay_that_cannot_be_used_is_said_once(club) -> None:
    club.settle(smtp={"host": "relay.example", "security": "tls", "ca_file": "absent.pem"})
    wrong = {subject: result for subject, result in found(club).items() if subject.startswith("the relay")}
    assert list(wrong) == ["the relay"]
    assert "absent.pem is not a readable file" in wrong["the relay"].finding


# --- the envelope -------------------------------------------------------------------------------------------------------


def test_without_the_option_check_says_what_it_did_not_try(club) -> None:
    with a_relay(script=only(Phase.RCPT, "550 5.1.1 unknown")) as relay:
        club.settle(smtp={"port": relay.port}, notify={"secretary": SECRETARY})
        results = found(club)
    assert results["envelope"].ok
    assert results["envelope"].finding.startswith("not tried; `mailer check --envelope`")
    assert results["the relay"].ok


@pytest.mark.parametrize(
    ("script", "ok", "finding"),
    [
        (only(Phase.CONTENT, Misbehaviour.DROP), True, f"it takes mail from {SENDER} to {SECRETARY}: ‘250"),
        (
            only(Phase.RCPT, "450 4.2.0 Greylisted"),
            True,
            f"it asks to wait with mail from {SENDER} to {SECRETARY}: ‘450 4.2.0 Greylisted’; that is no fault",
        ),
        (only(Phase.MAIL, "421 4.7.0 Too much mail"), True, f"it asks to wait with mail from {SENDER}: ‘421 4.7.0 Too"),
        (only(Phase.MAIL, "553 5.7.1 Not owned"), False, f"it refuses the sender {SENDER}: ‘553 5.7.1 Not owned’"),
        (only(Phase.RCPT, "550 5.1.1 Unknown"), False, f"it refuses mail to {SECRETARY}: ‘550 5.1.1 Unknown’"),
        (
            only(Phase.RCPT, f"554 5.7.1 <{SECRETARY}>: Relay access denied"),
            False,
            (
                f"it refuses us, not the address {SECRETARY}: the sender is {SENDER}: ‘554 5.7.1 <{SECRETARY}>: Relay access "
                "denied’; check username of [smtp]"
            ),
        ),
        (only(Phase.RCPT, "550 5.7.1 Too many messages per hour"), True, "it asks to wait with mail"),
        (only(Phase.MAIL, "530 5.7.0 Authentication required"), False, "check username of [smtp]"),
        (only(Phase.RCPT, Misbehaviour.DROP), False, "broke off at MAIL or RCPT"),
    ],
)
def test_with_the_option_sender_and_secretary_are_tried_and_nothing_is_sent(club, script, ok, finding) -> None:
    with a_relay(script=script) as relay:
        club.settle(smtp={"port": relay.port}, notify={"secretary": SECRETARY})
        result = found(club, envelope=True)[f"envelope: {LETTER} at 127.0.0.1"]
        assert relay.received == []
    assert result.ok is ok
    assert finding in result.finding


def test_a_return_path_is_tried_too(club) -> None:
    def refuse(phase: Phase, sender: str, _recipient: str, _nth: int) -> str | None:
        return "553 5.7.1 Not owned" if phase is Phase.MAIL and sender.endswith("@bounces.club.example") else None

    with a_relay(script=refuse) as relay:
        bounces = {"return_path_domain": "bounces.club.example", "maildir": "mail"}
        club.settle(smtp={"port": relay.port}, notify={"secretary": SECRETARY}, bounces=bounces)
        results = found(club, envelope=True)
    assert results[f"envelope: {LETTER} at 127.0.0.1"].ok
    assert not results["envelope: return paths at 127.0.0.1"].ok
    assert "@bounces.club.example: ‘553 5.7.1 Not owned’" in results["envelope: return paths at 127.0.0.1"].finding


def test_without_a_secretary_there_is_nothing_to_try(club) -> None:
    result = found(club, envelope=True)["envelope"]
    assert not result.ok
    assert "[notify] secretary" in result.finding
