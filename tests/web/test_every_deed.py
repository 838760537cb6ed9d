"""Every form killed in the middle, sent again, and sent twice at once: it is done wholly or not at all, and once."""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import Event

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.delivery import Accepted, Reply
from mailer.store import Store
from mailer.store.columns import metadata
from mailer.store.schema import history
from mailer.texts import EnglishSentence, texts
from mailer.web.application import ROUTES, create_app
from mailer.web.console import approvals
from mailer.web.routes import Deed, Public
from mailer.web.words import detail_words, done_word
from tests import databases
from tests.club import Club
from tests.doubles import ScriptedTransport
from tests.photographed import photograph
from tests.web.conftest import PASSWORD
from tests.web.console.sent import words_of
from tests.web.deeds import CASES, SITE, Case

HEADERS = {"Sec-Fetch-Site": "same-origin", "Origin": SITE}
EDITORS = {"approval": {"required": True, "editors": ["editor@club.example"]}}
# What a form may leave behind although it was not done: a line shown once, a passkey's question that was answered, and
# that somebody has tried to sign in.
LEFT_BEHIND = {("sessions", "notice"), ("sessions", "challenge")}
TRIED = {"sign_in_attempts"}

TABLES = [table for table in metadata.sorted_tables if table.name not in TRIED]
# Forms that write another entry of the history each time; what they do is the same when it is done twice.
REPEATED = {
    f"/issues/{{newsletter}}/{{serial:int}}/{deed}" for deed in ("plan", "test")
} | {
    "/register/export", "/register/people/{person:path}/export", "/register/people/{person:path}/pause", "/holds/domains", "/users/{user:int}",
    "/users/{user:int}/password", "/account", "/account/password", "/account/app/begin", "/account/language", "/account/sheet", "/account/passkeys/options",
    "/account/sessions/end", "/sign-in", "/sign-in/passkey", "/m/{token}",
}  # fmt: skip
ONCE = [case for case in CASES if case.path not in REPEATED]
# Those that are sent twice come first, so that a case has one number in every test, and its tests follow one another.
ALL = [*ONCE, *(case for case in CASES if case.path in REPEATED)]

# How often, and after how many seconds, is looked whether the form that was sent again waits for the first.
LOOKS, LOOK = 300, 0.01
# Those that leave other rows when both are under way: each has made a plan with ids of its own, each knew the password before.
BOTH = {"/issues/{newsletter}/{serial:int}/plan", "/account/password"}
MEANWHILE = [case for case in ALL if case.path not in BOTH]

Picture = dict[str, list[tuple[object, ...]]]
# A club at a stage.
Stages = Callable[[Callable[[App], object]], Club]


class Killed(Exception):
    """Stands for the end of the process: after it nothing more is written."""


class Death:
    """Comes at the point with this number. A point stands before each commit and before each renaming of a file.

    Death after a commit leaves what death before the next one leaves.
    """

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.passed = 0

    def __call__(self) -> None:
        """Pass a point."""
        if self.is_here:
            raise Killed
        self.passed += 1
        if self.is_here:
            raise Killed

    @property
    def is_here(self) -> bool:
        """Whether it has come."""
        return self.at is not None and self.passed > self.at


class Again:
    """Sends the form again when the point with this number is passed, and lets it come as far as it can by itself."""

    def __init__(self, at: int, folder: Path, send: Callable[[], Future[Response]]) -> None:
        self._left = at
        self._folder = folder
        self._send = send
        self._sent: Future[Response] | None = None

    def __call__(self) -> None:
        """Pass a point."""
        self._left -= 1
        if self._left != -1:
            return
        self._sent = self._send()
        for _ in range(LOOKS):  # it may wait for a file that is locked, which the database does not know
            if self._sent.done() or databases.is_waited_for(self._folder):
                break
            Event().wait(LOOK)

    def answer(self) -> Response:
        """What it was answered."""
        assert self._sent is not None
        return self._sent.result()


@contextmanager
def passing(death: Death | Again) -> Iterator[None]:
    """Wrap what writes for good; the code between is unchanged."""
    transaction, rename = Store.transaction, Path.rename

    @contextmanager
    def committing(store: Store, *, waits: bool = True) -> Iterator[object]:
        with transaction(store, waits=waits) as connection:
            yield connection
            death()

    def renaming(path: Path, target: Path) -> Path:
        death()
        return rename(path, target)

    Store.transaction, Path.rename = committing, renaming
    try:
        yield
    finally:
        Store.transaction, Path.rename = transaction, rename


