"""The harness itself: its arithmetic and its page on made-up figures."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import page, sinks
from tests.benchmarks.commands import APPROVE, IMPORT, PLAN
from tests.benchmarks.contenders import CONTENDERS, OURS
from tests.benchmarks.figures import Command, Results, Run, Scaled, Side
from tests.benchmarks.goals import GOALS, Goal, line
from tests.benchmarks.scenes import BY_KEY, SCENES


def a_run(contender: str = OURS, number: int = 1, per_second: float = 1000, **fields: object) -> Run:
    """A run that took one second."""
    given = {"scene": "smtp-sink", "language": "en", "connections": 10, "seconds": 1.0, "cpu_seconds": 0.1}
    given |= {"contender": contender, "round": number, "copies": int(per_second), "peak_kb": 50_000}
    return Run(**given | fields)


def a_scaling(copies: int, seconds: float, peak_kb: int) -> Scaled:
    times = {"plan": 0.0, "approve": 0.0, "begin": 0.0, "send": seconds}
    return Scaled(copies=copies, **times, plan_kb=10, send_kb=peak_kb)


def a_command(name: str, side: Side, seconds: float, *, people: int = 20_000, number: int = 1) -> Command:
    times = {"seconds": seconds, "cpu_seconds": seconds, "peak_kb": 1000}
    return Command(name=name, side=side, people=people, round=number, **times)


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
    figures = {goal.says: goal.figure(results) for goal in GOALS if goal.figure(results) is not None}
    assert figures == {
        "the sender's peak memory, 10⁶ copies / 10⁴ copies": pytest.approx(1.05),
        "the sender's peak memory at any size": pytest.approx(64.512),
        "growth of time from 10⁴ to 10⁶ copies (1 is linear)": pytest.approx(1.0),
    }


def test_commands_are_compared_with_those_of_the_other_checkout_round_by_round() -> None:
    there, here = Side.THERE, Side.HERE
    slow = [a_command(PLAN, there, 90, people=10**6), a_command(APPROVE, there, 10, people=10**6)]
    quick = [a_command(PLAN, here, 20, people=10**6), a_command(APPROVE, here, 5, people=10**6)]
    # The machine was slow in the second round of three, and in the fourth ours alone was run.
    imports = [
        a_command(IMPORT, side, seconds, number=number)
        for number, seconds in ((1, 10), (2, 100), (3, 12))
        for side, seconds in ((there, seconds), (here, seconds / 4))
    ]
    results = Results(commands=[*slow, *quick, *imports, a_command(IMPORT, here, 1000, number=4)])
    figures = {goal.says: goal.figure(results) for goal in GOALS if goal.figure(results) is not None}
    assert figures == {
        "plan + approve of 10⁶, beside the older commit": 0.25,
        "import of 20,000 people and payments, beside the older commit": 0.25,
    }
    shown = page.commands_table(Results(commands=[*slow, *quick]))
    assert "| `mailer plan` | 1,000,000 | 20.0 | 20.0 | 1 | 90.0 | 90.0 | 1 | 0.22 |" in shown
    assert "| `mailer plan` | 1,000,000 | 20.0 | 20.0 | 1 | – | – | – | – |" in page.commands_table(
        Results(commands=quick)
    )


def test_the_page_keeps_its_words_and_gets_the_figures() -> None:
    results = Results(
        runs=[a_run(per_second=1234, sink_cpu_seconds=0.0555), a_run("django", per_second=617, octets=44_100)],
        scaled=[a_scaling(1000, 0.5, 60_000)],
        about={"cores": "2", "warning": "Rough."},
        absent={"csink": "it is not there", "smtp-sink nodemailer-qp": "nodejs is not installed"},
    )
    written = page.replaced(f"# Title\n\n{page.BEGIN}\nyesterday\n{page.END}\n\nend\n", page.figures(results))
    assert written.startswith(f"# Title\n\n{page.BEGIN}\n\n**Rough.**")
    assert written.endswith(f"{page.END}\n\nend\n")
    assert "yesterday" not in written
    assert "| **Club Mailer**, ledger on | 1,234 | 81 | – | – | – | – | 45 | – | 51 |" in written
    assert "| Django, one connection | 617 | 162 | 2.00 | – | – | – | – | 44 | 51 |" in written
    assert "quoted-printable forced was left out: nodejs is not installed." in written
    assert "Not measured: it is not there." in written
    assert "| 1,000 | 0.0 | 0.0 | 0.0 | 0.5 | 0.5 | 500 | 0 | 61 |" in written
    assert page.replaced(written, page.figures(results)) == written
    with pytest.raises(ValueError, match="markers"):
        page.replaced("# Title\n", "")


def test_results_come_back_as_they_were_kept() -> None:
    measured = {"runs": [a_run()], "scaled": [a_scaling(10, 1.0, 1)], "commands": [a_command(PLAN, Side.HERE, 1.0)]}
    results = Results(**measured, about={"cores": "2"}, absent={"postfix": "no"})
    assert Results.load(json.loads(json.dumps(results.dump()))) == results
    assert Results.load({}) == Results(runs=[], scaled=[], commands=[])


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
