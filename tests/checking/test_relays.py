"""What `mailer check` says of a relay: by which name it is greeted, and, where allowed, whom it takes mail from and to."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest

from mailer.checking import relays
from mailer.checking.checks import check
from mailer.domain.check_result import CheckResult, CheckState
from mailer.gateways.smtp.settings import Security
from mailer.store.ledger import outages
from tests.certificates import an_authority
from tests.cli.terminal import a_relay
from tests.club import LETTER, THURSDAY, Club, Member, import_register
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


@pytest.mark.parametrize(("announced", "takes"), [("9" * 20, ""), ("100", "at most"), ("-5", "")])
def test_a_size_that_no_message_reaches_is_no_limit(club, announced, takes) -> None:
    with a_greeter(f"250-relay.example\r\n250 SIZE {announced}\r\n") as port:
        club.settle(smtp={"port": port})
        result = found(club)["the relay"]
    assert (result.ok, takes in result.finding) == (True, True)


@pytest.mark.parametrize(("login", "words"), [({}, ""), ({"username": "club"}, ", its username and password")])
def test_a_relay_that_keeps_us_waiting_at_each_step_is_given_up_as_a_whole(club, monkeypatch, login, words) -> None:
    monkeypatch.setattr(relays, "PATIENCE", 0.2)
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", "sesame")
    with a_greeter("250 relay.example\r\n", pause=0.15) as port:
        club.settle(smtp={"port": port, **login})
        result = found(club)["the relay"]
    assert not result.ok
    assert result.finding.endswith(f"within 0.2 seconds; check host, port and security of [smtp]{words}")


@contextmanager
def a_greeter(hello: str, pause: float = 0.0) -> Iterator[int]:
    """A relay that answers one EHLO with this, and hesitates before each of its replies."""

    def serve() -> None:
        client, _ = server.accept()
        with client, suppress(OSError), client.makefile("rb") as lines:
            for reply in ("220 relay.example\r\n", hello, "221 bye\r\n"):
                Event().wait(pause)
                client.sendall(reply.encode())
                lines.readline()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


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


# --- what a relay offers ------------------------------------------------------------------------------------------------


def offered(club: Club) -> dict[str, CheckResult]:
    with club.opened() as app:
        return {result.subject: result for result in relays.check_relays(app)}


def test_the_version_of_tls_and_the_end_of_the_certificate_are_named(club, tmp_path) -> None:
    authority = an_authority(tmp_path)
    with a_relay(tls_context=authority.good, security=Security.TLS) as relay:
        club.settle(smtp={"port": relay.port, "security": "tls", "ca_file": str(authority.ca_file)})
        results = offered(club)
    assert results["the relay"].ok
    tls = results["the relay: TLS"]
    assert tls.ok
    assert re.match(r"TLSv1\.3, its certificate is valid until \d{4}-\d\d-\d\d", tls.finding)


def test_what_a_relay_offers_is_named_with_what_addresses_need(club) -> None:
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        results = offered(club)
        assert "PIPELINING" in results["the relay: extensions"].finding
        assert results["the relay: TLS"].finding == "none: the relay is on this machine"


def test_a_relay_that_lacks_what_is_needed_is_noted(club) -> None:
    with club.opened() as app:
        import_register(app, [Member(number=1, address="приём@members.example"), Member(number=2)])
        result = relays._extensions(app, "the relay: extensions", frozenset({"size"}))
    assert result.state is CheckState.NOTE
    assert "no PIPELINING: each copy takes several round trips" in result.finding
    assert "no SMTPUTF8: 1 person has an address with letters beyond ASCII" in result.finding


def test_an_outage_and_a_slow_relay_are_noted(club) -> None:
    with club.opened() as app:
        [calm] = relays.check_outage(app)
        with app.store.transaction() as connection:
            outages.begin(connection, THURSDAY, "no connection")
        [noted] = relays.check_outage(app)
    assert calm.state is CheckState.OK
    assert (noted.state, noted.finding) == (CheckState.NOTE, "no relay could be used: no connection")


def test_a_relay_that_was_left_out_is_noted_until_it_lets_us_in(club) -> None:
    with a_relay() as relay:
        club.settle(relay=[{"name": "main", "port": 1}, {"name": "spare", "port": relay.port}])
        with club.opened() as app, app.store.transaction() as connection:
            outages.leave_out(connection, THURSDAY, {"main": "no answer", "spare": "it was restarted"})
        found(club)
        assert found(club)["the last attempts"].finding == "the relay main was left out: no answer"
