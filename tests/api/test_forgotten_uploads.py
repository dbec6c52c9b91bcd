"""What killed processes and removed people leave of uploads, and what the storage did not delete in time."""

import os
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, func, select

from chatapp.actions.file_jobs import FORGOTTEN, delete_again, remove_expired, remove_forgotten
from chatapp.actions.released_files import DELETE_FILES
from chatapp.extensions import db
from chatapp.models import JobRow
from tests.api.administrators import Add, Browse
from tests.api.senders import Pair, pair, sent
from tests.api.test_cancelled_uploads import delete_all_released
from tests.api.test_uploads import head, partial_files, stored_files
from tests.conftest import Browser
from tests.uploads import add, begin, upload

OLD_SECONDS = FORGOTTEN.total_seconds() + 60

__all__ = ["pair"]


def age(path: Path) -> None:
    then = time.time() - OLD_SECONDS
    os.utime(path, (then, then))


def clean_up(app: Flask) -> None:
    with app.app_context():
        store = app.extensions["chatapp.files"]
        remove_expired(app.extensions["chatapp.journal"], store)
        remove_forgotten(store)
    delete_all_released(app)


def test_an_old_copy_that_is_not_complete_is_removed(app: Flask) -> None:
    folder = app.extensions["chatapp.files"].partial.folder.parent / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / ".partial-killed"
    copy.write_bytes(b"secret")
    clean_up(app)
    assert copy.exists()
    age(copy)
    clean_up(app)
    assert not copy.exists()


def test_old_files_that_no_upload_has_and_old_workspaces_are_removed(app: Flask, pair: Pair) -> None:
    clean_up(app)
    alice, before = pair[0], partial_files(app)
    kept = begin(alice, 6).headers["Location"]
    add(alice, kept, 0, b"abc")
    folder = app.extensions["chatapp.files"].partial.folder
    orphan, fresh, workspace = folder / "orphan", folder / "fresh", folder / "killed.work"
    for path in (orphan, fresh):
        path.write_bytes(b"secret")
    workspace.mkdir()
    (workspace / "media-1").write_bytes(b"secret")
    for path in (orphan, workspace, folder / kept.rpartition("/")[2]):
        age(path)
    clean_up(app)
    assert not orphan.exists()
    assert not workspace.exists()
    assert fresh.exists()
    assert head(alice, kept).headers["Upload-Offset"] == "3"
    fresh.unlink()
    alice.delete(kept)
    assert partial_files(app) == before


def test_uploads_of_a_removed_person_are_deleted_with_what_they_have_sent(
    app: Flask, admin: Browser, browse: Browse, person: Add
) -> None:
    clean_up(app)
    name, content = person(), b"belongs to somebody who leaves"
    before, partial = stored_files(app), partial_files(app)
    leaving = browse(name)
    upload(leaving, content)
    add(leaving, begin(leaving, 6).headers["Location"], 0, b"abc")
    assert len(stored_files(app)) == len(before) + 1
    assert admin.post(f"/admin/people/{name}/removal", json={"messages": "erase"}).status_code == 200
    clean_up(app)
    assert (stored_files(app), partial_files(app)) == (before, partial)


def test_bytes_that_the_storage_did_not_delete_are_tried_again(app: Flask, pair: Pair) -> None:
    alice, _, _, bob_name = pair
    message = sent(alice, bob_name, upload(alice, b"deleted late"))
    assert alice.delete(f"/message/{message['messageId']}").status_code == 200
    journal = app.extensions["chatapp.journal"]
    waiting = select(func.count()).select_from(JobRow).where(JobRow.kind == DELETE_FILES)

    def look_again() -> int:
        """How many jobs wait after that of the last deletion is over, as one that has failed for good."""
        with app.app_context():
            db.session.execute(delete(JobRow).where(JobRow.kind == DELETE_FILES))
            db.session.commit()
            journal.write(delete_again)
            return db.session.scalar(waiting) or 0

    assert look_again() == 1
    delete_all_released(app)
    assert look_again() == 0
