"""An application that shows previews, on an internet of one site."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from chatapp.extensions import db
from chatapp.models import JobRow
from chatapp.previews import fetching
from tests.conftest import Browser
from tests.previews.internet import Site, pages, response, write_worker

PATIENCE_SECONDS = 20.0


class World:
    """A site at http://example.com/ whose pages tests set, and the application that asks it."""

    def __init__(self, app: Flask, browse: Callable[[str | None], Browser], folder: Path) -> None:
        self.app = app
        self.browse = browse
        self.answers: dict[str, bytes] = {}
        self.site = Site(lambda connection, path: pages(self.answers)(connection, path))
        self.worker = write_worker(folder, {"example.com": self.site.port})

    def put(self, path: str, body: bytes, kind: str = "text/html") -> str:
        """Puts a page up and returns its URL."""
        self.answers[path] = response(body, kind)
        return f"http://example.com{path}"

    def send(self, browser: Browser, receiver: str, content: str, **fields: Any) -> dict[str, Any]:
        answer = browser.post("/messages", json={"receiver": receiver, "content": content, **fields})
        assert answer.status_code == 200, answer.text
        sent: dict[str, Any] = answer.get_json()["response"]
        return sent

    def settle(self) -> None:
        """Waits until all links are looked up."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.waiting():
            assert time.monotonic() < deadline, "links are still being looked up"
            time.sleep(0.02)

    def waiting(self) -> int:
        with self.app.app_context():
            return len(db.session.scalars(select(JobRow.id).where(JobRow.kind == "link_previews")).all())

    def message(self, browser: Browser, me: str, receiver: str, sequence: int, *, is_group: bool = False) -> Any:
        group = "yes" if is_group else "no"
        page = browser.get(f"/messages/{me}/{receiver}?group={group}").get_json()
        return next(one for one in page if one["sequence"] == sequence)

    def previews(self, browser: Browser, me: str, receiver: str, sequence: int) -> list[dict[str, Any]]:
        self.settle()
        found: list[dict[str, Any]] = self.message(browser, me, receiver, sequence).get("linkPreviews", [])
        return found


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(sockets=True, link_previews=True)


@pytest.fixture
def world(
    app: Flask, browse: Callable[[str | None], Browser], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    made = World(app, browse, tmp_path)
    monkeypatch.setattr(fetching, "WORKER", made.worker)
    yield made
    made.settle()
    made.site.close()
