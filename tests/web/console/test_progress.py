"""Progress is shown by reloading and by a stream, in the page's language, from what the ledger knows alone."""

import asyncio
from contextlib import suppress

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.web.server import serve
from tests.club import ISSUE, Club
from tests.doubles import FrozenClock
from tests.pipeline.relayed import NEVER, answer, claim, deliver
from tests.servers import free_port
from tests.web.conftest import Console
from tests.web.console.counted import statements_of
from tests.web.console.sent import BASE, begun, with_countdown, words_of


@pytest.fixture
def secretary(console: Console) -> TestClient:
    return console(Role.SECRETARY)


def test_the_page_says_how_far_it_is(app: App, secretary: TestClient) -> None:
    begun(app)
    deliver(app, {"desk003@members.example": NEVER})
    page = words_of(secretary.get(f"{BASE}/progress").text)
    assert "12 of 12" in page
    assert "Accepted by our mail server 11" in page
    assert "Refused or came back 1" in page
    assert "1 copy needs your attention." in page
    assert "delivered" not in page


def test_a_page_of_an_ended_mailing_has_no_stream(app: App, secretary: TestClient) -> None:
    begun(app)
    assert "data-events" in secretary.get(f"{BASE}/progress").text
    deliver(app)
    assert "data-events" not in secretary.get(f"{BASE}/progress").text


def test_the_stream_of_an_ended_mailing_ends(app: App, secretary: TestClient) -> None:
    begun(app)
    deliver(app)
    stream = secretary.get(f"{BASE}/progress/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["x-accel-buffering"] == "no"
    events = [line.removeprefix("event: ") for line in stream.text.splitlines() if line.startswith("event: ")]
    assert events == ["phase", "progress", "end"]
    assert "Accepted by our mail server" in stream.text


def test_the_number_of_statements_does_not_grow_with_the_copies(app: App, secretary: TestClient) -> None:
    begun(app)
    [first, *_] = claim(app)
    before = statements_of(app, lambda: secretary.get(f"{BASE}/progress"))
    answer(app, first, NEVER, begun=False)
    assert statements_of(app, lambda: secretary.get(f"{BASE}/progress")) <= before + 2
    assert before < 40


async def test_the_stream_follows_the_countdown_and_ends_with_the_server(
    club: Club, app: App, console: Console
) -> None:
    slow, port = with_countdown(app), free_port()
    begun(slow)
    client = console(Role.EDITOR)
    club.settle(web={"listen": f"127.0.0.1:{port}"})
    clock = slow.context.clock
    assert isinstance(clock, FrozenClock)
    stop = asyncio.Event()

    async def stopped(seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)
        return stop.is_set()

    with club.opened(clock) as served:
        task = asyncio.create_task(serve(lambda: with_countdown(served), stopped))
        reader, writer = await connected(port)
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        lines = [f"GET {BASE}/progress/events HTTP/1.1", f"Host: localhost:{port}", f"Cookie: {cookies}", "", ""]
        writer.write("\r\n".join(lines).encode())
        assert b"10 min 0 s" in await reader.readuntil(b"10 min 0 s")
        clock.advance(minutes=1)
        assert b"9 min 0 s" in await reader.readuntil(b"9 min 0 s")
        stop.set()
        await asyncio.wait_for(task, 10)
        assert b"event: end" not in await asyncio.wait_for(reader.read(), 5), "it was broken off, not over"
        writer.close()


async def connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)


def test_an_unknown_issue_has_no_progress(secretary: TestClient) -> None:
    assert secretary.get("/issues/harbour-letter/99/progress").status_code == 404
    assert ISSUE.serial != 99
