"""A made-up club at each step of an issue's life, made once and copied for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.pipeline.mailings.plan import plan_mailing
from tests.cli.terminal import Terminal, quiet
from tests.club import ISSUE, Club, begin, import_register, make_ready, members, pull_issues

STEPS = ("founded", "pulled", "planned", "approved", "begun")
NAME = str(ISSUE)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Terminal]:
    """Runs commands."""
    yield Terminal(capsys)
    quiet()


@pytest.fixture(scope="session")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Club]:
    """The club at each step; three paid-up members and one who has not paid."""
    made = {}
    for step in STEPS:
        club = Club.found(tmp_path_factory.mktemp(step), {"approval": {"editors": ["editor@club.example"]}})
        club.folder.chmod(0o700)
        club.config.chmod(0o600)
        (club.folder / "mailer.key").chmod(0o600)
        people = [*members(3), *members(1, first=4, paid=0)]
        club.write_register(people)
        with club.opened() as app:
            if step != "founded":
                import_register(app, people)
                pull_issues(app)
            if step == "planned":
                plan_mailing(app.context, ISSUE)
            elif step == "approved":
                make_ready(app)
            elif step == "begun":
                begin(app)
        made[step] = club
    return made


@pytest.fixture
def at(steps: dict[str, Club], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Club]:
    """The club at a step, which MAILER_CONFIG names; the working folder is an empty one elsewhere."""

    def copied(step: str) -> Club:
        club = steps[step].copied(tmp_path / "club")
        (tmp_path / "desk").mkdir()
        monkeypatch.chdir(tmp_path / "desk")
        monkeypatch.setenv("MAILER_CONFIG", str(club.config))
        return club

    return copied
