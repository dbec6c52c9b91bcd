"""Rows that belong to a row that is not there."""

from collections.abc import Iterator

from sqlalchemy import Table

from chatapp.integrity.finding import Question
from chatapp.models.base import Base

PARTS_OF_MESSAGES = ("message_version", "reaction", "poll", "poll_vote", "message_file", "message_preview", "mention")
"""Tables whose rows are erased with their message. They have no foreign key for it, so that storing one stays cheap."""


def _keys(table: Table) -> Iterator[Question]:
    for key in table.foreign_keys:
        child, parent = key.parent.name, key.column
        yield Question(
            "orphan",
            f"""SELECT c.{child}, COUNT(*) FROM {_named(table)} c LEFT JOIN {_named(parent.table)} p
            ON p.{parent.name} = c.{child} WHERE c.{child} IS NOT NULL AND p.{parent.name} IS NULL
            GROUP BY c.{child} ORDER BY c.{child}""",  # noqa: S608 names of tables
            f"{{1}} rows of {table.name} name the {child} {{0}}, which is not in {parent.table.name}.",
            f"Stop the server and run: DELETE FROM {_named(table)} WHERE {child} = '{{0}}'",  # noqa: S608 it is shown
        )


def _parts(table: str) -> Question:
    return Question(
        "orphan",
        f"""SELECT t.conversation_id, t.sequence, COUNT(*) FROM {table} t LEFT JOIN message m
        ON m.conversation_id = t.conversation_id AND m.sequence = t.sequence WHERE m.sequence IS NULL
        GROUP BY t.conversation_id, t.sequence ORDER BY t.conversation_id, t.sequence""",  # noqa: S608 names above
        f"{{2}} rows of {table} belong to the message {{0}}-{{1}}, which does not exist.",
        f"Stop the server and run: DELETE FROM {table} WHERE conversation_id = {{0}} AND sequence = {{1}}",  # noqa: S608 it is shown
    )


def _named(table: object) -> str:
    return f'"{table.name}"' if isinstance(table, Table) else str(table)


THREADS = Question(
    "orphan",
    """SELECT t.id, t.parent_id, t.root_sequence FROM conversation t LEFT JOIN message m
    ON m.conversation_id = t.parent_id AND m.sequence = t.root_sequence
    WHERE t.parent_id IS NOT NULL AND t.kind <> 'deleted' AND m.sequence IS NULL ORDER BY t.id""",
    "Thread {0} belongs to the message {1}-{2}, which does not exist.",
    "It is seen by nobody, and does no harm.",
)
PICTURES = Question(
    "orphan",
    """SELECT u.id, u.username FROM "user" u LEFT JOIN picture p ON p.user_id = u.id AND p.hash = u.picture
    WHERE u.picture <> '' AND p.user_id IS NULL ORDER BY u.id""",
    "The picture of user {0} ({1}) is not stored.",
    "The person chooses it again, or removes it.",
)

QUESTIONS = (
    *(question for table in Base.metadata.sorted_tables for question in _keys(table)),
    *(_parts(table) for table in PARTS_OF_MESSAGES),
    THREADS,
    PICTURES,
)
