"""Writes figures in the text that Prometheus and OpenMetrics monitors read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailer.domain.metric import Metric, MetricKind

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric as Family


@dataclass(frozen=True, slots=True)
class _Families:
    """What the library's encoder takes in place of a registry: nothing is kept between two answers."""

    families: tuple["Family", ...]

    def collect(self) -> Iterator["Family"]:
        yield from self.families


def exposition(metrics: Iterable[Metric], accepted: str) -> tuple[bytes, str]:
    """The text and its media type, as a monitor's Accept header asks for it; beside the figures those of this process."""
    from prometheus_client import ProcessCollector
    from prometheus_client.exposition import choose_encoder

    process = ProcessCollector(registry=None).collect()
    encode, media_type = choose_encoder(accepted)
    return encode(_Families((*map(_family, metrics), *process))), media_type


def _family(metric: Metric) -> "Family":
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    name = metric.name
    match name.kind:
        case MetricKind.HISTOGRAM:
            histogram = HistogramMetricFamily(name.name, name.meaning, labels=name.labels)
            for labels, spread in metric.distributions.items():
                buckets = [(str(bound), float(number)) for bound, number in spread.at_most.items()]
                histogram.add_metric(labels, [*buckets, ("+Inf", float(spread.number))], spread.total)
            return histogram
        case MetricKind.COUNTER:
            family: Family = CounterMetricFamily(name.name, name.meaning, labels=name.labels)
        case MetricKind.GAUGE:
            family = GaugeMetricFamily(name.name, name.meaning, labels=name.labels)
    for labels, value in metric.values.items():
        family.add_metric(labels, value)  # type: ignore[attr-defined]
    return family
