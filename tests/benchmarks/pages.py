"""Measures the server time of every page of the console, of a club with many people and issues.

`make bench-pages` makes a club of 1,000 people with 50 issues, all but two of them sent, asks each page five times as the
secretary and as the admin, and prints the median time and the least processor time of each. The aim: 100 ms on two cores.
Options: --people 1000, --issues 50.
"""

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from httpx2 import Response
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.users import add_user
from mailer.web.application import ROUTES, create_app
from mailer.web.routes import Page
from tests.club import LETTER, THURSDAY, Club, import_register, members, pull_issues
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

FIRST_SERIAL = 41
ROUNDS = 5
PASSWORD = "lamp oil and winter"
# What stands in the places of an address, such as {serial}.
PLACES = {
    "newsletter": LETTER,
    "serial": str(FIRST_SERIAL),
    "folder": "2018-07",
    "person": "P001",
    "membership": "M001",
    **dict.fromkeys(("id", "user"), "2"),
    **dict.fromkeys(("number", "hold", "report"), "1"),
}
LISTS = (
    "/register?words=reader0",
    f"/issues/{LETTER}/{FIRST_SERIAL}/copies?words=reader007",
    "/history?words=plan",
)
QUESTIONS = ("Reader007", "reader0", "no such reader", "desk007@members.example", f"{FIRST_SERIAL}/3")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PageTime:
    """What a page costs: milliseconds of processor time and of waiting."""

    processor: float
    waiting: float
    status: int
    page: str


async def found(folder: Path, people: int, issues: int) -> Club:
    """A club with so many people and issues; the last issue is pulled, the one before it planned, the others are sent."""
    club = Club.found(folder)
    clock = FrozenClock(THURSDAY)
    async with Sink() as relay:
        with club.sending(clock, relay) as (app, sender):
            import_register(app, members(people))
            for role in (Role.SECRETARY, Role.ADMIN):
                add_user(app.context, User(id=0, name=role.value, role=role), PASSWORD)
            for number in range(1, issues):
                club.write_issue(serial=FIRST_SERIAL + number, number=7 + number, more=f"Week {number}.")
            pull_issues(app)
            for number in range(issues - 1):
                name = IssueName(newsletter=LETTER, serial=FIRST_SERIAL + number)
                plan_mailing(app.context, name)
                if number < issues - 2:
                    approve_mailing(app.context, name)
                    send_mailing(app.context, name)
                    await sender.drain()
    return club


def measured(app: App) -> Iterator[PageTime]:
    """What each page costs."""
    for role in (Role.SECRETARY, Role.ADMIN):
        client = TestClient(create_app(lambda: app), "http://localhost", headers={"Sec-Fetch-Site": "same-origin"})
        client.post("/sign-in", data={"name": role.value, "password": PASSWORD})
        pages = [re.sub(r"\{(\w+)(:\w+)?\}", lambda place: PLACES[place[1]], path) for path in _paths(role)]
        for page in (*pages, *(LISTS if role is Role.SECRETARY else ())):
            yield _timed(page, partial(client.get, page, follow_redirects=False))
        if role is Role.SECRETARY:
            for words in QUESTIONS:
                yield _timed(f"/find {words}", partial(client.post, "/find", data={"q": words}))


def _paths(role: Role) -> list[str]:
    return [
        route.path for route in ROUTES if isinstance(route, Page) and User(id=0, name="", role=role).may(route.right)
    ]


def _timed(page: str, ask: Callable[[], Response]) -> PageTime:
    waited, worked, status = [], [], 0
    for _ in range(ROUNDS):
        clock, processor = time.perf_counter(), time.process_time()
        status = ask().status_code
        waited.append(1000 * (time.perf_counter() - clock))
        worked.append(1000 * (time.process_time() - processor))
    return PageTime(processor=min(worked), waiting=statistics.median(waited), status=status, page=page)


def main() -> None:
    """Print the pages, the dearest first."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_000)
    options.add_argument("--issues", type=int, default=50)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        club = asyncio.run(found(Path(folder) / "club", chosen.people, chosen.issues))
        with club.opened(FrozenClock(THURSDAY)) as app:
            pages = sorted(measured(app), reverse=True)
    heading = (
        f"{len(pages)} pages, {chosen.people} people, {chosen.issues} issues; ms of processor time, ms until the answer"
    )
    lines = [f"{page.processor:7.1f} {page.waiting:7.1f}  {page.status}  {page.page}" for page in pages]
    sys.stdout.write("\n".join([heading, *lines, ""]))


if __name__ == "__main__":
    main()
