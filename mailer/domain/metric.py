"""A figure of the service for a monitor: its name, what it means, and its values by label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class MetricKind(StrEnum):
    """How a figure moves: up and down, only up, or as a distribution that only grows."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricName:
    """A figure as monitors know it: base units, `_total` where it only grows, and few values of each label."""

    name: str
    kind: MetricKind
    labels: tuple[str, ...] = ()
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How many values are at most each of the bounds, and the sum of all."""

    at_most: Mapping[float, int]
    number: int
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure's values now, each with the values of its labels in their order."""

    name: MetricName
    values: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    distributions: Mapping[tuple[str, ...], Distribution] = field(default_factory=dict)


def alone(name: MetricName, value: float | None) -> Metric:
    """A figure without labels; without a value where there is none."""
    return Metric(name=name, values={} if value is None else {(): float(value)})


def by_label(name: MetricName, values: Mapping[str, float]) -> Metric:
    """A figure with one label."""
    return Metric(name=name, values={(label,): float(value) for label, value in values.items()})


def added(distributions: Sequence[Distribution]) -> Distribution:
    """Several distributions with the same bounds as one."""
    bounds = dict.fromkeys(bound for each in distributions for bound in each.at_most)
    return Distribution(
        at_most={bound: sum(each.at_most[bound] for each in distributions) for bound in bounds},
        number=sum(each.number for each in distributions),
        total=sum(each.total for each in distributions),
    )
