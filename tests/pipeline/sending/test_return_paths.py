"""With a domain for them each copy has its own return path and unsubscribe address, wherever the copy is made."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.errors import CannotRender
from mailer.formats.message.parts import html_and_text
from mailer.formats.message_id import delivery_in_message_id
from mailer.formats.return_path import token_in
from mailer.formats.token import Purpose, Token
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.dry_run import write_dry_run, write_preview
from mailer.pipeline.mailings.test_mailing import prepare_test_mailing
from tests.club import ISSUE, Club, begin, copies, make_ready, members
from tests.doubles import FrozenClock
from tests.scripted_relay import Received, Sink

PEOPLE = members(3)
DOMAIN = "bounces.club.example"
WITH_DOMAIN = {"bounces": {"return_path_domain": DOMAIN}}


def written(app: App, received: Received) -> tuple[int, Token | None, Token | None]:
    """The delivery that the Message-ID names, and the tokens of MAIL FROM and of List-Unsubscribe."""
    mail = message_from_bytes(received.message, policy=default)
    unsubscribe = str(mail["List-Unsubscribe"] or "").removeprefix("<mailto:").removesuffix("?subject=unsubscribe>")
    keys = app.context.keys
    named = delivery_in_message_id(str(mail["Message-ID"]), keys)
    assert named
    return named, token_in(received.sender, DOMAIN, keys), token_in(unsubscribe, DOMAIN, keys)


async def test_a_copy_says_where_its_reports_and_its_reader_shall_turn_to(club: Club, clock: FrozenClock) -> None:
    async with Sink(dsn=True) as sink:
        with club.sending(clock, sink, **WITH_DOMAIN) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            ledger = {one.address: one for one in copies(app).values()}
            assert len(sink.received) == len(ledger) == 3
            for received in sink.received:
                copy = ledger[received.recipient]
                bounce = Token(purpose=Purpose.BOUNCE, number=copy.id)
                unsubscribe = Token(purpose=Purpose.UNSUBSCRIBE, number=copy.id)
                assert written(app, received) == (copy.id, bounce, unsubscribe)
                identity = copy.message_id[1:].partition("@")[0]
                original = f"ORCPT=rfc822;{received.recipient}"
                assert received.parameters == ("RET=HDRS", f"ENVID={identity}", original)
                assert not any(one.email.partition("@")[0] in received.sender for one in PEOPLE)


async def test_without_a_domain_a_copy_comes_from_the_newsletter_and_is_named_all_the_same(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink(dsn=True) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            ledger = {one.address: one for one in copies(app).values()}
            (address,) = {received.sender for received in sink.received}
            assert address == app.context.newsletter(ISSUE.newsletter).sender.address.wire
            for received in sink.received:
                identity = ledger[received.recipient].message_id[1:].partition("@")[0]
                assert f"ENVID={identity}" in received.parameters
                mail = message_from_bytes(received.message, policy=default)
                link = f"<mailto:secretary@club.example?subject=Pause%3A%20{ISSUE.newsletter}%2F{ISSUE.serial}%2C%20copy%20"
                assert str(mail["List-Unsubscribe"]).startswith(link)


async def test_a_relay_that_announces_nothing_is_asked_nothing(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink, **WITH_DOMAIN) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            assert [received.parameters for received in sink.received] == [()] * 3


def test_a_test_mailing_comes_from_the_newsletter_and_pauses_no_member(club: Club, clock: FrozenClock) -> None:
    club.reschedule({"approval": {"editors": ["editor@club.example"]}})
    club.settle(**WITH_DOMAIN)
    with club.opened(clock) as app:
        make_ready(app, PEOPLE)
        prepared = prepare_test_mailing(app.context, ISSUE)
        sender = app.context.newsletter(ISSUE.newsletter).sender.address.wire
        assert {(one.envelope.sender, one.envelope.identity) for one in prepared.messages} == {(sender, "")}
        for each in prepared.messages:
            assert b"\r\nList-Unsubscribe: <mailto:secretary@club.example?subject=%5BTEST%5D%20" in each.message
            assert f"sample@{DOMAIN}" in html_and_text(each.message)[1]
            assert not list(app.context.keys.find("\n".join(html_and_text(each.message))))


async def test_what_is_shown_before_is_what_is_sent(club: Club, clock: FrozenClock, tmp_path: Path) -> None:
    def keep(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    async with Sink() as sink:
        with club.sending(clock, sink, **WITH_DOMAIN) as (app, sender):
            begin(app, PEOPLE)
            dry = [file.read_bytes() for file in write_dry_run(app.context, ISSUE, keep)]
            shown = [
                file.read_bytes()
                for file in write_preview(app.context, ISSUE, PEOPLE[0].person, keep)
                if file.suffix == ".eml"
            ]
            await sender.drain()
            sent = [received.message for received in sink.received]
            assert sorted(dry) == sorted(sent)
            assert set(shown) < set(sent)
            assert all(b"\r\nList-Unsubscribe: <mailto:u" in message for message in sent)


def test_an_approval_has_proved_the_address_too(club: Club, clock: FrozenClock) -> None:
    club.settle(**WITH_DOMAIN)
    with club.opened(clock) as app:
        make_ready(app, PEOPLE)
        withdraw_approval(app.context, ISSUE)
        spoilt = replace(app.context, return_path_domain="bounces.club.example\r\n")
        with pytest.raises(CannotRender, match="the value for 'preferences' contains an invisible character"):
            approve_mailing(spoilt, ISSUE)
