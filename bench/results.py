"""The samples, by metric, workload, content size and server."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Row:
    """One row of the table: a metric of one workload. `content` is in bytes a message, 0 where it does not apply."""

    metric: str
    work: str
    content: int = 0


@dataclass
class Results:
    """The samples, and a sentence for each message that was lost, doubled, out of order or refused."""

    samples: dict[Row, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    problems: list[str] = field(default_factory=list)

    def add(self, row: Row, server: str, value: float | None) -> None:
        if value is not None:
            self.samples[row][server].append(value)

    def note(self, server: str, work: str, answer: dict[str, Any]) -> None:
        if answer["problems"]:
            self.problems.append(f"{server}, {work}: {answer['problems']} {' '.join(answer['examples'])}".strip())

    def median(self, row: Row, server: str) -> float | None:
        found = self.samples.get(row, {}).get(server)
        return median(found) if found else None

    def ratio(self, row: Row, server: str, to: str) -> float | None:
        """The ratio of medians, or None where one of the two was not measured."""
        mine, theirs = self.median(row, server), self.median(row, to)
        return mine / theirs if mine is not None and theirs else None

    def to_json(self) -> list[dict[str, Any]]:
        return [
            {"metric": row.metric, "work": row.work, "contentBytes": row.content, "samples": dict(servers)}
            for row, servers in self.samples.items()
        ]
