"""What is wrong, and how it is looked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

MOST_SHOWN = 100
"""Findings of one question. Behind them a line says that there are more."""

REBUILD = "`chatapp search rebuild` mends it."
RESTORE = "Restore a backup from before the damage; without one nothing brings it back."


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` and `remedy` are sentences."""

    kind: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Question:
    """SQL whose rows are wrong, each a finding: its columns go into `what` by their position. It reads along indexes,
    so that the database keeps little in memory for it. `remedy` takes the columns as well."""

    kind: str
    sql: str
    what: str
    remedy: str


def ask(connection: Connection, questions: tuple[Question, ...]) -> Iterator[Finding]:
    """The findings of each question, MOST_SHOWN of each at most."""
    for question in questions:
        rows = connection.execute(text(f"{question.sql} LIMIT {MOST_SHOWN + 1}")).all()
        for row in rows[:MOST_SHOWN]:
            yield Finding(question.kind, question.what.format(*row), question.remedy.format(*row))
        if len(rows) > MOST_SHOWN:
            yield Finding(question.kind, f"There are more than these {MOST_SHOWN}.", "Mend them first.")
