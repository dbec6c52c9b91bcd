"""An index of the search from before the names of files were in it."""

from alembic import command
from flask import Flask
from sqlalchemy import text

from chatapp.journal import Journal, Transaction
from chatapp.migrations import alembic_config
from chatapp.search.tokens import message_tokens
from tests.api.searching import Searcher
from tests.api.senders import sent, sign_in
from tests.api.test_search_files import ids_of, occurrences
from tests.uploads import upload


def index_without_names(transaction: Transaction) -> None:
    """Fills the index as the version before did."""
    connection = transaction.session.connection()
    rows = connection.execute(text("SELECT conversation_id, sequence, created_at, content, sender_id FROM message"))
    for conversation_id, sequence, created_at, content, sender_id in rows.all():
        tokens = message_tokens(content, sender_id, [])
        values = {"id": conversation_id, "sequence": sequence, "created_at": created_at}
        if connection.dialect.name == "sqlite":
            insert = "INSERT INTO search_text (rowid, tokens) VALUES ((:id << 32) + :sequence, :tokens)"
            connection.execute(text(insert), {**values, "tokens": " ".join(tokens)})
        else:
            insert = "INSERT INTO search_entry VALUES (:id, :sequence, :created_at, array_to_tsvector(:tokens))"
            connection.execute(text(insert), {**values, "tokens": tokens})
    connection.execute(text("INSERT INTO search_position SELECT id, revision FROM conversation"))


def test_messages_from_before_are_found_by_the_names_of_their_files(app: Flask) -> None:
    journal: Journal = app.extensions["chatapp.journal"]
    alice = Searcher(sign_in(app, "alice"), "alice")
    alice.say("bob", "before")
    client = sign_in(app, "alice")
    kept, gone = [
        sent(client, "bob", upload(client, b"x", "harbour.txt"), content="at sea")["messageId"] for _ in range(2)
    ]
    alice.say("bob", "after")
    app.extensions["chatapp.indexer"].catch_up(5)
    with app.app_context():
        command.downgrade(alembic_config(), "0035")
        journal.write(index_without_names)
        command.upgrade(alembic_config(), "head")
    assert ids_of(alice, "sea") == [gone, kept], "what is indexed is found before it is indexed again"
    assert ids_of(alice, "harbour") == []
    app.extensions["chatapp.indexer"].sweep()
    alice.say("bob", "the next")
    assert ids_of(alice, "harbour") == [gone, kept]
    assert ids_of(alice, "before") != []
    assert client.delete(f"/message/{gone}").status_code == 200
    assert ids_of(alice, "harbour") == ids_of(alice, "sea") == [kept]
    assert occurrences(app, "harbour") == occurrences(app, "sea") == 1, "nothing is left of the deleted one"
