"""Tiny runs of the real thing: every kind of contender reaches everybody once, and every step of a mailing is measured."""

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


def prepare(folder: Path, turn: Turn) -> None:
    """What `make bench` prepares in processes of their own; the prototype brings its own letter."""
    if turn.is_ours:
        installation.prepare(folder / turn.ready, turn.language, turn.copies, length=turn.scene.length)
    elif turn.contender != "prototype":
        (folder / turn.letter).mkdir()
        letter.write(folder / turn.letter, turn.language, turn.scene.length, turn.copies)


@pytest.mark.parametrize(
    ("scene", "length", "contender", "octets"),
    [
        ("csink", Length.TEXT, "smtp-source", range(20_000, 60_000)),
        ("csink", Length.TEXT, "prototype", range(62_000, 65_000)),
        ("csink", Length.PICTURES, "nodemailer-qp", range(90_000, 140_000)),
        ("signed", Length.PICTURES, "ours-ed25519", range(90_000, 140_000)),
        ("starttls", Length.LONG, "ours-starttls", range(30_000, 80_000)),
    ],
)
def test_a_turn_reaches_everybody_once(
    scene: str, length: Length, contender: str, octets: range, tmp_path: Path
) -> None:
    turn = Turn(replace(BY_KEY[scene], length=length), "en", contender, COPIES)
    servers = Servers(tmp_path)
    if why := CONTENDERS[contender].absent() or servers.absent(turn.scene):
        pytest.skip(why)
    prepare(tmp_path, turn)
    run = run_turn(tmp_path, servers, turn, 1)  # the sink's log proves who received it
    assert (run.scene, run.contender, run.copies) == (scene, contender, COPIES)
    assert run.seconds > 0
    assert run.cpu_seconds > 0
    assert run.sink_cpu_seconds > 0
    assert run.peak_kb > 1000
    assert run.octets in octets


def test_a_run_needs_no_tool_that_is_not_the_projects_own(tmp_path: Path) -> None:
    letter.write(tmp_path, "ru", Length.TEXT, COPIES)
    installation.prepare(tmp_path / "club", "ru", COPIES)
    for key in (OURS, "aiosmtplib"):
        log = tmp_path / f"{key}.log"
        with sinks.python_sink(log) as sink, sinks.far_away(sink, 1) as far:
            installation.point(tmp_path / "club", port=far.port, connections=2)
            task = Task(port=far.port, copies=COPIES, connections=2, letter=tmp_path, club=tmp_path / "club")
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


def test_commands_are_run_over_a_register_of_their_own_checkout(tmp_path: Path) -> None:
    here = commands.here()
    (imported,) = commands.imports(tmp_path / "imports", [here], 5, 1)
    planned, approved = commands.plan_and_approve(tmp_path / "plans", [here], 5, 1)
    assert [run.name for run in (imported, planned, approved)] == [commands.IMPORT, commands.PLAN, commands.APPROVE]
    for run in (imported, planned, approved):
        assert (run.side, run.people) == (Side.HERE, 5)
        assert run.cpu_seconds > 0
        assert run.peak_mb > 1
    with pytest.raises(SystemExit, match="make setup"):
        commands.there(tmp_path)


def test_pictures_are_noise_and_the_same_each_time() -> None:
    for name, content in issue("en", Length.PICTURES).pictures.items():
        assert picture(name) == content
        assert len(content) > 10_000
