"""What our sending is meant to reach, each with its unit and the reason for it, and how far below it is a failure."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

from tests.benchmarks.commands import APPROVE, IMPORT, PLAN
from tests.benchmarks.contenders import OURS
from tests.benchmarks.figures import Results, Run, Scaled

SLACK = 2.0  # a ratio this many times worse than its goal fails the command; less may be the machine's mood
MANY, MORE = 10**4, 10**6  # copies; below, starting up counts

Figure = Callable[[Results], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure that is to be `least` or more, or `most` or less. Only a `ratio` can fail the command.

    `make bench-scaling` measures a `scaling` one, `make bench` the others.
    """

    says: str
    why: str
    figure: Figure
    unit: str = "times"
    least: float | None = None
    most: float | None = None
    ratio: bool = True
    scaling: bool = False

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


def _rate(run: Run) -> float:
    return run.per_second


def _cost(run: Run) -> float:
    return run.cpu_us


def _ratio(scene: str, peer: str, contender: str = OURS, what: Callable[[Run], float] = _rate) -> Figure:
    return lambda results: results.ratio(scene, contender, peer, "en", what)


def _round_trips(scene: str) -> Figure:
    return lambda results: results.middle(scene, OURS, "en", lambda run: run.round_trips)


def _beside(names: set[str], people: int) -> Figure:
    return lambda results: results.beside(names, people)


def _growth(figure: Callable[[Scaled, Scaled], float]) -> Figure:
    def grown(results: Results) -> float | None:
        sizes = results.sizes(MANY, MORE)
        return figure(*sizes) if sizes else None

    return grown


def _exponent(small: Scaled, large: Scaled) -> float:
    """1 is linear: ten times the copies take ten times the time."""
    return log(large.seconds / small.seconds) / log(large.copies / small.copies)


def _most_memory(results: Results) -> float | None:
    return max((mailing.send_mb for mailing in results.scaled), default=None)


TO_CSINK = (
    Goal(
        says="ours / the prototype, to csink",
        least=0.9,
        why="it lacks retries, limits, time-outs and the claim's question who may have it; they must cost little",
        figure=_ratio("csink", "prototype"),
    ),
    Goal(
        says="ours / the prototype, with a message of ours as long as its own",
        least=0.9,
        why="the same work for the line and for the sink",
        figure=_ratio("long", "prototype"),
    ),
    Goal(
        says="ours / smtp-source, to csink, ledger on",
        least=0.55,
        why="half as fast as C that makes nothing personal and remembers nothing",
        figure=_ratio("csink", "smtp-source"),
    ),
    Goal(
        says="processor time a copy, ledger on, to csink, beside smtp-source's",
        most=2.2,
        why="what a copy costs when the sink is not the limit, whatever the machine is",
        figure=_ratio("csink", "smtp-source", what=_cost),
    ),
    Goal(
        says="ours / nodemailer, quoted-printable forced, to csink",
        least=16,
        why="the same encoding as ours; smtp-sink would itself be the limit",
        figure=_ratio("csink", "nodemailer-qp"),
    ),
    Goal(
        says="ours / nodemailer, base64 forced (its best), to csink",
        least=12,
        why="its fastest setting, whatever it does to the size",
        figure=_ratio("csink", "nodemailer-base64"),
    ),
)
TO_OTHERS = (
    Goal(
        says="ours / smtp-source, to smtp-sink",
        least=0.97,
        why="to a sink that anybody can install we are no slower than C",
        figure=_ratio("smtp-sink", "smtp-source"),
    ),
    Goal(
        says="ours / smtp-source, through a real Postfix",
        least=0.92,
        why="a relay that queues on disk, as most clubs have one",
        figure=_ratio("postfix", "smtp-source"),
    ),
    Goal(
        says="round trips a copy, PIPELINING",
        unit="round trips",
        most=1.07,
        why="over a long line waiting is everything; the plain dialogue waits four times",
        figure=_round_trips("far"),
    ),
    Goal(
        says="round trips a copy, CHUNKING",
        unit="round trips",
        most=0.30,
        why="several copies on their way at once",
        figure=_round_trips("far-chunking"),
    ),
)
SECURE = (
    Goal(
        says="signed with Ed25519 / unsigned",
        least=0.7,
        why="a signature must cost less than the copy that it is for",
        figure=_ratio("signed", OURS, "ours-ed25519"),
    ),
    Goal(
        says="signed with RSA-2048 / unsigned",
        least=0.5,
        why="RSA alone takes twice as long as the rest of a copy",
        figure=_ratio("signed", OURS, "ours-rsa"),
    ),
    Goal(
        says="signed with RSA-2048, two processes / unsigned, one process",
        least=0.5,
        why="what a second process brings where signing is the limit",
        figure=_ratio("signed", OURS, "ours-rsa-2"),
    ),
    Goal(
        says="over STARTTLS / clear",
        least=0.7,
        why="nearly every relay wants it; encrypting costs the sink as much as us",
        figure=_ratio("starttls", OURS, "ours-starttls"),
    ),
    Goal(
        says="over STARTTLS, two processes / clear, one process",
        least=0.7,
        why="what a second process brings where encrypting is the limit",
        figure=_ratio("starttls", OURS, "ours-starttls-2"),
    ),
)
GROWTH = (
    Goal(
        says="plan + approve of 10⁶, beside the older commit",
        most=0.5,
        why="a large club's secretary waits for it",
        figure=_beside({PLAN, APPROVE}, MORE),
        scaling=True,
    ),
    Goal(
        says="import of 20,000 people and payments, beside the older commit",
        most=0.4,
        why="it is done every month",
        figure=_beside({IMPORT}, 20_000),
        scaling=True,
    ),
    Goal(
        says="the sender's peak memory, 10⁶ copies / 10⁴ copies",
        most=1.05,
        why="no list of copies is ever held",
        figure=_growth(lambda small, large: large.send_kb / small.send_kb),
        scaling=True,
    ),
    Goal(
        says="the sender's peak memory at any size",
        unit="MB",
        most=90,
        why="it runs beside other things on a small machine",
        figure=_most_memory,
        ratio=False,
        scaling=True,
    ),
    Goal(
        says="growth of time from 10⁴ to 10⁶ copies (1 is linear)",
        unit="exponent",
        most=1.05,
        why="nothing is looked at again for every copy",
        figure=_growth(_exponent),
        scaling=True,
    ),
)
GOALS = (*TO_CSINK, *TO_OTHERS, *SECURE, *GROWTH)


def line(goal: Goal, results: Results) -> tuple[str, str, str, str]:
    """What it is, the goal, what was reached, and whether that is enough."""
    figure = goal.figure(results)
    if figure is None:
        return goal.says, f"{goal.wanted} {goal.unit}", "not measured", "–"
    verdict = "yes" if goal.reached(figure) else ("**far from it**" if goal.far(results) else "no")
    shown = f"{figure:.0f}" if figure >= 20 else f"{figure:.2f}"
    return goal.says, f"{goal.wanted} {goal.unit}", f"{shown} {goal.unit}", verdict
