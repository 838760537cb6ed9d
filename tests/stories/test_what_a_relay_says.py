"""docs/relays.md says what follows from what a relay says: each line of its tables is played, and compared."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import Phase as Command
from mailer.domain.delivery import Delivery, Reply, State
from mailer.domain.mailing import MailingState
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.relay_reply import matter_of
from mailer.pipeline.bounces import holds
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.store import relay_paces
from tests.brought import bring
from tests.club import ISSUE, THURSDAY, Club, Member, begin, copies, states
from tests.doubles import RunningClock
from tests.relay_plays import Moment, Phase, Play
from tests.scripted_relay import Sink

pytestmark = pytest.mark.leaping

PAGE = Path(__file__).parents[2] / "docs" / "relays.md"
COUNT = 40
PLAYED_FOR = 1.0  # seconds
COMMANDS = {
    "Greeting": Command.CONNECT,
    "Login": Command.AUTH,
    "MAIL": Command.MAIL,
    "RCPT": Command.RCPT,
    "DATA": Command.DATA,
    "After the content": Command.CONTENT,
}
PHASES = {"greeting": Phase.CONNECT, "EHLO": Phase.HELLO, "MAIL": Phase.MAIL, "RCPT": Phase.RCPT, "DATA": Phase.DATA}
PHASES["content"] = Phase.END
COMMAND_AT = {
    "greeting": Command.CONNECT,
    "EHLO": Command.HELLO,
    "MAIL": Command.MAIL,
    "RCPT": Command.RCPT,
    "DATA": Command.DATA,
    "content": Command.CONTENT,
}
SHARES = {"all": 1, "half": 2, "one in four": 4, "one in eight": 8, "one": COUNT}

Line = dict[str, str]


def table(title: str) -> list[Line]:
    """The lines of the last table of a section, by the heads of its columns."""
    section = re.split(rf"^## {title}$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def name_of(line: Line) -> str:
    return " ".join(line.values())


# --- what a reply is about --------------------------------------------------------------------------------------------

REPLIES = table("Which reply is about what")


def reply_of(words: str) -> Reply:
    parts = re.fullmatch(r"`(\d{3}) (?:(\d\.\d+\.\d+) )?(.*)`", words)
    assert parts, words
    return Reply(code=int(parts[1]), status=parts[2] or "", text=parts[3])


@pytest.mark.parametrize("line", REPLIES, ids=lambda line: line["Reply"])
def test_a_reply_is_about_what_the_page_says(line: Line) -> None:
    reply = reply_of(line["Reply"])
    assert {head: matter_of(reply, command).value for head, command in COMMANDS.items()} == {
        head: line[head] for head in COMMANDS
    }


# --- what follows from it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A relay says the same to each nth reader, who may all be at one provider, until it is well again."""

    reply: str
    at: str
    nth: int
    one_domain: bool

    @classmethod
    def of(cls, line: Line) -> "Cell":
        return cls(
            reply=line["Reply"].strip("`"),
            at=line["At"],
            nth=SHARES[line["Readers"]],
            one_domain=line["Domains"] == "one",
        )

    def __str__(self) -> str:
        return f"{self.reply} at {self.at} to each {self.nth}. reader{' of one domain' * self.one_domain}"

    def concerns(self, number: int) -> bool:
        return number % self.nth == 0

    def member(self, number: int) -> Member:
        alone = self.one_domain and self.concerns(number)
        return Member(number=number, address=f"desk{number}@{'all' if alone else f'home{number}'}.example")

    def __call__(self, moment: Moment) -> Play | None:
        number = int(moment.recipient.partition("@")[0].removeprefix("desk") or 0)
        return self.reply if moment.phase is PHASES[self.at] and self.concerns(number) else None


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path)


@pytest.mark.parametrize("line", table("What follows"), ids=name_of)
async def test_what_the_page_says_follows(club: Club, line: Line) -> None:
    expected = {head: line[head] for head in ("Mailing", "Relay", "Copies", "Attempts")}
    assert await played(club, Cell.of(line)) == expected


CODES, STATUSES = (421, 432, 450, 451, 452, 454, 550, 552, 554), ("", "1.1", "2.1", "2.2", "3.2", "5.3", "7.0", "7.1")
EARLY, LATE = ("greeting", "EHLO", "MAIL"), ("RCPT", "DATA", "content")


