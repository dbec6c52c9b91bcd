"""The files of scheduled messages: kept until they are sent, counted, removable, and of no other use meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from chatapp.actions.file_jobs import remove_expired
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Blob, Upload
from tests.api.error_bodies import refusal
from tests.api.senders import TEXT, Pair, error_of, pair, send, sent
from tests.api.test_files import clean_up, count, path_of
from tests.api.test_scheduled import schedule, scheduled
from tests.conftest import Browser
from tests.uploads import begin, upload

__all__ = ["pair"]


def with_files(browser: Browser, receiver: str, *names: str, content: str = "", **more: Any) -> dict[str, Any]:
    """A scheduled message with a file of each name."""
    files = [{"uploadId": upload(browser, name.encode(), name), "alt": f"of {name}"} for name in names]
    return scheduled(browser, receiver, content, files=files, **more)


def used(browser: Browser) -> int:
    number: int = browser.get("/uploads").get_json()["limits"]["usedBytes"]
    return number


def expire(app: Flask) -> None:
    """All uploads are older than uploads may get."""
    with app.app_context():
        db.session.execute(update(Upload).values(expires_at=now() - timedelta(days=1)))
        db.session.commit()
        remove_expired(app.extensions["chatapp.journal"], app.extensions["chatapp.files"])


def test_a_message_with_files_is_sent_later(pair: Pair, app: Flask) -> None:
    anna, ben, _, ben_name = pair
    expire(app)
    uploads = count(app, Upload)
    one = with_files(anna, ben_name, "a.txt", "b.txt", content="both")
    assert [(file["name"], file["alt"], file["size"]) for file in one["files"]] == [
        ("a.txt", "of a.txt", 5),
        ("b.txt", "of b.txt", 5),
    ]
    assert anna.get("/scheduled").get_json()["scheduled"] == [one]
    assert used(anna) == 10
    expire(app)
    message = anna.post(f"/scheduled/{one['clientId']}/send").get_json()["response"]
    assert (message["content"], message["clientId"]) == ("both", one["clientId"])
    assert [(file["name"], file["alt"]) for file in message["files"]] == [("a.txt", "of a.txt"), ("b.txt", "of b.txt")]
    assert ben.get(f"/file/{message['files'][1]['fileId']}").data == b"b.txt"
    assert count(app, Upload) == uploads, "they belong to the message now"
    assert used(anna) == 10
    assert anna.get("/scheduled").get_json()["scheduled"] == []
    assert sent(anna, ben_name, content="again", clientId=one["clientId"])["messageId"] == message["messageId"]


def test_a_message_with_files_needs_no_text_and_one_without_does(pair: Pair) -> None:
    anna, _, _, ben_name = pair
    one = with_files(anna, ben_name, "a.txt")
    assert one["content"] == ""
    refusal(schedule(anna, ben_name, " "), 422, "invalid_input")
    place = f"/scheduled/{one['clientId']}"
    refusal(anna.patch(place, json={"files": []}), 422, "invalid_input")
    assert anna.get("/scheduled").get_json()["scheduled"] == [one], "a refusal changes nothing"
    emptied = anna.patch(place, json={"files": [], "content": "only words"}).get_json()["scheduled"]
    assert emptied["content"] == "only words"
    assert "files" not in emptied


def test_removed_files_are_deleted_and_the_others_stay(pair: Pair, app: Flask) -> None:
    anna, _, _, ben_name = pair
    clean_up(app)
    blobs, uploads = count(app, Blob), count(app, Upload)
    one = with_files(anna, ben_name, "goes.txt", "stays.txt", content="both")
    place = f"/scheduled/{one['clientId']}"
    left = one["files"][1]["fileId"]
    refusal(anna.patch(place, json={"files": [left, "x" * 32]}), 404, "upload_missing")
    changed = anna.patch(place, json={"files": [left], "content": ""}).get_json()["scheduled"]
    assert ([file["name"] for file in changed["files"]], changed["content"]) == (["stays.txt"], "")
    clean_up(app)
    assert (count(app, Blob), count(app, Upload)) == (blobs + 1, uploads + 1)
    assert not path_of(app, b"goes.txt").exists()
    assert path_of(app, b"stays.txt").exists()
    assert used(anna) == 9
    gone = anna.delete(place).get_json()["scheduled"]
    assert gone["gone"]
    assert "files" not in gone
    clean_up(app)
    assert (count(app, Blob), count(app, Upload)) == (blobs, uploads)
    assert not path_of(app, b"stays.txt").exists()
    assert used(anna) == 0


def test_a_scheduled_upload_is_of_no_other_use(pair: Pair) -> None:
    anna, ben, anna_name, ben_name = pair
    one = with_files(anna, ben_name, "a.txt")
    upload_id = one["files"][0]["fileId"]
    for answer in (
        send(anna, ben_name, upload_id),
        schedule(anna, ben_name, files=[{"uploadId": upload_id}]),
        schedule(ben, anna_name, files=[{"uploadId": upload_id}]),
        anna.delete(f"/uploads/{upload_id}", headers={"Tus-Resumable": "1.0.0"}),
    ):
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "upload_missing"
    assert anna.get("/scheduled").get_json()["scheduled"] == [one]
    again = scheduled(anna, ben_name, "other", clientId=one["clientId"], files=[{"uploadId": upload_id}])
    assert again == one, "a repetition changes nothing"


@pytest.mark.parametrize("which", ["unknown", "incomplete", "twice", "sent"])
def test_what_is_not_a_complete_upload_is_refused(pair: Pair, which: str) -> None:
    anna, _, _, ben_name = pair
    ids = [upload(anna, TEXT)]
    if which == "unknown":
        ids.append("x" * 32)
    elif which == "incomplete":
        ids.append(begin(anna, 5).headers["Location"].rpartition("/")[2])
    elif which == "twice":
        ids *= 2
    else:
        ids.append(upload(anna, b"sent"))
        sent(anna, ben_name, ids[1])
    answer = schedule(anna, ben_name, files=[{"uploadId": upload_id} for upload_id in ids])
    assert error_of(answer)["code"] == ("upload_incomplete" if which == "incomplete" else "upload_missing")
    assert anna.get("/scheduled").get_json()["scheduled"] == []
    sent(anna, ben_name, ids[0])


def test_files_of_a_message_that_could_not_be_sent_wait_with_it(pair: Pair, app: Flask) -> None:
    anna, ben, anna_name, ben_name = pair
    one = with_files(anna, ben_name, "a.txt")
    assert ben.put(f"/block/{anna_name}", json={"on": True}).status_code == 200
    place = f"/scheduled/{one['clientId']}"
    assert anna.post(f"{place}/send").status_code == 403
    expire(app)
    [failed] = anna.get("/scheduled").get_json()["scheduled"]
    assert failed["failure"]["code"] == "blocked"
    assert [file["name"] for file in failed["files"]] == ["a.txt"]
    assert ben.put(f"/block/{anna_name}", json={"on": False}).status_code == 200
    message = anna.post(f"{place}/send").get_json()["response"]
    assert [file["name"] for file in message["files"]] == ["a.txt"]
