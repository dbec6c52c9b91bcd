"""The index of the search. It is empty after this step: the server fills it in the background."""

import sqlalchemy as sa
from alembic import op

from chatapp.models.base import Id

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The tokens come from the analyser, with spaces between them: `ascii` cuts at these and changes nothing else, since the
# tokens are lower case. The table keeps no text (`content=''`), and is given the old tokens to forget a message.
# `merge` and its bounds: one transaction does not merge for long, see journal/search_index.py.
SQLITE = """CREATE VIRTUAL TABLE search_text USING fts5(tokens, content='', tokenize='ascii', prefix='2 3');
INSERT INTO search_text (search_text, rank) VALUES ('automerge', 0);
INSERT INTO search_text (search_text, rank) VALUES ('crisismerge', 64);
CREATE TABLE search_replaced (id INTEGER NOT NULL PRIMARY KEY, content TEXT NOT NULL, sender_id INTEGER NOT NULL);
CREATE TRIGGER search_message_changed AFTER UPDATE OF content ON message
WHEN old.content <> new.content AND EXISTS
(SELECT 1 FROM search_text_docsize WHERE id = (old.conversation_id << 32) + old.sequence)
BEGIN
INSERT OR IGNORE INTO search_replaced (id, content, sender_id)
VALUES ((old.conversation_id << 32) + old.sequence, old.content, old.sender_id)|
END;
CREATE TRIGGER search_message_deleted AFTER DELETE ON message
WHEN EXISTS (SELECT 1 FROM search_text_docsize WHERE id = (old.conversation_id << 32) + old.sequence)
BEGIN
INSERT OR IGNORE INTO search_replaced (id, content, sender_id)
VALUES ((old.conversation_id << 32) + old.sequence, old.content, old.sender_id)|
END"""

SQLITE_DOWN = """DROP TRIGGER search_message_deleted;
DROP TRIGGER search_message_changed;
DROP TABLE search_replaced;
DROP TABLE search_text"""

POSTGRESQL = """CREATE TABLE search_entry (conversation_id BIGINT NOT NULL, sequence BIGINT NOT NULL,
created_at BIGINT NOT NULL, tokens TSVECTOR NOT NULL,
CONSTRAINT pk_search_entry PRIMARY KEY (conversation_id, sequence));
CREATE INDEX ix_search_entry_tokens ON search_entry USING gin (tokens);
CREATE INDEX ix_search_entry_created_at ON search_entry (created_at, conversation_id, sequence)"""


def upgrade() -> None:
    op.create_table(
        "search_position",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("revision", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_search_position_conversation_id_conversation")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_search_position")),
    )
    _run(SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL)


def downgrade() -> None:
    _run(SQLITE_DOWN if op.get_bind().dialect.name == "sqlite" else "DROP TABLE search_entry")
    op.drop_table("search_position")


def _run(script: str) -> None:
    for statement in script.split(";\n"):
        op.execute(statement.replace("|", ";"))
