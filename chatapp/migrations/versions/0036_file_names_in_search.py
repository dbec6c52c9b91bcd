"""The names of files in the index of the search.

What is indexed stays found meanwhile: only conversations with files are indexed again, from their first file on, in the
background.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# As chatapp/search/named_files.py has them, of the rows before a change.
NAMES = """(SELECT COALESCE(group_concat(n.name, '/'), '') FROM (SELECT f.name FROM message_file f
WHERE f.conversation_id = old.conversation_id AND f.sequence = old.sequence ORDER BY f.position) n)"""

IS_INDEXED = "EXISTS (SELECT 1 FROM search_text_docsize WHERE id = (old.conversation_id << 32) + old.sequence)"

# Before the first of a message's files goes, all of them are there.
SQLITE = f"""ALTER TABLE search_replaced ADD COLUMN names TEXT NOT NULL DEFAULT '';
DROP TRIGGER search_message_changed;
DROP TRIGGER search_message_deleted;
CREATE TRIGGER search_message_changed AFTER UPDATE OF content ON message
WHEN old.content <> new.content AND {IS_INDEXED}
BEGIN
INSERT OR IGNORE INTO search_replaced (id, content, sender_id, names)
VALUES ((old.conversation_id << 32) + old.sequence, old.content, old.sender_id, {NAMES})|
END;
CREATE TRIGGER search_message_deleted AFTER DELETE ON message
WHEN {IS_INDEXED}
BEGIN
INSERT OR IGNORE INTO search_replaced (id, content, sender_id, names)
VALUES ((old.conversation_id << 32) + old.sequence, old.content, old.sender_id, {NAMES})|
END;
CREATE TRIGGER search_file_deleted BEFORE DELETE ON message_file
WHEN {IS_INDEXED}
BEGIN
INSERT OR IGNORE INTO search_replaced (id, content, sender_id, names)
SELECT (m.conversation_id << 32) + m.sequence, m.content, m.sender_id, {NAMES}
FROM message m WHERE m.conversation_id = old.conversation_id AND m.sequence = old.sequence|
END;
INSERT OR IGNORE INTO search_replaced (id, content, sender_id, names)
SELECT d.id, m.content, m.sender_id, '' FROM message_file f
JOIN message m ON m.conversation_id = f.conversation_id AND m.sequence = f.sequence
JOIN search_text_docsize d ON d.id = (f.conversation_id << 32) + f.sequence WHERE f.position = 1"""  # noqa: S608

INDEX_AGAIN = """UPDATE search_position SET revision = f.revision - 1 FROM (
SELECT f.conversation_id, MIN(m.revision) AS revision FROM message_file f
JOIN message m ON m.conversation_id = f.conversation_id AND m.sequence = f.sequence GROUP BY f.conversation_id) f
WHERE f.conversation_id = search_position.conversation_id AND search_position.revision >= f.revision"""

SQLITE_DOWN = """DROP TRIGGER search_file_deleted;
DROP TRIGGER search_message_deleted;
DROP TRIGGER search_message_changed;
DELETE FROM search_replaced;
INSERT INTO search_text (search_text) VALUES ('delete-all');
ALTER TABLE search_replaced DROP COLUMN names"""

EARLIER_TRIGGERS = f"""CREATE TRIGGER search_message_changed AFTER UPDATE OF content ON message
WHEN old.content <> new.content AND {IS_INDEXED}
BEGIN
INSERT OR IGNORE INTO search_replaced (id, content, sender_id)
VALUES ((old.conversation_id << 32) + old.sequence, old.content, old.sender_id)|
END;
CREATE TRIGGER search_message_deleted AFTER DELETE ON message
WHEN {IS_INDEXED}
BEGIN
INSERT OR IGNORE INTO search_replaced (id, content, sender_id)
VALUES ((old.conversation_id << 32) + old.sequence, old.content, old.sender_id)|
END"""  # noqa: S608


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _run(SQLITE)
    op.execute(INDEX_AGAIN)


def downgrade() -> None:
    """The index is empty after this step: the server fills it in the background."""
    op.execute(sa.text("DELETE FROM search_position"))
    if op.get_bind().dialect.name == "sqlite":
        _run(SQLITE_DOWN)
        _run(EARLIER_TRIGGERS)
    else:
        op.execute("DELETE FROM search_entry")


def _run(script: str) -> None:
    for statement in script.split(";\n"):
        op.execute(sa.text(statement.replace("|", ";").replace(":", r"\:")))
