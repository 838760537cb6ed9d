"""The secretary's and the operator's post: an issue that has gone out, and the letters that a round of the daemon brings."""

import email
import email.policy
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from mailer.app.installation import App
from mailer.domain.bounce import Way
from mailer.domain.mailing import Mailing
from mailer.domain.matter import Matter
from mailer.pipeline.letters import outbox as outbox_of_letters
from mailer.store import letters, mailings, reports
from tests.club import (
    ISSUE,
    LETTER,
    WORDS,
    Club,
    Member,
    begin,
    copies,
    members,
    readable,
)
from tests.doubles import FrozenClock
from tests.reported import DOMAIN, UNKNOWN, Refusal, bounce, come, complaint
from tests.scripted_relay import Script, Sink

SECRETARY, OPERATOR = "secretary@club.example", "operator@club.example"
NOTIFY = {"secretary": SECRETARY, "operator": OPERATOR}
PEOPLE = members(4)
STOPPED = {"cause": "dead", "failed": 5, "copies": 9, "paused": True}
NOBODY = (
    b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\n"
    b"Your message could not be delivered: 550 5.1.1 user unknown\n"
)


@asynccontextmanager
async def sent_out(
    tmp_path: Path,
    clock: FrozenClock,
    *,
    script: Script | None = None,
    people: Sequence[Member] = PEOPLE,
    **notify: object,
) -> AsyncIterator[tuple[App, Sink]]:
    """The issue has gone out to these people; afterwards no letter has carried any of the bulletin."""
    club = Club.found(tmp_path)
    async with Sink(script=script) if script else Sink() as sink:
        bounces = {"return_path_domain": DOMAIN}
        with club.sending(clock, sink, notify={**NOTIFY, **notify}, bounces=bounces) as (app, sender):
            begin(app, people)
            await sender.drain()
            yield app, sink
            for letter in post(sink):
                assert WORDS["en"][0] not in readable(letter)
                assert "Norland" not in readable(letter)
                assert email.message_from_bytes(letter)["Auto-Submitted"] == "auto-generated"


def post(sink: Sink, to: str = "") -> list[bytes]:
    """The letters that arrived, of one person or both."""
    return [one.message for one in sink.received if one.recipient in ((to,) if to else (SECRETARY, OPERATOR))]


async def a_round(app: App, sink: Sink, **context: object) -> list[str]:
    """What the daemon does in a round; returns the letters that this brought, as they are read in plain text."""
    before = len(post(sink))
    working = replace(app.context, **context)
    outbox_of_letters.write_digests(working)
    outbox_of_letters.write_daily_letter(working)
    await outbox_of_letters.send(working, [transport_to(sink)])
    return [readable(one, "text/plain") for one in post(sink)[before:]]


def transport_to(sink: Sink):
    from mailer.gateways.smtp.settings import Security, SmtpSettings
    from mailer.gateways.smtp.transport import SmtpTransport

    return SmtpTransport(
        SmtpSettings(
            host="127.0.0.1",
            port=sink.port,
            security=Security.NONE,
            username="",
            password="",
            ca_file="",
            timeout_seconds=5,
            window=1,
            messages_per_connection=0,
            section="[smtp]",
        )
    )


def outbox(app: App) -> letters.Outbox:
    with app.store.reading() as connection:
        return letters.outbox(connection)


def come_back(app: App, member: Member, matter: Matter = Matter.BOUNCED, why: Refusal = UNKNOWN) -> int:
    """A report about a member's copy comes in; returns its id."""
    copy = copies(app)[member.person]
    signed = {} if matter is Matter.UNNAMED else {"message_id": copy.message_id}
    made = complaint if matter is Matter.COMPLAINED else partial(bounce, why=why)
    come(app, made("letter@club.example", copy.address, **signed), way=Way.FILE)
    with app.store.reading() as connection:
        found = reports.listing(connection)[-1]
    assert found.matter is matter
    return found.id


def the_mailing(app: App) -> Mailing:
    with app.store.reading() as connection:
        (found,) = mailings.mailings_of(connection, LETTER, ISSUE.serial)
        return found


def settle(app: App, *reports_: int) -> None:
    with app.store.transaction() as connection:
        assert reports.settle(connection, reports_, by="secretary", now=app.context.clock.now())
