"""Tiny runs of the real thing: every kind of contender reaches everybody once, and every step of a mailing is measured."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks import commands, installation, letter, scaling, sinks
from tests.benchmarks.bench import Turn, run_turn
from tests.benchmarks.contenders import CONTENDERS, OURS
from tests.benchmarks.figures import Side
from tests.benchmarks.issues import Length, issue, picture
from tests.benchmarks.scenes import BY_KEY, Servers
from tests.benchmarks.task import Task

COPIES = 3
LENGTH = Length.PICTURES


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make bench` prepares in processes of their own: a letter for the peers, and a mailing of ours that was begun."""
    folder = tmp_path_factory.mktemp("bench")
    turn = turn_of("signed", OURS)
    (folder / turn.letter).mkdir()
    letter.write(folder / turn.letter, turn.language, LENGTH, COPIES)
    installation.prepare(folder / turn.ready, turn.language, COPIES, length=LENGTH)
    return folder


def turn_of(scene: str, contender: str) -> Turn:
    return Turn(replace(BY_KEY[scene], length=LENGTH), "en", contender, COPIES)


@pytest.mark.parametrize(
    ("scene", "contender", "octets"),
    [
        ("csink", "smtp-source", range(90_000, 140_000)),
        ("csink", "prototype", range(62_000, 65_000)),
        ("csink", "nodemailer-qp", range(90_000, 140_000)),
        ("starttls", "ours-starttls-2", range(90_000, 140_000)),
    ],
)
def test_a_turn_reaches_everybody_once(scene: str, contender: str, octets: range, prepared: Path) -> None:
    turn, servers = turn_of(scene, contender), Servers(prepared)
    if why := CONTENDERS[contender].absent() or servers.absent(turn.scene):
        pytest.skip(why)
    run = run_turn(prepared, servers, turn, 1)  # the sink's log proves who received it
    assert (run.scene, run.contender, run.copies) == (scene, contender, COPIES)
    assert run.seconds > 0
    assert run.cpu_seconds > 0
    assert run.sink_cpu_seconds > 0
    assert (
        run.peak_kb > 0
    )  # three messages are gone before the second look, and at the first the program had just begun
    assert run.octets in octets


def test_a_run_needs_no_tool_that_is_not_the_projects_own(prepared: Path, tmp_path: Path) -> None:
    turn, club = turn_of("signed", "ours-ed25519"), tmp_path / "club"
    shutil.copytree(prepared / turn.ready, club)
    for key in (turn.contender, "aiosmtplib"):
        log = tmp_path / f"{key}.log"
        with sinks.python_sink(log) as sink, sinks.far_away(sink, 1) as far:
            installation.point(club, port=far.port, connections=2, setting=CONTENDERS[key].setting)
            task = Task(port=far.port, copies=COPIES, connections=2, letter=prepared / turn.letter, club=club)
            measured = CONTENDERS[key].run(task)
        sinks.prove(log, COPIES, column=1)
        assert measured.copies == COPIES
        assert measured.seconds > 0
        assert measured.cpu_seconds > 0
        assert measured.peak_kb > 1000


def test_every_step_of_a_thousand_copies_is_measured(tmp_path: Path) -> None:
    if why := scaling.absent(tmp_path):
        pytest.skip(why)
    mailing = scaling.measure(tmp_path / "mailing", 1000)
    assert mailing.copies == 1000
    assert min(mailing.plan, mailing.approve, mailing.begin, mailing.send) > 0
    assert min(mailing.plan_mb, mailing.send_mb) > 1


def test_commands_are_run_over_a_register_of_their_own(tmp_path: Path) -> None:
    run = list(commands.in_turn(tmp_path / "commands", [commands.here()], 5, 1, imported=True))
    assert [command.name for command in run] == [commands.IMPORT, commands.PLAN, commands.APPROVE]
    for command in run:
        assert (command.side, command.people) == (Side.HERE, 5)
        assert command.cpu_seconds > 0
        assert command.peak_mb > 1
    with pytest.raises(SystemExit, match="make setup"):
        commands.there(tmp_path)


def test_pictures_are_noise_and_the_same_each_time() -> None:
    for name, content in issue("en", Length.PICTURES).pictures.items():
        assert picture(name) == content
        assert len(content) > 10_000
