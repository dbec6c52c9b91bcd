"""Uploads that are cancelled, or find no room, while their bytes arrive or are stored."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from chatapp.actions import file_room, finished_uploads
from chatapp.actions.file_room import FREE_BYTES
from chatapp.actions.released_files import delete_released
from tests.api.senders import error_of, sign_in
from tests.api.test_uploads import head, partial_files, stored_files
from tests.conftest import Browser
from tests.uploads import add, begin

Browse = Callable[[str | None], Browser]
PIECE_BYTES = 262_144


class Interrupted(io.BytesIO):
    """A body: what comes before its second piece is read happens first."""

    def __init__(self, content: bytes, interruption: Callable[[], object]) -> None:
        super().__init__(content)
        self._interruption = interruption

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() == PIECE_BYTES:
            self._interruption()
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def delete_all_released(app: Flask) -> None:
    with app.app_context():
        while delete_released(app.extensions["chatapp.journal"], app.extensions["chatapp.files"].storage):
            pass


def add_interrupted(browser: Browser, path: str, size: int, interruption: Callable[[], object]) -> Any:
    return browser.patch(
        path,
        input_stream=Interrupted(b"a" * size, interruption),
        content_length=size,
        headers={"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    )


def test_an_upload_that_is_cancelled_while_bytes_arrive_takes_no_more(app: Flask, browse: Browse) -> None:
    alice, elsewhere, before = browse("alice"), sign_in(app, "alice"), partial_files(app)
    size = 3 * PIECE_BYTES
    path = begin(alice, size).headers["Location"]
    read: list[int] = []

    def cancel() -> None:
        read.append(elsewhere.delete(path).status_code)

    answer = add_interrupted(alice, path, size, cancel)
    assert read == [204]
    assert (answer.status_code, error_of(answer)["code"]) == (404, "upload_missing")
    assert partial_files(app) == before


def test_a_disk_that_is_full_meanwhile_takes_no_more(
    app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, size = browse("alice"), 2 * PIECE_BYTES
    path = begin(alice, size).headers["Location"]
    with monkeypatch.context() as patch:
        answer = add_interrupted(alice, path, size, lambda: patch.setattr(file_room, "FREE_BYTES", 1 << 60))
    assert error_of(answer)["code"] == "storage_full"
    assert head(alice, path).headers["Upload-Offset"] == str(PIECE_BYTES)
    assert file_room.FREE_BYTES == FREE_BYTES
    assert add(alice, path, PIECE_BYTES, b"a" * PIECE_BYTES).status_code == 204


@pytest.mark.parametrize("when", ["before", "after"])
def test_bytes_that_are_stored_after_the_upload_is_cancelled_are_deleted(
    app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    alice, elsewhere = browse("alice"), sign_in(app, "alice")
    stored, partial, content = stored_files(app), partial_files(app), f"cancelled {when}".encode()
    path = begin(alice, len(content)).headers["Location"]
    put = finished_uploads._put

    def cancel_and_put(store: Any, blob_hash: str, source: Any, *others: Any) -> None:
        copy = source.with_name("copy")
        copy.write_bytes(source.read_bytes())
        assert elsewhere.delete(path).status_code == 204
        if when == "before":
            delete_all_released(app)
        put(store, blob_hash, copy, *others)

    monkeypatch.setattr(finished_uploads, "_put", cancel_and_put)
    assert error_of(add(alice, path, 0, content))["code"] == "upload_missing"
    delete_all_released(app)
    (app.extensions["chatapp.files"].partial.folder / "copy").unlink(missing_ok=True)
    assert stored_files(app) == stored
    assert partial_files(app) == partial
