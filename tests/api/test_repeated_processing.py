"""An upload whose processing was cut off, and is done again with another result."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from chatapp.actions import finished_uploads
from chatapp.actions.released_files import delete_released
from chatapp.errors import Unavailable
from chatapp.extensions import db
from chatapp.media.inspection import Media
from chatapp.models import Blob
from tests.api.test_uploads import state
from tests.conftest import Browser
from tests.uploads import add, begin


def hashes(app: Flask) -> set[str]:
    with app.app_context():
        return {blob.hash for blob in db.session.query(Blob)}


def test_the_first_result_leaves_nothing(
    app: Flask, browse: Callable[[str | None], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, before, content = browse("alice"), hashes(app), uuid4().bytes
    path = begin(alice, len(content)).headers["Location"]

    def inspect_otherwise(_source: Path, _name: str, workspace: Path) -> Media:
        cleaned = workspace / "cleaned"
        cleaned.write_bytes(uuid4().bytes)
        return Media("other", "application/octet-stream", cleaned=cleaned)

    def refuse(*_arguments: object) -> None:
        raise Unavailable("The storage is away.")

    with monkeypatch.context() as patch:
        patch.setattr(finished_uploads, "inspect", inspect_otherwise)
        patch.setattr(finished_uploads, "_put", refuse)
        assert add(alice, path, 0, content).status_code == 503
    assert len(hashes(app)) == len(before) + 1
    assert state(alice, path.rpartition("/")[2])["state"] == "ready"
    with app.app_context():
        while delete_released(app.extensions["chatapp.journal"], app.extensions["chatapp.files"].storage):
            pass
    assert hashes(app) - before == {finished_uploads.hash_of(path_of(app, content))}


def path_of(app: Flask, content: bytes) -> Path:
    """Where these bytes are stored."""
    (found,) = [path for path in (Path(app.instance_path) / "uploads").glob("??/*") if path.read_bytes() == content]
    return found
