"""Messages are found by the names of their files."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chatapp.extensions import db
from tests.api.searching import Searcher
from tests.api.senders import sent
from tests.api.test_search_index import indexed, leftovers
from tests.uploads import upload

Browse = Callable[[str | None], FlaskClient]
Pair = tuple[Searcher, Searcher]


def send_files(sender: Searcher, receiver: str, *names: str, content: str = "") -> dict[str, Any]:
    """A sent message with a file of each name."""
    files = [upload(sender.client, name.encode(), name) for name in names]
    return sent(sender.client, receiver, *files, content=content)


def ids_of(searcher: Searcher, q: str) -> list[str]:
    return [hit["message"]["messageId"] for hit in searcher.search(q)["hits"]]


def conversation_of(message: dict[str, Any]) -> int:
    return int(message["messageId"].split("-")[0])


def occurrences(app: Flask, word: str) -> int:
    """The number of entries of the index that have a word, those of deleted messages included."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sql = "SELECT COUNT(*) FROM search_text WHERE search_text MATCH :word"
        else:
            sql = "SELECT COUNT(*) FROM search_entry WHERE tokens @@ CAST(:word AS tsquery)"
        count: int = db.session.execute(text(sql), {"word": word}).scalar_one()
        return count


def test_a_message_is_found_by_the_words_of_its_text_and_of_its_files(pair: Pair) -> None:
    alice, bob = pair
    named = send_files(alice, bob.username, "Quarterly_Réport-2026.txt", "晚上照片.txt", content="as promised")[
        "messageId"
    ]
    [said] = alice.say(bob.username, "the report is late")
    for q in ("quarterly", "quart", "2026", '"report 2026.txt"', "照片", "promised quarterly", "has:file report"):
        assert ids_of(alice, q) == ids_of(bob, q) == [named], q
    assert ids_of(bob, "report") == [said["messageId"], named]
    assert ids_of(bob, '"promised quarterly"') == ids_of(bob, '"txt 晚上"') == [], (
        "no phrase reaches from one to another"
    )


def test_a_hit_says_where_the_names_match(pair: Pair) -> None:
    alice, bob = pair
    send_files(alice, bob.username, "one.txt", "the harbour.txt", "😀 harbour harbour.txt", content="see harbour")
    [hit] = bob.search("harbour")["hits"]
    assert hit["ranges"] == [[4, 11]]
    assert hit["fileRanges"] == [[], [[4, 11]], [[3, 10], [11, 18]]]
    alice.say(bob.username, "quay")
    assert [hit["fileRanges"] for hit in bob.search("quay")["hits"]] == [[]]


def test_a_message_without_text_is_found_by_its_sender_too(pair: Pair) -> None:
    alice, bob = pair
    said = send_files(alice, bob.username, "plan.txt")["messageId"]
    assert ids_of(bob, f"from:{alice.username}") == ids_of(bob, f"plan from:{alice.username}") == [said]
    assert ids_of(bob, "plan from:me") == []


def test_an_edit_keeps_the_names_and_a_deletion_takes_them_out(pair: Pair, app: Flask) -> None:
    alice, bob = pair
    said = send_files(alice, bob.username, "budgeted.txt", "forecasted.txt", content="first words")
    path = f"/message/{said['messageId']}"
    assert ids_of(bob, "budgeted first") == [said["messageId"]]
    for content in ("second words", "third words"):
        assert alice.client.patch(path, json={"content": content}).status_code == 200
    assert ids_of(bob, "budgeted third forecasted") == [said["messageId"]]
    assert ids_of(bob, "budgeted first") == ids_of(bob, "budgeted second") == []
    assert indexed(app, conversation_of(said)) == 1
    assert occurrences(app, "budgeted") == 1
    assert alice.client.delete(path).status_code == 200
    assert ids_of(bob, "budgeted") == ids_of(bob, "forecasted") == []
    assert indexed(app, conversation_of(said)) == leftovers(app, conversation_of(said)) == 0
    assert occurrences(app, "budgeted") == occurrences(app, "forecasted") == occurrences(app, "third") == 0


def test_a_forwarded_message_is_found_by_the_names_of_its_files(pair: Pair) -> None:
    alice, bob = pair
    said = send_files(alice, bob.username, "itinerary.txt")
    body = {"receiver": bob.username, "group": False, "clientId": "0b5a1f0e-7c3e-4d43-9c8f-2f7c4d8e1a11"}
    answer = alice.client.post(f"/message/{said['messageId']}/forward", json=body)
    assert answer.status_code == 200, answer.text
    forwarded = answer.get_json()["response"]["messageId"]
    assert ids_of(bob, "itinerary") == [forwarded, said["messageId"]]


def test_an_outsider_finds_no_names(browse: Browse, newcomers: Callable[[int], list[str]], pair: Pair) -> None:
    alice, bob = pair
    send_files(alice, bob.username, "confidential.txt")
    [name] = newcomers(1)
    mallory = Searcher(browse(name), name)
    assert ids_of(bob, "confidential"), "there is something to find"
    assert ids_of(mallory, "confidential") == []
