"""The figures of a run: how much was tried, and what went wrong."""

from dataclasses import dataclass, field


@dataclass
class Figures:
    """Counts of one kind of attack. `failures` are sentences, each with what reproduces it."""

    subjects: set[str] = field(default_factory=set)
    """The routes or events that were tried."""
    cases: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, subject: str, failures: list[str]) -> None:
        self.subjects.add(subject)
        self.cases += 1
        self.failures += failures
