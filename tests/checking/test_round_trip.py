"""`mailer check --round-trip` sends a mail to a return path and sees it come back, and nothing is left for a person."""

from mailer.checking.bounces import check_return_address
from mailer.checking.round_trip import Patience, check_round_trip
from mailer.domain.check_result import CheckResult
from mailer.formats.return_path import TRIAL, return_path
from mailer.pipeline.bounces import match
from mailer.pipeline.overview.to_do import to_do
from mailer.store import reports
from tests.cli.terminal import a_relay
from tests.club import Club
from tests.scripted_relay import Phase

BOUNCES = {"return_path_domain": "bounces.club.example", "maildir": "mail"}
ONCE = Patience(looks=1, seconds=0)


def round_trip(club: Club, relay, **bounces) -> CheckResult:
    club.settle(smtp={"port": relay.port}, bounces={**BOUNCES, **bounces})
    with club.opened() as app:
        [result] = check_round_trip(app, ONCE)
    return result


def test_a_trial_that_comes_back_is_all_right_and_waits_for_no_one(club: Club) -> None:
    with a_relay(club.folder / "mail" / "new") as relay:
        result = round_trip(club, relay)
        [received] = relay.received
    assert result.ok
    assert result.finding.startswith("the trial came back by maildir after ")
    assert received.recipient.endswith("@bounces.club.example")
    with club.opened() as app, app.store.reading() as connection:
        [kind] = [report.kind for report in reports.listing(connection)]
        assert kind == "delivered"
        assert to_do(app.context) == ()


def test_a_trial_that_does_not_come_back_is_wrong(club: Club) -> None:
    with a_relay() as relay:
        result = round_trip(club, relay)
    assert not result.ok
    assert "it has not come back in 0 seconds; the daemon looks into the mailbox every" in result.finding


def test_a_relay_that_refuses_the_trial_is_quoted(club: Club) -> None:
    with a_relay(script=lambda now, *_: "550 5.7.1 Not here" if now is Phase.RCPT else None) as relay:
        result = round_trip(club, relay)
    assert not result.ok
    assert "Not here" in result.finding


def test_without_a_way_in_nothing_is_sent(club: Club) -> None:
    with a_relay() as relay:
        result = round_trip(club, relay, maildir="", listen="127.0.0.1:1")
        assert relay.received == []
    assert (result.ok, "no daemon runs" in result.finding) == (False, True)
    club.settle()
    with club.opened() as app:
        [result] = check_round_trip(app, ONCE)
    assert "return_path_domain is empty" in result.finding


def test_the_address_of_a_trial_is_taken_in_and_a_forged_one_is_not(club: Club) -> None:
    club.settle(bounces=BOUNCES)
    with club.opened() as app:
        address = return_path(app.context.keys, TRIAL, "bounces.club.example")
        assert match.admit(app.context, address.upper())
        assert not match.admit(app.context, address.replace(address[5], "7" if address[5] != "7" else "6"))
        [result] = check_return_address(app)
    assert result.ok
    assert "is known again; no message was sent" in result.finding
