"""`chatapp db check` finds each kind of damage, and nothing on a healthy database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from chatapp.integrity.check import findings
from tests.backup.installations import Installation
from tests.cli.running import expect_output

EVERYWHERE = [
    ("sequence", "Conversation 1 has 21 messages", "DELETE FROM message WHERE conversation_id = 1 AND sequence = 9"),
    (
        "sequence",
        "from 1 to 22",
        "UPDATE conversation SET last_sequence = 23, revision = 40; UPDATE search_position SET revision = 40",
    ),
    (
        "sequence",
        "numbered up to 2",
        "INSERT INTO username_change (number, user_id, username, new_username, skeleton, changed_at) "
        "VALUES (2, 1, 'a', 'anna', 'a', 0)",
    ),
    ("revision", "Message 1-5", "UPDATE message SET revision = 1 WHERE conversation_id = 1 AND sequence = 5"),
    ("revision", "has changed_revision 99", "UPDATE message SET changed_revision = 99 WHERE sequence = 3"),
    ("revision", "below what it counts", "UPDATE conversation SET details_revision = 1000 WHERE id = 1"),
    ("revision", "User 1 has the revision", "UPDATE membership SET user_revision = 500 WHERE user_id = 1"),
    ("watermark", "read_sequence 23", "UPDATE membership SET read_sequence = 23 WHERE user_id = 2"),
    ("watermark", "delivered_sequence 90", "UPDATE membership SET delivered_sequence = 90 WHERE user_id = 2"),
    ("search", "and has reached", "UPDATE search_position SET revision = 3 WHERE conversation_id = 1"),
    ("search", "is indexed up to the revision 99", "UPDATE search_position SET revision = 99"),
    ("orphan", "1 rows of session name the user_id 77", "UPDATE session SET user_id = 77"),
    ("orphan", "belong to the message 1-55", "UPDATE reaction SET sequence = 55"),
    ("orphan", "picture of user 1", "UPDATE \"user\" SET picture = 'x' WHERE id = 1"),
    (
        "job",
        "Job 900 (push) has failed for good: a reason",
        "INSERT INTO job (id, kind, payload, due_at, state, created_at, error, attempts, failed_at) "
        "VALUES (900, 'push', '{}', 0, 'failed', 0, 'a reason', 5, 0)",
    ),
]


def found(installation: Installation) -> list[tuple[str, str]]:
    settings, store = (installation.app.extensions[f"chatapp.{name}"] for name in ("settings", "files"))
    return [(one.kind, f"{one.what} {one.remedy}") for one in findings(settings, store)]


def test_nothing_is_found_on_a_healthy_database(chat: Installation) -> None:
    expect_output(chat.run("db", "check"), 0, "Nothing is wrong.")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "words", "damage"), EVERYWHERE, ids=lambda value: str(value)[:40])
def test_each_damage_is_found_and_nothing_else(chat: Installation, kind: str, words: str, damage: str) -> None:
    # Its indexer, which may still be at work, would mend the index.
    chat.close()
    chat.execute(*damage.split("; "))
    result = found(chat)
    # In PostgreSQL the index has an entry of a message that SQL deletes; in SQLite a trigger remembers it.
    follows = {"search"} if "DELETE FROM message" in damage and not chat.is_sqlite else set()
    assert {one for one, _ in result} == {kind, *follows}, result
    assert any(words in line for _, line in result), result


def test_messages_without_an_entry_in_the_index_are_found(chat: Installation) -> None:
    statement = "DELETE FROM search_text_docsize" if chat.is_sqlite else "DELETE FROM search_entry"
    row = "id = (1 << 32) + 4" if chat.is_sqlite else "conversation_id = 1 AND sequence = 4"
    chat.execute(f"{statement} WHERE {row}")
    ((kind, line),) = found(chat)
    assert kind == "search"
    assert "1 messages of conversation 1 are not in the index of the search. `chatapp search rebuild`" in line


def test_files_that_are_missing_or_unknown_or_cut_off_are_found(chat: Installation) -> None:
    uploads = chat.folder / "uploads"
    first, second, third = sorted(uploads.glob("??/" + "?" * 64))
    first.unlink()
    second.chmod(0o600)
    second.write_bytes(b"")
    (uploads / "ab").mkdir(exist_ok=True)
    (uploads / "ab" / ("ab" * 32)).write_bytes(b"unknown")
    lines = [line for kind, line in found(chat) if kind == "file"]
    assert len(lines) == 3
    text = "\n".join(lines)
    assert f"{first.name} is missing" in text
    assert f"{second.name} has 0 bytes" in text
    assert f"{'ab' * 32} is stored, and nothing has it. `chatapp files sweep` deletes it." in text
    assert third.name not in text


def test_the_command_ends_with_the_status_1_and_writes_nothing(chat: Installation) -> None:
    chat.execute("UPDATE membership SET read_sequence = 23 WHERE user_id = 2 AND conversation_id = 1")
    before = chat.rows()
    result = chat.run("db", "check")
    expect_output(result, 1, "watermark\tUser 2 has read_sequence 23", "UPDATE membership SET read_sequence = 22")
    expect_output(result, 1, "1 thing is wrong.")
    assert chat.rows() == before


def test_a_damaged_file_of_sqlite_is_found(install: Callable[..., Installation], tmp_path: Path) -> None:
    chat = install("chat")
    if not chat.is_sqlite:
        pytest.skip("PostgreSQL has no such check")
    chat.converse()
    chat.close()
    path = Path(chat.url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'message'").fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    first = (page - 1) * page_bytes
    data[first + 8 : first + 108] = b"\xff" * 100
    path.write_bytes(data)
    result = chat.run("db", "check")
    expect_output(result, 1, "damage\t", "Restore a backup")
