"""From a copy's header to the letters and back: one click as it stands in the bytes that left, and the undo of it."""

import re
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from mailer.pipeline import members
from mailer.pipeline.letters import outbox
from mailer.pipeline.register import erase
from tests.club import Club, begin, readable
from tests.club import members as people
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.letters.post import transport_to
from tests.pipeline.members.conftest import PAGES
from tests.pipeline.members.linked import pauses
from tests.scripted_relay import Sink

SECRETARY = "secretary@club.example"


@pytest.mark.parametrize(
    ("language", "words", "name"),
    [
        ("en", "your copies are paused", "The Harbour Letter"),
        ("ru", "рассылка приостановлена", "Портовое письмо"),
    ],
)
async def test_one_click_in_a_copy_brings_two_letters_and_the_undo_in_them_works(
    tmp_path: Path, clock: FrozenClock, language: str, words: str, name: str
) -> None:
    club = Club.found(tmp_path, {"newsletter": {"languages": ["en", "ru"]}, "insert.ru": {"name": "Портовое письмо"}})
    reader, other = people(2, languages=language)
    async with Sink() as sink:
        tables = {"web": {"public_url": PAGES}, "notify": {"secretary": SECRETARY}}
        with club.sending(clock, sink, **tables) as (app, sender):
            begin(app, [reader, other])
            await sender.drain()
            (copy,) = [
                message_from_bytes(each.message, policy=default)
                for each in sink.received
                if each.recipient == reader.email
            ]
            found = re.match(rf"<{PAGES}/u/([a-z2-7]+)>, <mailto:{SECRETARY}", str(copy["List-Unsubscribe"]))
            assert found is not None
            assert copy["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            with ThreadPoolExecutor(8) as pool:  # a provider sends it from several machines at once
                list(pool.map(lambda _: members.one_click(app.context, found[1]), range(16)))
            assert len(photograph(app)["wishes"]) == 1
            sink.received.clear()
            assert await outbox.send(app.context, [transport_to(sink)]) == 2
            to_reader, to_secretary = [readable(each.message) for each in sink.received]
            assert [each.recipient for each in sink.received] == [reader.email, SECRETARY]
            assert words in to_reader
            assert name in readable(copy.as_bytes())
            without_sender = to_reader.replace("From: The Harbour Letter <", "")
            assert [each for each in ("The Harbour Letter", "Портовое письмо") if each in without_sender] == [name]
            assert "The Harbour Letter" in to_secretary
            assert f"{reader.person} Reader001 wants no copies" in to_secretary
            assert not [word for word in other.words if word in to_reader + to_secretary]
            undo = re.search(rf"{PAGES}/undo/([a-z2-7]+)", to_reader)
            assert undo is not None
            assert "/undo/" not in to_secretary
            members.undo(app.context, undo[1])
            assert pauses(app) == ()


async def test_letters_that_have_left_do_not_keep_the_address_of_an_erased_person(
    tmp_path: Path, clock: FrozenClock
) -> None:
    club = Club.found(tmp_path)
    reader, other = people(2)
    async with Sink() as sink:
        with club.sending(clock, sink, web={"public_url": PAGES}, notify={"secretary": other.email}) as (app, sender):
            begin(app, [reader, other])
            await sender.drain()
            copy = next(message_from_bytes(each.message) for each in sink.received if each.recipient == reader.email)
            token = re.search(r"/u/([a-z2-7]+)", str(copy["List-Unsubscribe"]))
            assert token is not None
            members.one_click(app.context, token[1])
            await outbox.send(app.context, [transport_to(sink)])
            erase.erase(app.context, reader.person)
            assert reader.email not in str(photograph(app)["letters"])
            assert other.email in str(photograph(app)["letters"])