def sample() -> list[Cell]:
    """Cells of the whole matrix: code, status, command, share of the readers, and whether they are at one provider."""
    replies = [f"{code} {f'{code // 100}.{status} ' if status else ''}No" for code in CODES for status in STATUSES]
    early = [*product(replies, EARLY, (1,), (False,))][::29]
    late = [*product(replies, LATE, SHARES.values(), (False, True))][::101]
    return [Cell(reply=reply, at=at, nth=nth, one_domain=one_domain) for reply, at, nth, one_domain in early + late]


@pytest.mark.parametrize("cell", sample(), ids=str)
async def test_in_every_cell_of_the_matrix_its_matter_and_its_repetition_decide(club: Club, cell: Cell) -> None:
    matter = matter_of(reply_of(f"`{cell.reply}`"), COMMAND_AT[cell.at])
    is_temporary, refused = cell.reply[0] == "4", COUNT // cell.nth
    is_repeated = cell.nth <= 2 and not cell.one_domain
    line = await played(club, cell)
    if matter is RelayMatter.SLOW:
        assert (line["Mailing"], line["Copies"], line["Attempts"]) == ("sending", "wait", "0")
    elif matter is RelayMatter.STOP:
        assert (line["Copies"], line["Attempts"]) == ("wait", "0")
        assert line["Mailing"] == "paused" or cell.at in {"greeting", "EHLO"}  # there the relay counts as down
    elif is_temporary:
        assert (line["Mailing"], line["Copies"]) == ("sending", "wait")
        assert line["Attempts"] == ("0" if cell.nth == 1 and is_repeated else line["Attempts"])
    elif is_repeated and cell.at in {"RCPT", "DATA", "content"}:
        assert (line["Mailing"], "rejected" in line["Copies"]) == ("paused", False)
    elif refused == 1:
        assert (line["Mailing"], line["Relay"], line["Attempts"]) == ("closed", "as before", "1")


async def played(club: Club, cell: Cell) -> Line:
    """What follows at first, in the words of the page; and when the relay is well again, every copy that is owed leaves once."""
    clock, well = RunningClock(THURSDAY), []
    people = {cell.member(number).email: number for number in range(1, COUNT + 1)}
    bring(club, begin, [cell.member(number) for number in people.values()])
    async with Sink(mood=lambda moment: None if well else cell(moment)) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            sending = asyncio.create_task(sender.drain())
            await asyncio.wait({sending}, timeout=PLAYED_FOR)
            sender.stop()
            await sending
            refused = [copy for copy in copies(app).values() if cell.concerns(people[copy.address])]
            line = seen(app, refused)
            assert holds.listing(app.context) == []
        well.append(True)
        await send_the_rest(club, sink, clock)
        lost = {copy.address for copy in refused} if line["Copies"] == "rejected" else set()
        assert Counter(message.recipient for message in sink.received) == dict.fromkeys(people.keys() - lost, 1)
        return line


def seen(app: App, refused: list[Delivery]) -> Line:
    """What has become of the mailing, the relay and the copies that were refused, in the words of the page."""
    missing = {judged.person for judged in find_missing_copies(app.context, ISSUE).people}
    ends = {
        "wait" if copy.state is State.PENDING else "owed" if copy.person in missing else copy.state.value
        for copy in refused
    }
    with app.context.store.reading() as connection:
        slowed = bool(relay_paces.slow_relays(connection))
    return {
        "Mailing": issue_progress(app.context, ISSUE).state,
        "Relay": "slowed" if slowed else "as before",
        "Copies": next((end for end in ("uncertain", "rejected", "owed") if end in ends), "wait"),
        "Attempts": str(max(copy.attempts for copy in refused)),
    }


async def send_the_rest(club: Club, sink: Sink, clock: RunningClock) -> None:
    """What a person and time do when the relay is well again."""
    for _ in range(3):
        clock.advance(minutes=30)
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            if issue_progress(app.context, ISSUE).state is MailingState.PAUSED:
                resume_mailing(app.context, ISSUE)
            if find_missing_copies(app.context, ISSUE).copies:
                send_supplement(app.context, ISSUE)
            with app.context.store.transaction() as connection:  # else it would be tried at its old pace
                relay_paces.forget(connection, relay_paces.slow_relays(connection))
            await sender.drain()
            assert distribution_report(app.context, ISSUE).balance.balanced
            if not {"pending", "sending"} & states(app).keys():
                break
