"""What our sending is meant to reach, each with its unit and the reason for it, and how far below it is a failure."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import Results, Run

SLACK = 2.0  # a ratio this many times worse than its goal fails the command; less may be the machine's mood


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure that is to be `least` or more, or `most` or less. Only a `ratio` can fail the command."""

    says: str
    unit: str
    why: str
    figure: Callable[[Results], float | None]
    least: float | None = None
    most: float | None = None
    ratio: bool = True

    @property
    def wanted(self) -> str:
        """The goal in a few characters."""
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"

    def reached(self, figure: float) -> bool:
        """Whether it is as it is meant to be."""
        return figure >= self.least if self.least is not None else figure <= (self.most or 0)

    def far(self, results: Results) -> bool:
        """Whether it is so far from the goal that something must be broken. What was not measured is not far."""
        figure = self.figure(results)
        if figure is None or not self.ratio:
            return False
        return figure < self.least / SLACK if self.least is not None else figure > (self.most or 0) * SLACK


def _beside(scene: str, peer: str, language: str = "en") -> Callable[[Results], float | None]:
    return lambda results: results.ratio(scene, OURS, peer, language)


def _ours(scene: str, what: Callable[[Run], float]) -> Callable[[Results], float | None]:
    return lambda results: results.middle(scene, OURS, "en", what)


def _memory(results: Results) -> float | None:
    sizes = results.sizes(10**4, 10**6)
    return sizes[1].peak_kb / sizes[0].peak_kb if sizes else None


def _most_memory(results: Results) -> float | None:
    return max((one.peak_mb for one in results.scaled), default=None)


def _exponent(results: Results) -> float | None:
    """1 is linear: ten times the copies take ten times the time. From 10⁴, where starting up no longer counts."""
    sizes = results.sizes(10**4, 10**6)
    return log(sizes[1].seconds / sizes[0].seconds) / log(sizes[1].copies / sizes[0].copies) if sizes else None


GOALS = (
    Goal(
        says="ours / smtp-source, to smtp-sink, English",
        unit="times",
        least=0.95,
        why="as fast as a C program that makes nothing personal and remembers nothing",
        figure=_beside("smtp-sink", "smtp-source"),
    ),
    Goal(
        says="ours / nodemailer, quoted-printable forced",
        unit="times",
        least=9,
        why="the same encoding as ours, without nodemailer's search for the better one",
        figure=_beside("smtp-sink", "nodemailer-qp"),
    ),
    Goal(
        says="ours / nodemailer, base64 forced (its best)",
        unit="times",
        least=5,
        why="its fastest setting, whatever it does to the size",
        figure=_beside("smtp-sink", "nodemailer-base64"),
    ),
    Goal(
        says="ours / nodemailer, its default",
        unit="times",
        least=15,
        why="what one gets who does not tune it",
        figure=_beside("smtp-sink", "nodemailer-default"),
    ),
    Goal(
        says="ours / aiosmtplib + EmailMessage",
        unit="times",
        least=25,
        why="how such a program is usually written in Python",
        figure=_beside("smtp-sink", "aiosmtplib"),
    ),
    Goal(
        says="processor time a copy, ledger on, to csink, no DKIM",
        unit="µs",
        most=90,
        why="what a copy costs when the sink is not the limit",
        figure=_ours("csink", lambda run: run.cpu_us),
        ratio=False,
    ),
    Goal(
        says="ours / smtp-source, to csink, ledger on",
        unit="times",
        least=0.55,
        why="without smtp-sink's limit the ledger and the personal words show",
        figure=_beside("csink", "smtp-source"),
    ),
    Goal(
        says="round trips a copy, PIPELINING",
        unit="round trips",
        most=1.15,
        why="over a long line waiting is everything; the plain dialogue waits four times",
        figure=_ours("far", lambda run: run.round_trips),
    ),
    Goal(
        says="round trips a copy, CHUNKING",
        unit="round trips",
        most=0.35,
        why="several copies on their way at once",
        figure=_ours("far-chunking", lambda run: run.round_trips),
    ),
    Goal(
        says="ours / smtp-source, through a real Postfix",
        unit="times",
        least=0.85,
        why="a relay that queues on disk, as most clubs have one",
        figure=_beside("postfix", "smtp-source"),
    ),
    Goal(
        says="peak memory, 10⁶ copies / 10⁴ copies",
        unit="times",
        most=1.1,
        why="no list of copies is ever held",
        figure=_memory,
    ),
    Goal(
        says="peak memory at any size",
        unit="MB",
        most=100,
        why="it runs beside other things on a small machine",
        figure=_most_memory,
        ratio=False,
    ),
    Goal(
        says="growth of time from 10⁴ to 10⁶ copies (1 is linear)",
        unit="exponent",
        most=1.05,
        why="nothing is looked at again for every copy",
        figure=_exponent,
    ),
)


def line(goal: Goal, results: Results) -> tuple[str, str, str, str]:
    """What it is, the goal, what was reached, and whether that is enough."""
    figure = goal.figure(results)
    if figure is None:
        return goal.says, f"{goal.wanted} {goal.unit}", "not measured", "–"
    verdict = "yes" if goal.reached(figure) else ("**far from it**" if goal.far(results) else "no")
    shown = f"{figure:.0f}" if figure >= 20 else f"{figure:.2f}"
    return goal.says, f"{goal.wanted} {goal.unit}", f"{shown} {goal.unit}", verdict
