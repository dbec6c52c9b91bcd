"""`chatapp files` says what is missing, and deletes what nothing has."""

import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.file_jobs import FORGOTTEN
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import Upload
from tests.api.senders import sign_in
from tests.cli.running import Run
from tests.conftest import NO_LIMITS, Browser
from tests.pictures import encoded, plain
from tests.uploads import begin, upload


@pytest.fixture
def app(installation: dict[str, str]) -> Iterator[Flask]:
    url, instance = installation["CHATAPP_DATABASE_URL"], installation["CHATAPP_INSTANCE"]
    values = {"instance": instance, "database_url": url, "async_mode": "threading", "sign_in": "username", **NO_LIMITS}
    made = create_app(values)
    add_users(made.extensions["chatapp.journal"], [NewUser("anna", "Anna")])
    yield made
    close_app(made)


@pytest.fixture
def anna(app: Flask) -> Browser:
    return sign_in(app, "anna")


def send(browser: Browser, data: bytes, name: str = "a.txt") -> None:
    body = {"receiver": "anna", "content": "", "files": [{"uploadId": upload(browser, data, name)}]}
    assert browser.post("/messages", json=body).status_code == 200


def stored(app: Flask) -> list[Path]:
    return sorted((Path(app.instance_path) / "uploads").glob("??/*"))


def test_what_is_missing_or_damaged_is_listed(run: Run, app: Flask, anna: Browser) -> None:
    send(anna, b"one")
    send(anna, encoded(plain(), "PNG"), "a.png")
    assert run("files", "check", "--read").stdout == "2 files are known, and everything is stored.\n"
    name = hashlib.sha256(b"one").hexdigest()
    key = f"{name[:2]}/{name}"
    path = Path(app.instance_path) / "uploads" / key
    path.chmod(0o600)
    path.write_bytes(b"two")
    assert run("files", "check").exit_code == 0
    result = run("files", "check", "--read")
    assert (result.exit_code, result.stdout) == (1, f"hash\t{key}\n")
    path.write_bytes(b"longer")
    assert run("files", "check").stdout == f"size\t{key}\n"
    for one in stored(app):
        one.unlink()
    assert run("files", "check").stdout.count("missing\t") == len({key}) + 2


def test_what_nothing_has_is_deleted_and_the_rest_is_left(run: Run, app: Flask, anna: Browser) -> None:
    send(anna, b"one")
    kept = stored(app)
    waiting = upload(anna, b"waiting")
    begun = begin(anna, 5).headers["Location"]
    unknown = hashlib.sha256(b"unknown").hexdigest()
    folder = Path(app.instance_path) / "uploads"
    (folder / unknown[:2]).mkdir(exist_ok=True)
    for ending in ("", ".preview-1"):
        (folder / unknown[:2] / (unknown + ending)).write_bytes(b"unknown")
    old, new = folder / "partial" / "old", folder / "partial" / "new"
    for path in (old, new):
        path.write_bytes(b"abc")
    os.utime(old, (0, (now() - FORGOTTEN).timestamp() - 1))
    nothing = "Deleted: 0 expired uploads, 0 released files, 0 unknown files, 0 partial files.\n"
    first = run("files", "sweep")
    assert first.stdout == "Deleted: 0 expired uploads, 0 released files, 1 unknown files, 1 partial files.\n"
    assert run("files", "sweep").stdout == nothing
    assert new.exists()
    assert anna.get(f"/uploads/{waiting}").get_json()["upload"]["state"] == "ready"
    assert anna.get(begun).status_code == 200
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Upload).values(expires_at=now() - timedelta(seconds=1)))
    assert run("files", "sweep").stdout.startswith("Deleted: 2 expired uploads, 1 released files, ")
    assert stored(app) == kept
    assert run("files", "check").stdout == "1 file is known, and everything is stored.\n"
