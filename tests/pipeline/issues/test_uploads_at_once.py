"""Two uploads at the same moment: the second follows the first, wherever that has come to."""

import fcntl
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event

import pytest

from mailer.app.installation import App
from mailer.domain.upload import PlacedIssue
from mailer.gateways.sources.editable import EditableFolder
from mailer.store import Store, history
from tests.club import ISSUE
from tests.pipeline.issues.test_upload import FOLDER, a_text, archive, everything, issues, upload

BOUND = 60  # seconds
MOMENT = 0.05  # seconds; from the source's door on, an upload that does not wait is done in less
STEPS = ("folders", "texts_of", "read_one", "stage", "swap")
# Before each step of the first upload, and after those that others can see.
POINTS = [
    *((step, "before") for step in (*STEPS, "commit")),
    ("stage", "after"),
    ("swap", "after"),
    ("commit", "after"),
]


@contextmanager
def stopped_once(step: str, moment: str, interruption: Callable[[], None]) -> Iterator[None]:
    """Call `interruption` at this point of the upload that comes there first."""
    owner, name = (Store, "transaction") if step == "commit" else (EditableFolder, step)
    real = getattr(owner, name)
    reached = Event()

    def stop(here: str) -> None:
        if here == moment and not reached.is_set():
            reached.set()
            interruption()

    def method(*args: object) -> object:
        stop("before")
        answer = real(*args)
        stop("after")
        return answer

    @contextmanager
    def transaction(*args: object) -> Iterator[object]:
        with real(*args) as connection:
            yield connection
            stop("before")
        stop("after")

    setattr(owner, name, transaction if step == "commit" else method)
    try:
        yield
    finally:
        setattr(owner, name, real)
    assert reached.is_set()


def both(
    app: App, step: str, moment: str, first: Callable[[], PlacedIssue], second: Callable[[], PlacedIssue]
) -> tuple[PlacedIssue, PlacedIssue]:
    """What two uploads answer of which the second comes to the source when the first is at this point."""
    later: list[Future[PlacedIssue]] = []
    with ThreadPoolExecutor(1) as hands:

        def interruption() -> None:
            at_the_door = Event()
            with stopped_once("locked", "before", at_the_door.set):
                later.append(hands.submit(second))
                assert at_the_door.wait(BOUND)
            wait(later, MOMENT)

        with stopped_once(step, moment, interruption):
            earlier = first()
        return earlier, later[0].result()


def texts(app: App) -> dict[str, bytes]:
    return {path: content for path, content in everything(app).items() if path.endswith("en.md")}


def uploads(app: App) -> list[str]:
    with app.store.reading() as connection:
        return [entry.verb for entry in history.entries(connection, str(ISSUE))]


@pytest.mark.parametrize(("step", "moment"), POINTS)
def test_the_second_of_two_equal_uploads_changes_nothing(app: App, step: str, moment: str) -> None:
    before = texts(app)[f"{FOLDER}/en.md"]
    first, second = both(app, step, moment, lambda: upload(app, a_text()), lambda: upload(app, a_text()))
    assert (first.unchanged, second.unchanged) == (False, True)
    assert first.replaced is not None
    assert texts(app) == {f"{FOLDER}/en.md": a_text(), f"{first.replaced.moved_to}/en.md": before}
    assert uploads(app) == ["upload"]


@pytest.mark.parametrize(("step", "moment"), POINTS)
def test_different_uploads_never_mix_and_each_is_kept(app: App, step: str, moment: str) -> None:
    before, one, other = texts(app)[f"{FOLDER}/en.md"], a_text(body="One."), a_text(body="Two.")
    first, second = both(app, step, moment, lambda: upload(app, one), lambda: upload(app, other))
    assert first.replaced is not None
    assert second.replaced is not None
    kept = {f"{first.replaced.moved_to}/en.md": before, f"{second.replaced.moved_to}/en.md": one}
    assert texts(app) == kept | {f"{FOLDER}/en.md": other}
    assert uploads(app) == ["upload", "upload"]


@pytest.mark.parametrize(("step", "moment"), [point for point in POINTS if point[0] != "read_one"])
def test_an_issue_that_two_people_bring_under_two_names_has_one_folder(app: App, step: str, moment: str) -> None:
    fields = {"serial": 42, "number": 8}
    first, second = both(
        app,
        step,
        moment,
        lambda: upload(app, archive(folder="August", **fields), "August.zip"),
        lambda: upload(app, archive(folder="August (2)", **fields), "August (2).zip"),
    )
    assert (first.folder, second.folder, second.unchanged) == ("August", "August", True)
    assert sorted(path for path in texts(app) if path != f"{FOLDER}/en.md") == ["August/en.md"]


def test_an_upload_of_another_process_is_waited_for(app: App) -> None:
    descriptor = os.open(issues(app), os.O_RDONLY)
    with ThreadPoolExecutor(1) as hands:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        waiting = hands.submit(upload, app, a_text())
        assert not wait([waiting], MOMENT).done
        os.close(descriptor)
        assert waiting.result().replaced is not None
