"""Files of messages: sending them, GET /file/<id>, GET /file/<id>/preview/<number>."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from chatapp.actions import finished_uploads
from chatapp.actions.released_files import delete_released
from chatapp.extensions import db
from chatapp.media.inspection import Media
from chatapp.models import Blob, MessageFile, Upload
from tests.api.senders import TEXT, Pair, error_of, pair, send, sent
from tests.api.test_uploads import stored_files
from tests.conftest import Browser
from tests.pictures import RED, encoded, plain
from tests.uploads import begin, upload

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]

__all__ = ["pair"]


def clean_up(app: Flask) -> None:
    with app.app_context():
        while delete_released(app.extensions["chatapp.journal"], app.extensions["chatapp.files"].storage):
            pass


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return db.session.query(model).count()


def path_of(app: Flask, content: bytes) -> Path:
    import hashlib

    name = hashlib.sha256(content).hexdigest()
    return Path(app.instance_path) / "uploads" / name[:2] / name


def test_a_message_with_a_file_reaches_the_other_who_can_download_it(pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    message = sent(alice, bob_name, upload(alice, TEXT, "Ünïcode 名前.txt"), content="Look")
    (file,) = message["files"]
    assert file == {
        "fileId": message["messageId"] + "-1",
        "name": "Ünïcode 名前.txt",
        "type": "text/plain",
        "kind": "text",
        "size": 10,
    }
    (read,) = bob.get(f"/messages/{bob_name}/{alice_name}").get_json()
    assert read["content"] == "Look"
    assert read["files"] == [file]
    answer = bob.get(f"/file/{file['fileId']}")
    assert answer.data == TEXT
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%C3%9Cn%C3%AFcode%20")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_a_part_can_be_asked_for_and_nothing_again_that_did_not_change(pair: Pair) -> None:
    alice, bob, _, bob_name = pair
    message = sent(alice, bob_name, upload(alice, TEXT))
    path = f"/file/{message['files'][0]['fileId']}"
    part = bob.get(path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert bob.get(path, headers={"Range": "bytes=-3"}).data == b"789"
    assert bob.get(path, headers={"Range": "bytes=20-"}).status_code == 416
    whole = bob.get(path)
    assert whole.headers["Accept-Ranges"] == "bytes"
    again = bob.get(path, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert bob.head(path).headers["Content-Length"] == "10"


def test_previews_are_pictures(pair: Pair) -> None:
    alice, bob, _, bob_name = pair
    picture = upload(alice, encoded(plain(RED, (800, 400)), "PNG"), "a.png")
    message = sent(alice, bob_name, {"uploadId": picture, "alt": "A red wall"})
    (file,) = message["files"]
    assert (file["alt"], file["width"], file["height"]) == ("A red wall", 800, 400)
    assert file["previews"][0] == {"width": 320, "height": 160}
    answer = bob.get(f"/file/{file['fileId']}/preview/0")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.data[8:12] == b"WEBP"
    for number in ("9", "-1", "x", "00"):
        assert bob.get(f"/file/{file['fileId']}/preview/{number}").status_code == 404


def test_what_is_said_of_a_voice_message_comes_back(pair: Pair) -> None:
    alice, _, _, bob_name = pair
    file = {"uploadId": upload(alice, b"abc"), "seconds": 2.5, "waveform": [0, 50, 100], "isVoice": True}
    (found,) = sent(alice, bob_name, file)["files"]
    assert (found["seconds"], found["waveform"], found["isVoice"]) == (2.5, [0, 50, 100], True)


def test_outsiders_find_no_file(browse: Browse, pair: Pair) -> None:
    alice, _, _, bob_name = pair
    message = sent(alice, bob_name, upload(alice, TEXT))
    file_id = message["files"][0]["fileId"]
    for path in (f"/file/{file_id}", f"/file/{file_id}/preview/0"):
        assert browse("mallory").get(path).status_code == 404
        assert browse(None).get(path).status_code == 401
    for unknown in (message["messageId"] + "-2", "x", "1-1-x", "1-1-²", "99999-1-1", message["messageId"]):
        assert alice.get(f"/file/{unknown}").status_code == 404


def test_whoever_has_left_a_group_finds_its_files_no_more(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    alice, bob = browse(anna), browse(ben)
    made = alice.post("/group", json={"groupName": "Files", "users": [{"username": ben}]})
    group = made.get_json()["newGroup"]["groupId"]
    file_id = sent(alice, group, upload(alice, TEXT), group=True)["files"][0]["fileId"]
    assert bob.get(f"/file/{file_id}").data == TEXT
    assert bob.delete(f"/group/{group}/members/{ben}").status_code == 200
    assert bob.get(f"/file/{file_id}").status_code == 404
    assert bob.get(f"/files/{group}?group=yes").status_code == 403


@pytest.mark.parametrize("content", ["", "  ", "\u200b"])
def test_a_message_has_a_text_or_a_file(pair: Pair, content: str) -> None:
    alice, _, _, bob_name = pair
    answer = send(alice, bob_name, content=content)
    assert answer.status_code == 422
    assert set(error_of(answer)["details"]["fields"]) == {"content"}


def test_an_upload_is_used_up_by_one_message(pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    upload_id = upload(alice, TEXT)
    sent(alice, bob_name, upload_id)
    for answer in (
        send(alice, bob_name, upload_id),
        send(alice, bob_name, upload(alice, TEXT), "unknown-unknown-x"),
        send(bob, alice_name, upload(alice, TEXT)),
        send(alice, bob_name, *[upload(alice, TEXT)] * 2),
    ):
        assert (answer.status_code, error_of(answer)["code"]) == (404, "upload_missing")
    assert len(alice.get(f"/messages/{alice_name}/{bob_name}").get_json()) == 1


def test_a_retry_is_one_message_with_its_file(pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    values = {"clientId": str(uuid4())}
    upload_id = upload(alice, TEXT)
    first = sent(alice, bob_name, upload_id, **values)
    again = sent(alice, bob_name, upload_id, **values)
    assert again["messageId"] == first["messageId"]
    (read,) = bob.get(f"/messages/{bob_name}/{alice_name}").get_json()
    assert read["files"] == first["files"]


def test_an_incomplete_upload_cannot_be_sent(pair: Pair) -> None:
    alice, _, _, bob_name = pair
    upload_id = begin(alice, 5).headers["Location"].rpartition("/")[2]
    answer = send(alice, bob_name, upload_id)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "upload_incomplete")


def test_only_so_many_files_fit_into_a_message(pair: Pair) -> None:
    alice, _, _, bob_name = pair
    uploads = [upload(alice, bytes([number])) for number in range(11)]
    assert send(alice, bob_name, *uploads).status_code == 422
    assert len(sent(alice, bob_name, *uploads[:10])["files"]) == 10


def test_the_bytes_are_stored_once_and_deleted_with_the_last_message_that_has_them(app: Flask, pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    content = uuid4().bytes
    path = path_of(app, content)
    first = sent(alice, bob_name, upload(alice, content))
    second = sent(bob, alice_name, upload(bob, content))
    clean_up(app)
    assert path.read_bytes() == content
    assert alice.delete(f"/message/{first['messageId']}").status_code == 200
    assert alice.get(f"/file/{first['files'][0]['fileId']}").status_code == 404
    clean_up(app)
    assert path.exists()
    assert bob.delete(f"/message/{second['messageId']}").status_code == 200
    clean_up(app)
    assert not path.exists()
    (read, _) = bob.get(f"/messages/{bob_name}/{alice_name}").get_json()
    assert "files" not in read


def test_a_cancelled_upload_gives_its_bytes_back(app: Flask, pair: Pair) -> None:
    alice, *_ = pair
    content = uuid4().bytes
    upload_id = upload(alice, content)
    assert path_of(app, content).exists()
    alice.delete(f"/uploads/{upload_id}")
    clean_up(app)
    assert not path_of(app, content).exists()


def test_a_copy_keeps_the_files_when_the_original_is_deleted(app: Flask, pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    content = uuid4().bytes
    original = sent(alice, bob_name, upload(alice, content, "a.txt"), content="Look")
    copied = bob.post(f"/message/{original['messageId']}/forward", json={"receiver": alice_name}).get_json()["response"]
    assert [file["name"] for file in copied["files"]] == ["a.txt"]
    alice.delete(f"/message/{original['messageId']}")
    clean_up(app)
    assert alice.get(f"/file/{copied['files'][0]['fileId']}").data == content


def test_an_answer_names_the_first_file(pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    asked = sent(alice, bob_name, upload(alice, TEXT, "first.txt"), upload(alice, TEXT, "second.txt"))
    answer = sent(bob, alice_name, content="Thanks", replyTo=asked["sequence"])
    assert answer["replyTo"]["file"] == {"name": "first.txt", "kind": "text"}
    (_, read) = alice.get(f"/messages/{alice_name}/{bob_name}").get_json()
    assert read["replyTo"] == answer["replyTo"]


def test_the_caption_can_be_edited_and_emptied_but_a_text_alone_cannot(pair: Pair) -> None:
    alice, _, _, bob_name = pair
    message = sent(alice, bob_name, upload(alice, TEXT), content="Look")
    edited = alice.patch(f"/message/{message['messageId']}", json={"content": ""})
    assert edited.status_code == 200, edited.text
    assert edited.get_json()["message"]["content"] == ""
    assert edited.get_json()["message"]["files"] == message["files"]
    text = sent(alice, bob_name, content="Text")
    assert alice.patch(f"/message/{text['messageId']}", json={"content": " "}).status_code == 422


def test_a_failed_message_leaves_its_upload(app: Flask, pair: Pair) -> None:
    alice, _, _, bob_name = pair
    upload_id = upload(alice, TEXT)
    before = (count(app, Upload), count(app, MessageFile), count(app, Blob))
    assert send(alice, "nobody-at-all", upload_id).status_code == 404
    assert (count(app, Upload), count(app, MessageFile), count(app, Blob)) == before
    sent(alice, bob_name, upload_id)


def test_nginx_is_told_where_the_bytes_are(make_app: Callable[..., Flask]) -> None:
    app = make_app(accel_redirect="/stored-files/")
    app.test_client_class = Browser
    alice = app.test_client()
    alice.post("/login", json={"username": "alice"})
    message = sent(alice, "bob", upload(alice, TEXT))  # type: ignore[arg-type]
    answer = alice.get(f"/file/{message['files'][0]['fileId']}")
    name = path_of(app, TEXT).name
    assert answer.headers["X-Accel-Redirect"] == f"/stored-files/{name[:2]}/{name}"
    assert answer.data == b""


def test_the_same_bytes_sent_again_change_nothing_of_a_message_that_has_them(
    app: Flask, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob, _, bob_name = pair
    before = stored_files(app)
    picture = encoded(plain(RED, (640, 480)), "PNG")
    message = sent(alice, bob_name, upload(alice, picture, "a.png"))
    (file,) = message["files"]
    assert len(file["previews"]) > 1
    with monkeypatch.context() as patch:
        # As a worker reports that was ended for its time.
        patch.setattr(finished_uploads, "inspect", lambda *_: Media("other", "application/octet-stream"))
        again = upload(bob, picture, "b.bin")
    assert bob.get(f"/file/{file['fileId']}").headers["Content-Type"] == "image/png"
    for number in range(len(file["previews"])):
        assert bob.get(f"/file/{file['fileId']}/preview/{number}").status_code == 200
    assert alice.delete(f"/message/{message['messageId']}").status_code == 200
    assert bob.delete(f"/uploads/{again}").status_code == 204
    clean_up(app)
    assert stored_files(app) == before
