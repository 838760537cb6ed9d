"""Postfix as the club's relay: whatever its manners, the ledger says of every copy what Postfix's own log says."""

import asyncio
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from mailer.app.sender import open_sender
from mailer.domain.address import Address
from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.pipeline.bounces import breaker
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.report import issue_progress
from tests.certificates import Authority, an_authority
from tests.club import ISSUE, THURSDAY, Club, Member, attempts, begin, copies, members, states
from tests.doubles import FrozenClock
from tests.formats.message.test_dkim import holds, pem, rsa
from tests.gateways.relays import carried
from tests.postfix import absent
from tests.real.doors import Doors, Refusal, doors, policy
from tests.real.line import line
from tests.real.relay import GREYLIST, KEPT, MANNERS, PASSWORD, USER, agreed, give_login, kept, sending
from tests.servers import free_port, program

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(absent()), reason=f"{absent()}: run sh tests/real/install as root"),
]


@pytest.fixture(scope="module")
def postfix(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One Postfix for all, with a door for each of its manners."""
    people = {kept(number): f"{number}/" for number in KEPT if number % 5}
    with doors(MANNERS, people) as its:
        settings = its.postfix.settings
        (settings / "ours.pem").write_bytes(authority.good_file.read_bytes())
        theirs = an_authority(tmp_path_factory.mktemp("another"))
        (settings / "theirs.pem").write_bytes(theirs.good_file.read_bytes())
        give_login(settings)
        its.open()
        yield its


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


@pytest.fixture(autouse=True)
def no_failures_pause_a_mailing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "UNWANTED_AT_LEAST", 1000)
    monkeypatch.setattr(breaker, "DEAD_AT_LEAST", 1000)


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path)


# --- STARTTLS ---------------------------------------------------------------------------------------------------------


async def test_behind_starttls_the_ledger_has_the_tls_version_and_the_queue_ids_of_the_log(
    club, clock, postfix, authority
):
    private = {"security": "starttls", "ca_file": str(authority.ca_file)}
    with sending(club, clock, postfix.ports["private"], **private) as (app, sender):
        begin(app, members(50, 1))
        assert (await sender.drain()).down == ""
        assert states(app) == {"accepted": 50}
        assert agreed(app, postfix, "private") == 50
        assert {one.tls for one in postfix.taken("private")} == {"TLSv1.3"}


@pytest.mark.parametrize(
    ("door", "why"),
    [("stranger", "shows a certificate that cannot be trusted"), ("plain", "STARTTLS extension not supported")],
)
async def test_without_a_private_line_to_the_right_relay_nothing_is_sent(club, clock, postfix, authority, door, why):
    private = {"security": "starttls", "ca_file": str(authority.ca_file)}
    people = members(5, 60)
    with sending(club, clock, postfix.ports[door], **private) as (app, sender):
        begin(app, people)
        down = (await sender.drain()).down
        assert why in down
        assert "nothing was sent" in down
        assert states(app) == {"pending": 5}
        assert {copy.attempts for copy in copies(app).values()} == {0}
    assert not {one.recipient for one in [*postfix.taken(door), *postfix.refusals(door)]} & {
        one.email for one in people
    }


# --- the login --------------------------------------------------------------------------------------------------------

needs_sasl = pytest.mark.skipif(not program("saslpasswd2"), reason="sasl2-bin is missing: run sh tests/real/install")


def a_login(authority: Authority, password: str, folder: Path) -> dict[str, object]:
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o600)
    return {
        "security": "starttls",
        "ca_file": str(authority.ca_file),
        "username": USER,
        "password_file": "password",
        "connections": 4,
    }


@needs_sasl
@pytest.mark.parametrize("door", ["login", "submission"])
async def test_who_logs_in_may_send(club, clock, postfix, authority, door):
    with sending(club, clock, postfix.ports[door], **a_login(authority, PASSWORD, club.folder)) as (app, sender):
        begin(app, members(20, 70))
        assert (await sender.drain()).down == ""
        assert agreed(app, postfix, door) == 20


@needs_sasl
async def test_a_wrong_password_is_tried_once_and_costs_nobody_an_attempt(club, clock, postfix, authority):
    """Four connections, three mechanisms: as many failed logins as that would get the club's machine locked out."""
    before = len(postfix.failed_logins("login"))
    with sending(club, clock, postfix.ports["login"], **a_login(authority, "wrong", club.folder)) as (app, sender):
        begin(app, members(20, 100))
        down = (await sender.drain()).down
        assert f"refuses the login of {USER}" in down
        assert "‘535 5.7.8 " in down
        clock.advance(minutes=29)
        assert (await sender.drain()).down == "the relay was down a moment ago"
        assert len(postfix.failed_logins("login")) == before + 1
        assert states(app) == {"pending": 20}
        assert {copy.attempts for copy in copies(app).values()} == {0}


@needs_sasl
async def test_a_login_that_was_forgotten_is_our_fault_and_no_members(club, clock, postfix, authority):
    """Postfix puts off what it thinks of a client until RCPT (smtpd_delay_reject)."""
    private = {"security": "starttls", "ca_file": str(authority.ca_file)}
    with sending(club, clock, postfix.ports["submission"], **private) as (app, sender):
        begin(app, members(20, 130))
        assert "Client host rejected: Access denied" in (await sender.drain()).down
        assert states(app) == {"pending": 20}
        assert {copy.attempts for copy in copies(app).values()} == {0}
    assert {one[1:] for one in postfix.refusals("submission")} == {(554, "5.7.1")}


# --- pipelining and chunks --------------------------------------------------------------------------------------------


async def through_a_line(club, clock, postfix, door: str, *, people: list, each_way: float = 0.0, **smtp: object):
    """What a line to that door saw while these got their copies over one connection."""

    async with line(postfix.ports[door], each_way) as its:
        with sending(club, clock, its.port, connections=1, **smtp) as (app, sender):
            begin(app, people)
            assert (await sender.drain()).down == ""
            assert agreed(app, postfix, door) == len(people)
    return its


async def test_a_copy_costs_one_turn_when_commands_go_in_groups(club, clock, postfix):
    seen = await through_a_line(club, clock, postfix, "nochunks", people=members(40, 300))
    assert seen.said.count(b"\r\nDATA\r\n") == 40
    assert seen.turns < 60  # one more whenever the ledger had none ready

    async with line(postfix.ports["nochunks"]) as always_ready:
        people = [Address(local=f"reader{n}", domain="members.example") for n in range(40)]
        shelf = await carried(always_ready.port, *people)
    assert set(shelf.kinds.values()) == {"Accepted"}
    assert always_ready.turns == 1 + (40 + 1) + 1  # EHLO and QUIT beside them


async def test_without_pipelining_all_arrives_one_command_at_a_time(club, clock, postfix):
    seen = await through_a_line(club, clock, postfix, "onebyone", people=members(40, 350))
    assert seen.turns == 1 + 40 * 4 + 1


async def test_over_a_long_line_copies_go_in_chunks(club, clock, postfix):
    seen = await through_a_line(club, clock, postfix, "plain", people=members(40, 400), each_way=0.015)
    assert seen.said.count(b"\r\nBDAT ") == 40 - 2  # the first two prove that its answers are in step
    assert seen.turns < 40


async def test_over_a_long_line_without_chunking_all_arrives_too(club, clock, postfix):
    seen = await through_a_line(club, clock, postfix, "nochunks", people=members(20, 450), each_way=0.015)
    assert b"BDAT" not in seen.said


# --- other alphabets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["plain", "ascii"])
async def test_an_address_in_cyrillic_needs_a_relay_that_announces_it(club, clock, postfix, door):
    people = [*members(1, 500, address=f"смотритель-{door}@members.example"), *members(4, 501)]
    with sending(club, clock, postfix.ports[door]) as (app, sender):
        begin(app, people)
        await sender.drain()
        (attempt,) = attempts(app, "P500")
        if door == "plain":
            assert agreed(app, postfix, door) == 5
        else:
            assert (attempt.outcome, attempt.code, attempt.status) == ("rejected", 553, "5.6.7")
            assert agreed(app, postfix, door) == 4
            assert postfix.refusals(door) == []  # it was not even asked


# --- too large --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["small", "silent"])
async def test_a_message_too_large_for_the_relay_pauses_the_mailing_before_or_after_its_first_refusals(
    club, clock, postfix, door
):
    says_its_limit = door == "small"  # no copy is tried then
    with sending(club, clock, postfix.ports[door]) as (app, sender):
        begin(app, members(40, 510))
        assert (await sender.drain()).down == ""
        assert issue_progress(app.context, ISSUE).state is MailingState.PAUSED
        tried = [one for person in copies(app) for one in attempts(app, person)]
        assert {(one.outcome, one.code, one.status) for one in tried} <= {("rejected", 552, "5.3.4")}
        refused = states(app).get("rejected", 0)
        assert len(tried) == refused
        assert refused == 0 if says_its_limit else 10 <= refused < 40
        assert agreed(app, postfix, door) == 0
    with sending(club, clock, postfix.ports["plain"]) as (app, sender):  # its limit was raised
        resume_mailing(app.context, ISSUE)
        await sender.drain()
        assert states(app) == {"accepted": 40} | ({"accepted": 40 - refused, "rejected": refused} if refused else {})


# --- refused recipients -----------------------------------------------------------------------------------------------


async def test_unknown_and_greylisted_recipients_are_in_the_ledger_as_in_the_log(club, clock, postfix):
    people = [Member(number=number, address=kept(number)) for number in KEPT]
    asked: list[str] = []

    async def decide(recipient: str) -> str:
        asked.append(recipient)
        late = int(recipient[4:7]) % 3 == 0 and asked.count(recipient) == 1
        return "450 4.2.0 Greylisted, come back" if late else "DUNNO"

    async with policy(GREYLIST, decide):
        with sending(club, clock, postfix.ports["greylisting"], connections=3) as (app, sender):
            begin(app, people)
            while "pending" in states(app):
                assert (await sender.drain()).down == ""
                clock.advance(minutes=6)
            assert states(app) == {"accepted": 48, "rejected": 12}
            assert agreed(app, postfix, "greylisting") == 48
            ledger = [
                Refusal(copy.address, one.code, one.status)
                for person, copy in copies(app).items()
                for one in attempts(app, person)
                if one.outcome != "accepted"
            ]
            assert sorted(ledger) == sorted(postfix.refusals("greylisting"))
            assert {one[1:] for one in ledger} == {(550, "5.1.1"), (450, "4.2.0")}


# --- stopped in mid-run -----------------------------------------------------------------------------------------------


async def test_a_postfix_that_stops_in_mid_run_and_comes_back_loses_and_doubles_nothing(club, clock):
    port, asked = free_port(), []
    restrictions = f"check_policy_service inet:127.0.0.1:{port}, permit_mynetworks, reject"

    with doors({"door": {"smtpd_recipient_restrictions": restrictions}}) as its:
        its.open()
        stopped = asyncio.Event()

        async def decide(recipient: str) -> str:
            asked.append(recipient)
            if len(asked) == 30:  # it dies while a group of commands waits for its answers
                await asyncio.to_thread(its.postfix.stop)
                stopped.set()
            return "DUNNO"

        async with policy(port, decide):
            with sending(club, clock, its.ports["door"], window=1) as (app, sender):
                begin(app, members(60))
                assert (await sender.drain()).down
                assert states(app)["pending"] > 0
                await stopped.wait()
                its.open()
                while "pending" in states(app):
                    clock.advance(minutes=6)
                    await sender.drain()
                found = copies(app).values()
                accepted = {one.address for one in found if one.state is State.ACCEPTED}
                uncertain = {one.address for one in found if one.state is State.UNCERTAIN}
                assert len(accepted) + len(uncertain) == 60
                assert len(uncertain) <= 2  # one a connection
                reached = [one.recipient for one in its.taken("door")]
                assert len(reached) == len(set(reached))
                assert accepted == set(reached) - uncertain


# --- signed -----------------------------------------------------------------------------------------------------------


async def test_a_signature_holds_for_the_copy_as_postfix_keeps_it(tmp_path, clock, postfix):
    club = Club.found(tmp_path, {"newsletter": {"languages": ["en", "ru"]}})
    (tmp_path / "dkim.pem").write_bytes(pem(rsa()))
    (tmp_path / "dkim.pem").chmod(0o600)
    dkim = {"domain": "club.example", "selector": "bulletin", "key_file": "dkim.pem"}
    languages = {201: "en", 202: "ru"}
    people = [Member(number=number, address=kept(number), languages=one) for number, one in languages.items()]
    club.settle(smtp={"port": postfix.ports["plain"]}, dkim=dkim)
    with club.opened(clock) as app, open_sender(app) as (sender, _owner):
        begin(app, people)
        await sender.drain()
        assert agreed(app, postfix, "plain") == 2
        for number in languages:
            stored = [file.read_bytes() for file in (postfix.postfix.folder / "mail" / str(number)).glob("new/*")]
            ours = copies(app)[f"P{number}"].message_id
            (one,) = [octets for octets in stored if message_from_bytes(octets)["Message-ID"] == ours]
            assert b"\nReceived: " in one
            assert holds(one.replace(b"\n", b"\r\n")) == [True]
