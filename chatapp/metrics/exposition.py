"""Writes metrics in the text format of Prometheus. Imported by the first scrape, since the library takes its time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from chatapp.metrics.counters import Histogram
from chatapp.metrics.family import Family, Part

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def render(parts: Sequence[Part]) -> bytes:
    """The metrics of these parts, and those of the process and of Python."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(_Parts([family for part in parts for family in part()]))
    return generate_latest(registry)


class _Parts(Collector):
    def __init__(self, families: Iterable[Family]) -> None:
        self._families = list(families)

    def collect(self) -> Iterator[Metric]:
        yield from map(_metric, self._families)


def _metric(family: Family) -> Metric:
    if family.histogram is not None:
        found = HistogramMetricFamily(family.name, family.meaning)
        found.add_metric((), _buckets(family.histogram), family.histogram.total)
        return found
    kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = kind(family.name, family.meaning, labels=family.labels)
    for labels, value in sorted(family.values.items()):
        metric.add_metric(labels, value)
    return metric


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """Each upper bound with the number of values up to it."""
    bounds = [f"{bound:g}" for bound in histogram.bounds]
    return list(zip([*bounds, "+Inf"], accumulate(histogram.counts), strict=True))
