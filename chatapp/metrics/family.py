"""One metric with its present values, as the parts of the application give them for a scrape."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chatapp.metrics.counters import Histogram

Kind = Literal["counter", "gauge", "histogram"]

Values = Mapping[Any, float]
"""By a tuple of text: the values of the labels."""


@dataclass(frozen=True, slots=True)
class Family:
    """`name` is as Prometheus shows it. `values` are by the values of the labels, in the order of `labels`."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...]
    values: Values
    histogram: Histogram | None = None


Part = Callable[[], Iterable[Family]]
"""Gives the metrics of one part of the application. Called at each scrape, in an app context."""


def gauge(name: str, meaning: str, value: float) -> Family:
    """A number that rises and falls."""
    return Family(name, "gauge", meaning, (), {(): value})


def gauges(name: str, meaning: str, labels: tuple[str, ...], values: Values) -> Family:
    """Several of them, by labels."""
    return Family(name, "gauge", meaning, labels, values)


def counter(name: str, meaning: str, value: float) -> Family:
    """A number that only rises while the process lives."""
    return Family(name, "counter", meaning, (), {(): value})


def counter_by(name: str, meaning: str, labels: tuple[str, ...], values: Values) -> Family:
    """Several of them, by labels."""
    return Family(name, "counter", meaning, labels, values)


def counter_of_each(name: str, meaning: str, label: str, values: Mapping[str, float], known: Iterable[str]) -> Family:
    """Counters by one label. All known values of the label are there from the start, so that a first increase shows."""
    return Family(name, "counter", meaning, (label,), {(value,): values.get(value, 0) for value in known})


def histogram(name: str, meaning: str, values: Histogram) -> Family:
    """How often values were observed, by upper bounds."""
    return Family(name, "histogram", meaning, (), {}, values)
