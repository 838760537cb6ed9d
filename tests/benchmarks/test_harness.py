"""The harness itself: its arithmetic and its page on made-up figures, and one tiny run of the real thing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import page, sinks
from tests.benchmarks.contenders import CONTENDERS, OURS, Task, environment
from tests.benchmarks.figures import Results, Run, Scaled
from tests.benchmarks.goals import GOALS, Goal, line
from tests.benchmarks.scenes import BY_KEY, SCENES

COPIES = 3


def a_run(contender: str = OURS, number: int = 1, per_second: float = 1000, **fields: object) -> Run:
    """A run that took one second."""
    given = {"scene": "smtp-sink", "language": "en", "connections": 10, "seconds": 1.0, "cpu_seconds": 0.1}
    given |= {"contender": contender, "round": number, "copies": int(per_second), "peak_kb": 50_000}
    return Run(**given | fields)


def a_scaling(copies: int, seconds: float, peak_kb: int) -> Scaled:
    return Scaled(copies=copies, plan=0.0, approve=0.0, begin=0.0, send=seconds, peak_kb=peak_kb)


def a_goal(ratio: bool = True, **limits: float) -> Goal:
    def figure(results: Results) -> float | None:
        return results.ratio("smtp-sink", OURS, "django", "en")

    return Goal(says="ours / Django", unit="times", why="a test", ratio=ratio, figure=figure, **limits)


def test_a_run_knows_its_rates() -> None:
    run = a_run(per_second=2000, seconds=4.0, cpu_seconds=0.2, peak_kb=100_000)
    assert (run.per_second, run.cpu_us, run.peak_mb) == (500, 100, 102.4)
    assert run.round_trips == pytest.approx(4 * 10 / (2000 * 0.05))


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    # The machine was slow in the second round: the ratio of the medians would say 10.
    ours = [a_run(number=number, per_second=rate) for number, rate in ((1, 1000), (2, 200), (3, 3000))]
    theirs = [a_run("django", number, rate) for number, rate in ((3, 100), (1, 100), (2, 10))]
    results = Results(runs=[*ours, *theirs])
    assert results.ratio("smtp-sink", OURS, "django", "en") == 20
    assert results.middle("smtp-sink", OURS, "en", lambda run: run.per_second) == 1000
    assert results.ratio("smtp-sink", OURS, "django", "ru") is None
    assert results.middle("csink", OURS, "en", lambda run: run.cpu_us) is None


@pytest.mark.parametrize(
    ("goal", "enough", "far"),
    [
        (a_goal(least=10), "yes", False),
        (a_goal(least=15), "no", False),
        (a_goal(least=25), "**far from it**", True),
        (a_goal(least=25, ratio=False), "no", False),
        (a_goal(most=10), "yes", False),
        (a_goal(most=6), "no", False),
        (a_goal(most=4), "**far from it**", True),
    ],
)
def test_only_a_ratio_far_from_its_goal_fails(goal: Goal, enough: str, far: bool) -> None:
    results = Results(runs=[a_run(per_second=1000), a_run("django", per_second=100)])
    assert line(goal, results)[2:] == ("10.00 times", enough)
    assert goal.far(results) is far


def test_what_was_not_measured_is_no_failure() -> None:
    for goal in GOALS:
        assert line(goal, Results())[2] == "not measured"
        assert not goal.far(Results())


def test_growth_and_memory_are_told_from_the_sizes() -> None:
    results = Results(scaled=[a_scaling(10**4, 2.0, 60_000), a_scaling(10**6, 200.0, 63_000)])
    told = {goal.says: goal.figure(results) for goal in GOALS if goal.figure(results) is not None}
    assert told == {
        "peak memory, 10⁶ copies / 10⁴ copies": pytest.approx(1.05),
        "peak memory at any size": pytest.approx(64.512),
        "growth of time from 10⁴ to 10⁶ copies (1 is linear)": pytest.approx(1.0),
    }


def test_the_page_keeps_its_words_and_gets_the_figures() -> None:
    results = Results(
        runs=[a_run(per_second=1234), a_run("django", per_second=617)],
        scaled=[a_scaling(1000, 0.5, 60_000)],
        about={"cores": "2", "warning": "Rough."},
        absent={"csink": "it is not there", "smtp-sink nodemailer-qp": "nodejs is not installed"},
    )
    written = page.replaced(f"# Title\n\n{page.BEGIN}\nold\n{page.END}\n\nend\n", page.figures(results))
    assert written.startswith(f"# Title\n\n{page.BEGIN}\n\n**Rough.**")
    assert written.endswith(f"{page.END}\n\nend\n")
    assert "old" not in written
    assert "| **Club Mailer**, ledger on | 1,234 | 81 | – | – | – | – | 51 |" in written
    assert "| Django, one connection | 617 | 162 | 2.00 | – | – | – | 51 |" in written
    assert "quoted-printable forced was left out: nodejs is not installed." in written
    assert "Not measured: it is not there." in written
    assert "| 1,000 | 0.0 | 0.0 | 0.0 | 0.5 | 0.5 | 500 | 61 |" in written
    assert page.replaced(written, page.figures(results)) == written
    with pytest.raises(ValueError, match="markers"):
        page.replaced("# Title\n", "")


def test_results_come_back_as_they_were_kept() -> None:
    results = Results(runs=[a_run()], scaled=[a_scaling(10, 1.0, 1)], about={"cores": "2"}, absent={"postfix": "no"})
    assert Results.load(results.dump()) == results
    assert Results.load({}) == Results(runs=[], scaled=[])


def test_the_page_in_the_project_is_what_its_figures_say() -> None:
    written = (page.DOCS / "performance.md").read_text(encoding="utf-8")
    assert page.replaced(written, page.figures(page.kept())) == written


def test_every_scene_has_us_and_contenders_that_are_known() -> None:
    assert len(BY_KEY) == len(SCENES)
    for scene in SCENES:
        assert OURS in scene.copies
        assert set(scene.copies) <= set(CONTENDERS)
        assert all(0 < scene.quick(key, quick=True) <= scene.quick(key, quick=False) for key in scene.copies)


def test_a_log_proves_that_nobody_was_missed_or_doubled(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("a@b.example 10\nc@d.example 10\n")
    sinks.prove(log, 2)
    with pytest.raises(sinks.Lost, match="2 of 3"):
        sinks.prove(log, 3)
    log.write_text("a@b.example 10\na@b.example 10\n")
    with pytest.raises(sinks.Lost, match="twice"):
        sinks.prove(log, 2)


def test_a_tiny_run_of_ours_and_a_peer_reaches_everybody_once(tmp_path: Path) -> None:
    def made(module: str, *words: object) -> None:
        command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, words)]
        subprocess.run(command, cwd=sinks.ROOT, env=environment(), check=True, timeout=60)

    made("letter", "--into", tmp_path, "--language", "ru", "--readers", COPIES)
    made("installation", "--folder", tmp_path / "club", "--language", "ru", "--copies", COPIES)
    for key in (OURS, "aiosmtplib"):
        log = tmp_path / f"{key}.log"
        with sinks.python_sink(log) as sink, sinks.far_away(sink, 1) as far:
            config = tmp_path / "club" / "config.toml"
            config.write_text(config.read_text().replace("port = 25\n", f"port = {far.port}\n"))
            task = Task(port=far.port, copies=COPIES, connections=2, letter=tmp_path, club=tmp_path / "club")
            measured = CONTENDERS[key].run(task)
        sinks.prove(log, COPIES, column=1)
        assert measured.copies == COPIES
        assert measured.seconds > 0
        assert measured.cpu_seconds > 0
        assert measured.peak_kb > 1000
