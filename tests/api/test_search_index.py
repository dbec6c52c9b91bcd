"""What the index of the search holds when messages change and groups go."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chatapp.actions.messages import messages_between
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.journal.search_index import SearchIndex
from tests.api.searching import Searcher

Browse = Callable[[str | None], FlaskClient]


def change_message(app: Flask, message: dict[str, Any], content: str) -> None:
    """Changes a message's text without a word to the indexer."""
    conversation_id, sequence = map(int, message["messageId"].split("-"))
    journal: Journal = app.extensions["chatapp.journal"]

    def write(transaction: Transaction) -> None:
        transaction.session.execute(
            text("UPDATE message SET content = :content WHERE conversation_id = :id AND sequence = :sequence"),
            {"content": content, "id": conversation_id, "sequence": sequence},
        )

    journal.write(write)


def test_an_edited_message_is_found_by_its_new_text_only_and_a_deleted_one_not_at_all(
    pair: tuple[Searcher, Searcher], app: Flask
) -> None:
    alice, bob = pair
    [said, other] = alice.say(bob.username, "the old words", "other words")
    conversation_id = int(said["messageId"].split("-")[0])
    assert alice.finds("old words") == ["the old words"]
    for text_now in ("the new words", "the newest words"):
        answer = alice.client.patch(f"/message/{said['messageId']}", json={"content": text_now})
        assert answer.status_code == 200, answer.text
        assert alice.finds("old") == bob.finds("old") == []
        assert alice.finds("words") == bob.finds("words") == ["other words", text_now]
        assert alice.search("words")["hits"][1]["message"]["editedAt"] is not None
    assert alice.finds('"new words"') == []
    assert indexed(app, conversation_id) == 2
    assert alice.client.delete(f"/message/{said['messageId']}").status_code == 200
    assert alice.finds("newest") == []
    assert alice.finds(f"from:{alice.username}") == ["other words"]
    assert indexed(app, conversation_id) == 1
    bob.client.post(f"/message/{other['messageId']}/reactions", json={"emoji": "👍"})
    assert bob.finds("other") == ["other words"]
    assert leftovers(app, conversation_id) == 0


def test_a_text_that_the_index_still_has_is_not_found(pair: tuple[Searcher, Searcher], app: Flask) -> None:
    """Between an edit in another process and its indexing, the message's own text decides."""
    alice, bob = pair
    [said] = alice.say(bob.username, "the former words")
    assert alice.finds("former") == ["the former words"]
    change_message(app, said, "the latter words")
    assert alice.finds("former") == bob.finds("former") == []


def test_a_message_that_went_before_its_text_was_indexed_leaves_nothing(
    pair: tuple[Searcher, Searcher], app: Flask
) -> None:
    """The indexer reads the change log first, and writes in a later transaction."""
    alice, bob = pair
    said = alice.say(bob.username, "read early", "read early too")
    assert alice.finds("early") == ["read early too", "read early"]
    conversation_id = int(said[0]["messageId"].split("-")[0])
    with app.app_context():
        read = messages_between(conversation_id, 0, 2)
    journal: Journal = app.extensions["chatapp.journal"]

    def edit_and_delete(transaction: Transaction) -> None:
        where = f"WHERE conversation_id = {conversation_id} AND sequence ="
        transaction.session.execute(text(f"UPDATE message SET content = 'written late' {where} 1"))
        transaction.session.execute(text(f"DELETE FROM message {where} 2"))

    journal.write(edit_and_delete)
    for _ in range(2):
        journal.write(lambda transaction: SearchIndex(transaction).put(read))
    if app.extensions["chatapp.settings"].is_sqlite:
        assert indexed(app, conversation_id) == 1, "what is gone is not indexed again"
        assert alice.finds("late") == ["written late"], "a text that changed is indexed as it is"
    journal.write(lambda transaction: SearchIndex(transaction).remove_some(conversation_id))
    assert indexed(app, conversation_id) == leftovers(app, conversation_id) == 0


def leftovers(app: Flask, conversation_id: int) -> int:
    """The number of old texts that SQLite keeps for a conversation's messages that are to be indexed again."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return 0
        sql = "SELECT COUNT(*) FROM search_replaced WHERE id >> 32 = :id"
        count: int = db.session.execute(text(sql), {"id": conversation_id}).scalar_one()
        return count


def test_a_deleted_group_leaves_nothing(
    browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str], app: Flask
) -> None:
    [name] = newcomers(1)
    owner = Searcher(browse(name), name)
    group = make_group(name)
    owner.say(group, *[f"ephemeral {number}" for number in range(5)], group=True)
    assert len(owner.finds("ephemeral")) == 5
    assert owner.client.delete(f"/group/{group}").status_code == 200
    assert owner.finds("ephemeral") == []
    assert indexed(app, int(group)) == 0


def indexed(app: Flask, conversation_id: int) -> int:
    """The number of messages of a conversation that the index holds."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sql = "SELECT COUNT(*) FROM search_text_docsize WHERE id >> 32 = :id"
        else:
            sql = "SELECT COUNT(*) FROM search_entry WHERE conversation_id = :id"
        count: int = db.session.execute(text(sql), {"id": conversation_id}).scalar_one()
        return count