@dataclass(frozen=True)
class Readiness:
    """A club in which the form can be sent, the browser's cookies, and the request."""

    club: Club
    cookies: Mapping[str, str]
    path: str
    fields: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]]

    @contextmanager
    def opened(self, folder: Path) -> Iterator[tuple[App, TestClient]]:
        """A copy of the club in this folder, with a browser."""
        with self.club.copied(folder).opened() as app, browser(app) as client:
            client.cookies.update(self.cookies)
            yield app, client

    def send(self, client: TestClient) -> Response:
        """Send the form."""
        return client.post(self.path, data=self.fields, files=self.files or None, follow_redirects=False)


def browser(app: App) -> TestClient:
    return TestClient(create_app(lambda: app), SITE, headers=HEADERS, raise_server_exceptions=False)


def ready(case: Case, folder: Path, stages: Stages) -> Readiness:
    club = stages(case.stage).copied(folder)
    with club.opened() as app, browser(app) as client:
        if case.role is not None:
            client.post("/sign-in", data={"name": case.role.value, "password": PASSWORD})
        form = dict(case.form(app, client) if callable(case.form) else case.form)
        path = re.sub(r"\{(\w+)(:\w+)?\}", lambda place: str({**form, **case.values}[place[1]]), case.path)
        return Readiness(
            club=club,
            cookies=dict(client.cookies),
            path=path,
            fields={name: value for name, value in form.items() if isinstance(value, str)},
            files={**case.files, **{name: value for name, value in form.items() if isinstance(value, tuple)}},
        )


def columns_that_differ(one: Picture, other: Picture) -> set[tuple[str, str]]:
    """The columns with values made by chance: two runs of the same deed do not have the same."""
    different = set()
    for table in TABLES:
        for number, column in enumerate(table.columns):
            values, others = ([row[number] for row in picture[table.name]] for picture in (one, other))
            if sorted(map(repr, values)) != sorted(map(repr, others)):
                different.add((table.name, column.name))
    return different


def without(picture: Picture, columns: set[tuple[str, str]]) -> Picture:
    return {
        table.name: sorted(
            (
                tuple(
                    None if (table.name, column.name) in columns else value
                    for column, value in zip(table.columns, row, strict=True)
                )
                for row in picture[table.name]
            ),
            key=repr,
        )
        for table in TABLES
    }


def source_of(folder: Path) -> dict[str, bytes]:
    """Every file of the source with its content, by path; replaced folders, too."""
    files = (file for file in (folder / "issues").rglob("*") if file.is_file())
    return {str(file.relative_to(folder / "issues")): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """A club at a stage, made once."""

    @cache
    def at(stage: Callable[[App], object]) -> Club:
        folder = tmp_path_factory.mktemp(stage.__name__)
        club = Club.found(folder, EDITORS)
        club.settle(
            web={"public_url": SITE},
            notify={"secretary": "secretary@club.example"},
            bounces={"return_path_domain": "returns.club.example"},
        )
        with club.opened() as app:
            stage(app)
            app.epoch.save(
                app.context.ledger_epoch()
            )  # as a sender does, without whom the ledger would be taken for a backup
        return club

    return at


@pytest.fixture(scope="module", autouse=True)
def relay() -> Iterator[None]:
    """Test mailings are accepted."""

    async def accept(_envelope: object, mark: Callable[[], object]) -> Accepted:
        await mark()
        return Accepted(reply=Reply(code=250, status="2.0.0", text="Ok"))

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(approvals, "first_transport", lambda _app: ScriptedTransport(accept))
        yield


@dataclass(frozen=True)
class Done:
    """What a form does when nothing goes wrong: the database and the source before and after it, and how."""

    readiness: Readiness
    before: Picture
    after: Picture
    chance: set[tuple[str, str]]
    points: int
    source_before: Mapping[str, bytes]
    source_after: Mapping[str, bytes]

    def picture(self, app: App) -> Picture:
        """The database now, without the columns that are made by chance."""
        return without(photograph(app, without=TRIED), self.chance)


@pytest.fixture(scope="module")
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stages: Stages) -> Done:
    """A form ready to be sent, and what it leaves behind; done twice, since some columns are made by chance."""
    folder = tmp_path_factory.mktemp("deed")
    readiness = ready(request.param, folder / "ready", stages)
    with readiness.club.opened() as app:
        before = photograph(app, without=TRIED)
    pictures, points = [], 0
    for number in range(2):
        death = Death(None)
        with readiness.opened(folder / f"whole {number}") as (app, client):
            with passing(death):
                answer = readiness.send(client)
                assert answer.status_code in {200, 303}, words_of(answer.text)
            pictures.append(photograph(app, without=TRIED))
        points = death.passed
    chance = LEFT_BEHIND | columns_that_differ(*pictures)
    return Done(
        readiness=readiness,
        before=without(before, chance),
        after=without(pictures[0], chance),
        chance=chance,
        points=points,
        source_before=source_of(readiness.club.folder),
        source_after=source_of(folder / "whole 0"),
    )


