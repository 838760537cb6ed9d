"""What the runs say: medians, and ratios taken round by round, since both of a round met the same machine."""

from collections import defaultdict
from collections.abc import Callable, Container, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any

ROUND_TRIP = 0.05  # seconds, in the scenes with a long line


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One contender in one round of one scene. `peak_kb` in KiB; `cpu_seconds` of the client alone.

    `sink_cpu_seconds` is what the sink took, `octets` how long a message was; 0 where the sink does not show it.
    """

    scene: str
    contender: str
    language: str
    round: int
    connections: int
    copies: int
    seconds: float
    cpu_seconds: float
    peak_kb: int
    sink_cpu_seconds: float = 0.0
    octets: int = 0

    @property
    def per_second(self) -> float:
        """Copies a second."""
        return self.copies / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of processor time a copy."""
        return self.cpu_seconds / self.copies * 1e6

    @property
    def sink_cpu_us(self) -> float:
        """Microseconds of the sink's processor time a copy."""
        return self.sink_cpu_seconds / self.copies * 1e6

    @property
    def peak_mb(self) -> float:
        """The most memory it had, in MB."""
        return self.peak_kb * 1024 / 1e6

    @property
    def round_trips(self) -> float:
        """How often each connection waited for an answer, a copy."""
        return self.seconds * self.connections / (self.copies * ROUND_TRIP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """A mailing of so many copies from the plan to the last reply. Times in seconds, memory in KiB.

    `plan_kb` is the memory of the process that planned and approved, `send_kb` that of the one that sent.
    """

    copies: int
    plan: float
    approve: float
    begin: float
    send: float
    plan_kb: int
    send_kb: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.plan + self.approve + self.begin + self.send

    @property
    def plan_mb(self) -> float:
        """The most memory of planning and approving, in MB."""
        return self.plan_kb * 1024 / 1e6

    @property
    def send_mb(self) -> float:
        """The most memory of the sender, in MB."""
        return self.send_kb * 1024 / 1e6


def _rate(run: Run) -> float:
    return run.per_second


class Side(StrEnum):
    """Which checkout a command belongs to."""

    HERE = "here"
    THERE = "there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of ours from its start to its end, over a register of so many people, here or in another checkout."""

    name: str
    side: Side
    people: int
    round: int
    seconds: float
    cpu_seconds: float
    peak_kb: int

    @property
    def peak_mb(self) -> float:
        """The most memory it had, in MB."""
        return self.peak_kb * 1024 / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that was measured, and `about`: the machine and the method, and who was left out (`absent`) and why."""

    runs: Sequence[Run] = ()
    scaled: Sequence[Scaled] = ()
    commands: Sequence[Command] = ()
    about: dict[str, str] = field(default_factory=dict)
    about_scaling: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def of(self, scene: str, contender: str, language: str) -> list[Run]:
        """The runs of a contender in a scene, round by round."""
        place = (scene, contender, language)
        runs = [run for run in self.runs if (run.scene, run.contender, run.language) == place]
        return sorted(runs, key=lambda run: run.round)

    def middle(self, scene: str, contender: str, language: str, what: Callable[[Run], float]) -> float | None:
        """The median over the rounds; None when it did not run."""
        runs = self.of(scene, contender, language)
        return median(what(run) for run in runs) if runs else None

    def ratio(
        self, scene: str, contender: str, peer: str, language: str, what: Callable[[Run], float] = _rate
    ) -> float | None:
        """How many times as much as the peer, of copies a second or something else: the median of the rounds' own ratios."""
        peers = {run.round: what(run) for run in self.of(scene, peer, language)}
        runs = [run for run in self.of(scene, contender, language) if run.round in peers]
        return median(what(run) / peers[run.round] for run in runs) if runs else None

    def sizes(self, small: int, large: int) -> tuple[Scaled, Scaled] | None:
        """The two mailings of these sizes; None when one was not measured."""
        by_size = {mailing.copies: mailing for mailing in self.scaled}
        return (by_size[small], by_size[large]) if small in by_size and large in by_size else None

    def of_command(self, names: Container[str], side: Side, people: int) -> dict[int, list[Command]]:
        """The runs of these commands over so many people on one side, by their round."""
        rounds = defaultdict[int, list[Command]](list)
        for command in self.commands:
            if command.name in names and command.side is side and command.people == people:
                rounds[command.round].append(command)
        return rounds

    def beside(self, names: Container[str], people: int) -> float | None:
        """How much of the other checkout's time these commands together take: the median of the rounds' own ratios."""
        here, there = (self.of_command(names, side, people) for side in Side)
        ratios = [_seconds(here[number]) / _seconds(there[number]) for number in here if number in there]
        return median(ratios) if ratios else None

    def dump(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def load(cls, document: dict[str, Any]) -> "Results":
        """What `dump` wrote."""
        runs = [Run(**run) for run in document.get("runs", ())]
        scaled = [Scaled(**mailing) for mailing in document.get("scaled", ())]
        commands = [Command(**command | {"side": Side(command["side"])}) for command in document.get("commands", ())]
        words = {name: document.get(name, {}) for name in ("about", "about_scaling", "absent")}
        return cls(runs=runs, scaled=scaled, commands=commands, **words)


def _seconds(commands: Sequence[Command]) -> float:
    return sum(command.seconds for command in commands)
