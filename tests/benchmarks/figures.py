"""What the runs say: medians, and ratios taken round by round, since both of a round met the same machine."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

ROUND_TRIP = 0.05  # seconds, in the scenes with a long line


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One contender in one round of one scene. `peak_kb` in KiB; `cpu_seconds` of the client alone."""

    scene: str
    contender: str
    language: str
    round: int
    connections: int
    copies: int
    seconds: float
    cpu_seconds: float
    peak_kb: int

    @property
    def per_second(self) -> float:
        """Copies a second."""
        return self.copies / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of processor time a copy."""
        return self.cpu_seconds / self.copies * 1e6

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
    """A mailing of so many copies from the plan to the last reply. Times in seconds, memory in KiB."""

    copies: int
    plan: float
    approve: float
    begin: float
    send: float
    peak_kb: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.plan + self.approve + self.begin + self.send

    @property
    def peak_mb(self) -> float:
        """The most memory it had, in MB."""
        return self.peak_kb * 1024 / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything that was measured, and `about`: the machine and the method, and who was left out (`absent`) and why."""

    runs: Sequence[Run] = ()
    scaled: Sequence[Scaled] = ()
    about: dict[str, str] = field(default_factory=dict)
    about_scaling: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def of(self, scene: str, contender: str, language: str) -> list[Run]:
        """The runs of a contender in a scene, round by round."""
        found = [one for one in self.runs if (one.scene, one.contender, one.language) == (scene, contender, language)]
        return sorted(found, key=lambda one: one.round)

    def middle(self, scene: str, contender: str, language: str, what: Callable[[Run], float]) -> float | None:
        """The median over the rounds; None when it did not run."""
        found = self.of(scene, contender, language)
        return median(what(one) for one in found) if found else None

    def ratio(self, scene: str, contender: str, peer: str, language: str) -> float | None:
        """How many times as many copies a second as the peer: the median of the rounds' own ratios."""
        first, second = self.of(scene, contender, language), self.of(scene, peer, language)
        theirs = {one.round: one.per_second for one in second}
        each = [one.per_second / theirs[one.round] for one in first if one.round in theirs]
        return median(each) if each else None

    def sizes(self, small: int, large: int) -> tuple[Scaled, Scaled] | None:
        """The two mailings of these sizes; None when one was not measured."""
        found = {one.copies: one for one in self.scaled}
        return (found[small], found[large]) if small in found and large in found else None

    def dump(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def load(cls, kept: dict[str, Any]) -> "Results":
        """What `dump` kept."""
        runs = [Run(**one) for one in kept.get("runs", ())]
        scaled = [Scaled(**one) for one in kept.get("scaled", ())]
        words = {name: kept.get(name, {}) for name in ("about", "about_scaling", "absent")}
        return cls(runs=runs, scaled=scaled, **words)