def test_every_form_has_a_case() -> None:
    forms = {
        route.path
        for route in ROUTES
        if isinstance(route, Deed) or (isinstance(route, Public) and "POST" in route.methods)
    }
    assert forms == {case.path for case in CASES}


@pytest.mark.parametrize("done", ALL, ids=[case.label for case in ALL], indirect=True)
def test_killed_at_any_point_it_was_done_or_not(done: Done, tmp_path: Path) -> None:
    for point in range(done.points):
        folder = tmp_path / f"killed {point}"
        with done.readiness.opened(folder) as (app, client):
            with passing(Death(point)):
                done.readiness.send(client)
            picture = done.picture(app)
            half = {
                table: (picture[table], done.before[table], done.after[table])
                for table in picture
                if picture[table] not in (done.before[table], done.after[table])
            }
            assert half == {}, point
            assert picture in (done.before, done.after), point
            assert source_of(folder) in (done.source_before, done.source_after), point
            assert done.readiness.send(client).status_code < 500, point


@pytest.mark.parametrize("done", ALL, ids=[case.label for case in ALL], indirect=True)
def test_what_it_leaves_in_the_history_is_said_in_russian(done: Done) -> None:
    russian, names = texts("ru"), [column.name for column in history.columns]
    for row in done.after[history.name]:
        entry = dict(zip(names, row, strict=True))
        assert done_word(str(entry["verb"]), russian) != entry["verb"], entry
        words = detail_words(str(entry["detail"] or ""), russian)
        assert not isinstance(words, EnglishSentence), entry


@pytest.mark.parametrize("at_once", [False, True], ids=["again", "at once"])
@pytest.mark.parametrize("done", ONCE, ids=[case.label for case in ONCE], indirect=True)
def test_sent_twice_it_is_done_once(done: Done, at_once: bool, tmp_path: Path) -> None:
    readiness = done.readiness
    with readiness.opened(tmp_path / "twice") as (app, client), browser(app) as other:
        other.cookies.update(readiness.cookies)
        with ThreadPoolExecutor(2 if at_once else 1) as hands:
            answers = list(hands.map(readiness.send, (client, other)))
        twice = done.picture(app)
    assert source_of(tmp_path / "twice") == done.source_after
    assert min(answer.status_code for answer in answers) in {200, 303}
    assert all(answer.status_code < 500 for answer in answers)
    assert {table: rows for table, rows in twice.items() if rows != done.after[table]} == {}


@pytest.mark.skipif(not databases.POSTGRES, reason="an SQLite file has one writer at a time")
@pytest.mark.parametrize("done", MEANWHILE, ids=[case.label for case in MEANWHILE], indirect=True)
def test_sent_again_meanwhile_it_is_as_sent_again_afterwards(done: Done, tmp_path: Path) -> None:
    readiness = done.readiness
    with readiness.opened(tmp_path / "afterwards") as (app, client), browser(app) as other:
        other.cookies.update(readiness.cookies)
        for each in (client, other):
            readiness.send(each)
        expected = done.picture(app)
    for point in range(done.points):
        folder = tmp_path / f"meanwhile {point}"
        with readiness.opened(folder) as (app, client), browser(app) as other, ThreadPoolExecutor(1) as hand:
            other.cookies.update(readiness.cookies)
            again = Again(point, folder, partial(hand.submit, readiness.send, other))
            with passing(again):
                answers = [readiness.send(client), again.answer()]
            picture = done.picture(app)
        assert source_of(folder) == done.source_after, point
        assert min(answer.status_code for answer in answers) in {200, 303}, point
        assert all(answer.status_code < 500 for answer in answers), point
        assert {table: rows for table, rows in picture.items() if rows != expected[table]} == {}, point
