"""Uploads: OPTIONS, GET and POST /uploads, HEAD, GET, PATCH and DELETE /uploads/<id>, by tus 1.0.0."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from chatapp.actions import file_room, uploads
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Upload
from tests.api.senders import error_of, sign_in
from tests.conftest import Browser
from tests.pictures import RED, encoded, plain
from tests.uploads import add, begin, upload

Browse = Callable[[str | None], Browser]
CONTENT = b"9876543210"


def head(browser: Browser, path: str) -> Any:
    return browser.head(path, headers={"Tus-Resumable": "1.0.0"})


def state(browser: Browser, upload_id: str) -> dict[str, Any]:
    answer = browser.get(f"/uploads/{upload_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()["upload"]
    return found


def partial_files(app: Flask) -> list[Path]:
    return sorted((Path(app.instance_path) / "uploads" / "partial").glob("*"))


def stored_files(app: Flask) -> list[Path]:
    return sorted((Path(app.instance_path) / "uploads").glob("??/*"))


def test_the_server_says_what_it_can_do(browse: Browse) -> None:
    answer = browse(None).options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination,checksum,expiration"
    assert answer.headers["Tus-Max-Size"] == str(1 << 30)


def test_a_file_arrives_in_parts(app: Flask, browse: Browse) -> None:
    alice, partial, stored = browse("alice"), partial_files(app), stored_files(app)
    begun = begin(alice, 10, "notes.txt")
    assert begun.status_code == 201
    assert begun.headers["Tus-Resumable"] == "1.0.0"
    assert begun.headers["Upload-Expires"].endswith("GMT")
    path = begun.headers["Location"]
    assert head(alice, path).headers["Upload-Offset"] == "0"
    assert add(alice, path, 0, CONTENT[:5]).headers["Upload-Offset"] == "5"
    found = head(alice, path)
    assert (found.headers["Upload-Offset"], found.headers["Upload-Length"]) == ("5", "10")
    assert found.headers["Cache-Control"] == "no-store"
    assert state(alice, path.rpartition("/")[2])["state"] == "uploading"
    assert add(alice, path, 5, CONTENT[5:]).status_code == 204
    found = state(alice, path.rpartition("/")[2])
    assert (found["state"], found["offset"], found["name"]) == ("ready", 10, "notes.txt")
    assert found["file"]["type"] == "text/plain"
    assert partial_files(app) == partial
    (new,) = set(stored_files(app)) - set(stored)
    assert new.name == hashlib.sha256(CONTENT).hexdigest()
    assert new.read_bytes() == CONTENT


def test_the_last_bytes_may_be_sent_again(browse: Browse) -> None:
    alice = browse("alice")
    path = "/uploads/" + upload(alice, b"abc")
    assert add(alice, path, 3, b"").status_code == 204
    assert head(alice, path).headers["Upload-Offset"] == "3"


def test_an_empty_file_is_a_file(browse: Browse) -> None:
    alice = browse("alice")
    found = state(alice, upload(alice, b""))
    assert (found["state"], found["size"]) == ("ready", 0)


def test_bytes_that_are_not_at_the_end_are_refused_with_where_it_is(browse: Browse) -> None:
    alice = browse("alice")
    path = begin(alice, 10).headers["Location"]
    add(alice, path, 0, b"abc")
    for offset in (0, 4):
        answer = add(alice, path, offset, b"x")
        assert answer.status_code == 409
        assert error_of(answer)["details"]["offset"] == 3
    assert head(alice, path).headers["Upload-Offset"] == "3"


def test_more_bytes_than_announced_are_refused_and_the_file_stays_what_it_was(browse: Browse) -> None:
    alice = browse("alice")
    path = begin(alice, 5).headers["Location"]
    add(alice, path, 0, b"abc")
    assert error_of(add(alice, path, 3, b"defgh"))["code"] == "file_too_large"
    assert head(alice, path).headers["Upload-Offset"] == "3"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_with_another_checksum_are_not_kept(browse: Browse, algorithm: str) -> None:
    alice = browse("alice")
    path = begin(alice, 6).headers["Location"]
    digest = base64.b64encode(hashlib.new(algorithm, b"abc").digest()).decode()
    assert add(alice, path, 0, b"abc", Upload_Checksum=f"{algorithm} {digest}").status_code == 204
    answer = add(alice, path, 3, b"abd", Upload_Checksum=f"{algorithm} {digest}")
    assert answer.status_code == 460
    assert head(alice, path).headers["Upload-Offset"] == "3"
    assert add(alice, path, 3, b"abc", Upload_Checksum=f"{algorithm} {digest}").status_code == 204


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload_Offset": "-1"},
        {"Upload_Offset": "x"},
        {"Upload_Offset": "²"},
        {"Upload_Offset": "9" * 5_000},
        {"Upload_Checksum": "md5 abc"},
        {"Upload_Checksum": "sha1 %%%"},
    ],
)
def test_malformed_headers_are_refused(browse: Browse, headers: dict[str, str]) -> None:
    alice = browse("alice")
    path = begin(alice, 6).headers["Location"]
    value = next(iter(headers.values()))
    if not value.isascii():
        headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    assert add(alice, path, 0, b"abc", **headers).status_code == 422
    assert head(alice, path).headers["Upload-Offset"] == "0"


def test_a_length_is_needed(browse: Browse) -> None:
    assert browse("alice").post("/uploads").status_code == 422


def test_an_upload_is_its_owners_alone(browse: Browse) -> None:
    alice, mallory = browse("alice"), browse("mallory")
    path = begin(alice, 6).headers["Location"]
    assert head(mallory, path).status_code == 404
    assert error_of(mallory.get(path))["code"] == "upload_missing"
    assert add(mallory, path, 0, b"abc").status_code == 404
    assert mallory.delete(path).status_code == 404
    assert add(alice, path, 0, b"abcdef").status_code == 204


def test_nobody_uploads_without_a_session_or_from_another_site(browse: Browse) -> None:
    assert begin(browse(None), 1).status_code == 401
    alice = browse("alice")
    alice.delete_cookie("XSRF-TOKEN")
    assert begin(alice, 1).status_code == 403


def test_a_cancelled_upload_leaves_nothing(app: Flask, browse: Browse) -> None:
    alice, before = browse("alice"), partial_files(app)
    path = begin(alice, 6).headers["Location"]
    add(alice, path, 0, b"abc")
    assert len(partial_files(app)) == len(before) + 1
    assert alice.delete(path).status_code == 204
    assert head(alice, path).status_code == 404
    assert partial_files(app) == before


def test_an_upload_expires(app: Flask, browse: Browse) -> None:
    alice = browse("alice")
    path = begin(alice, 6).headers["Location"]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Upload).values(expires_at=now() - timedelta(seconds=1)))
    assert head(alice, path).status_code == 404


@pytest.mark.parametrize(
    ("settings", "size", "kind", "code", "status"),
    [
        ({"file_bytes": 100}, 101, "", "file_too_large", 413),
        ({"user_file_bytes": 100}, 101, "", "quota_exceeded", 413),
        ({"all_file_bytes": 100}, 101, "", "storage_full", 507),
        ({"file_types": "image/*,text/plain"}, 1, "application/zip", "file_type_refused", 415),
    ],
)
def test_what_may_not_be_sent_is_refused_before_its_bytes(
    make_app: Callable[..., Flask],
    settings: dict[str, Any],
    size: int,
    kind: str,
    code: str,
    status: int,
) -> None:
    app = make_app(**settings)
    answer = begin(sign_in(app, "alice"), size, kind=kind)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)
    assert partial_files(app) == []


def test_what_is_under_way_counts_towards_the_quota(make_app: Callable[..., Flask]) -> None:
    alice = sign_in(make_app(user_file_bytes=100), "alice")
    begun = begin(alice, 60)
    answer = begin(alice, 60)
    assert error_of(answer)["details"] == {"limit": 100, "used": 60}
    limits = alice.get("/uploads").get_json()["limits"]
    assert (limits["usedBytes"], limits["quotaBytes"]) == (60, 100)
    alice.delete(begun.headers["Location"])
    assert begin(alice, 60).status_code == 201


def test_a_type_counts_by_the_bytes_and_not_by_what_is_said(make_app: Callable[..., Flask]) -> None:
    app = make_app(file_types="image/*")
    alice = sign_in(app, "alice")
    path = begin(alice, 3, "a.png", "image/png").headers["Location"]
    assert error_of(add(alice, path, 0, b"abc"))["code"] == "file_type_refused"
    found = state(alice, path.rpartition("/")[2])
    assert (found["state"], found["error"]["code"]) == ("refused", "file_type_refused")
    assert partial_files(app) == stored_files(app) == []
    assert state(alice, upload(alice, encoded(plain(RED), "PNG"), "a.png"))["state"] == "ready"


def test_only_so_many_are_on_their_way_at_once(browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 3)
    carol = browse("carol")
    for _ in range(3):
        assert begin(carol, 1).status_code == 201
    assert error_of(begin(carol, 1))["code"] == "limit_reached"


def test_a_full_disk_refuses_and_nothing_is_left(app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    before = partial_files(app)
    monkeypatch.setattr(file_room, "FREE_BYTES", 1 << 60)
    assert error_of(begin(browse("alice"), 1))["code"] == "storage_full"
    assert partial_files(app) == before


def test_processing_that_was_cut_off_is_done_when_the_owner_asks(
    app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, before = browse("alice"), partial_files(app)
    path = begin(alice, 3).headers["Location"]
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "finish", lambda *_arguments: None)
        assert add(alice, path, 0, b"abc").status_code == 204
    assert len(partial_files(app)) == len(before) + 1
    assert state(alice, path.rpartition("/")[2])["state"] == "ready"
    assert partial_files(app) == before


def test_a_process_that_ended_after_storing_leaves_an_upload_that_is_ready_when_the_owner_asks(
    app: Flask, browse: Browse
) -> None:
    alice = browse("alice")
    upload_id = upload(alice, b"abc")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Upload).values(is_ready=False))
    assert state(alice, upload_id)["state"] == "ready"


def test_a_picture_has_previews_and_loses_where_it_was_taken(app: Flask, browse: Browse) -> None:
    alice, before = browse("alice"), stored_files(app)
    found = state(alice, upload(alice, encoded(plain(RED, (1200, 800)), "JPEG"), "a.jpg"))["file"]
    assert (found["kind"], found["width"], found["height"]) == ("picture", 1200, 800)
    assert [preview["width"] for preview in found["previews"]] == [320, 960, 1200]
    assert found["placeholder"]
    assert len(stored_files(app)) == len(before) + 4
