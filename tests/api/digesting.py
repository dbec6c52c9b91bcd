"""What tests of digests share: people with addresses, time that passes, and jobs that run now."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any, cast

from flask import Flask
from sqlalchemy import func, select, text, update

from chatapp.clock import now
from chatapp.extensions import db
from chatapp.jobs.queue import enqueue_repeating
from chatapp.journal import Journal
from chatapp.models import JobRow, Presence, User
from chatapp.models.job import RUNNING, WAITING
from tests.api.account_people import Owner
from tests.mail_server import text_of
from tests.people import wait_until

MOMENTS = (
    *(("user", "last_seen_at"), ("message", "created_at")),
    *(("digest_position", "told_until"), ("digest_position", "begun_at")),
)
"""Tables and columns that digests depend on."""


class Absent(Owner):
    """Somebody with a confirmed address, who has closed their last connection a moment ago."""

    def __init__(self, app: Flask, name: str = "away", language: str = "en", **settings: Any) -> None:
        super().__init__(app, name)
        self.signed_in()
        self.has_address(f"{self.name}@example.org", mail_language=language, last_seen_at=now())
        self.set(digest="hourly", **settings)

    def has_address(self, email: str, **more: Any) -> None:
        self.email = email
        journal: Journal = self.app.extensions["chatapp.journal"]
        statement = update(User).where(User.username == self.name).values(email=email, **more)
        journal.write(lambda transaction: transaction.session.execute(statement))

    def set(self, **settings: Any) -> None:
        answer = self.browser.patch("/settings", json=settings)
        assert answer.status_code == 200, answer.text

    def writes(self, receiver: str, content: str, *, is_group: bool = False, **more: Any) -> dict[str, Any]:
        body = {"receiver": receiver, "group": is_group, "content": content, **more}
        answer = self.browser.post("/messages", json=body)
        assert answer.status_code == 200, answer.text
        message: dict[str, Any] = answer.get_json()["response"]
        return message

    def makes_group(self, name: str, *others: "Absent") -> str:
        body = {"groupName": name, "users": [{"username": one.name} for one in others]}
        group: str = self.browser.post("/group", json=body).get_json()["newGroup"]["groupId"]
        return group

    def connects(self) -> Any:
        """Until they `leave`."""
        token = self.log_in().headers["auth-token"]
        return self.app.extensions["socketio"].test_client(self.app, namespace="/chat", query_string=f"?token={token}")

    def leaves(self, socket: Any) -> None:
        socket.disconnect("/chat")
        wait_until_all_have_left(self.app)

    def prefers(self, receiver: str, level: str, *, is_group: bool = False) -> None:
        body = {"receiver": receiver, "group": is_group, "level": level}
        assert self.browser.patch("/preferences", json=body).status_code == 200


def pass_time(app: Flask, **length: float) -> None:
    """Everything that has happened was so much earlier."""
    moved = int(timedelta(**length).total_seconds() * 1_000_000)
    for table, column in MOMENTS:
        sql = text(f'UPDATE "{table}" SET {column} = {column} - :moved')
        app.extensions["chatapp.journal"].write(lambda one, sql=sql: one.session.execute(sql, {"moved": moved}))


def wait_until_all_have_left(app: Flask) -> None:
    """Waits until it is stored that nobody is connected."""

    def is_empty() -> bool:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(Presence)) == 0

    wait_until(is_empty, "nobody is connected")


def look(app: Flask) -> None:
    """Digests are sent to whom they are due, now."""
    # The first look of a process may be under way.
    wait_until(lambda: not _pending(app), "earlier digests are sent")
    begin_look(app)
    wait_until(lambda: not _pending(app), "the digests are sent")


def begin_look(app: Flask) -> None:
    app.extensions["chatapp.journal"].write(lambda transaction: enqueue_repeating(transaction, "digests"))


def attempts(app: Flask) -> list[int]:
    """How often each digest that waits was tried."""
    with app.app_context():
        is_waiting = (JobRow.kind == "digest") & (JobRow.state == WAITING)
        return list(db.session.scalars(select(JobRow.attempts).where(is_waiting)))


def hurry(app: Flask) -> None:
    """What was tried before is tried again now."""
    sql = text("UPDATE job SET due_at = 0 WHERE kind = 'digest'")
    app.extensions["chatapp.journal"].write(lambda one: one.session.execute(sql))


def _pending(app: Flask) -> int:
    with app.app_context():
        is_pending = (JobRow.kind == "digest") | ((JobRow.kind == "digests") & (JobRow.due_at <= now()))
        is_running = JobRow.kind.in_(("digest", "digests")) & (JobRow.state == RUNNING)
        return db.session.scalar(select(func.count()).select_from(JobRow).where(is_pending | is_running)) or 0


def parts_of(message: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML."""
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text_of(cast(EmailMessage, plain)), text_of(cast(EmailMessage, html))


def token_in(message: EmailMessage) -> str:
    return str(message["List-Unsubscribe"]).rpartition("=")[2].rstrip(">")
