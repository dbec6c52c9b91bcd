"""`chatapp retention` says how many messages are lost before it erases them, and asks."""

from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from chatapp.clock import now
from chatapp.journal import Journal, MessageDraft
from chatapp.models import Message
from tests.cli.running import Run, expect_output
from tests.people import PATIENCE_SECONDS

KEPT = "Messages are kept for ever.\n"
AFTER_9 = "Messages are deleted after 9 days.\n"
LOSS = "2 messages are older, in 1 conversation, and will be erased for good.\n"


@pytest.fixture(autouse=True)
def _two_old_messages(installation: dict[str, str]) -> None:
    app = create_app(
        {"instance": installation["CHATAPP_INSTANCE"], "database_url": installation["CHATAPP_DATABASE_URL"]}
    )
    journal: Journal = app.extensions["chatapp.journal"]
    add_users(journal, [NewUser("anna", "Anna")])
    for content in ("one", "two"):
        sent: Future[Any] = Future()
        journal.send(MessageDraft(1, "anna", "anna", False, content), sent.set_result)
        sent.result(PATIENCE_SECONDS)
    age = update(Message).values(created_at=now() - timedelta(days=10))
    journal.write(lambda transaction: transaction.session.execute(age))
    close_app(app)


def test_it_says_what_is_lost_and_asks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatapp.commands.retention._can_ask", lambda: True)
    result = run("retention", "9", input="n\n")
    assert (result.exit_code, result.stdout) == (1, f"{LOSS}Erase them? [y/N]: n\n")
    assert run("retention").stdout == KEPT
    assert run("retention", "11", input="y\n").stdout.startswith("No message is older now.")
    assert run("retention", "9", input="y\n").stdout == f"{LOSS}Erase them? [y/N]: y\n{AFTER_9}"
    assert run("retention", "9").stdout == AFTER_9
    assert run("retention", "0").stdout == KEPT


def test_without_a_terminal_it_needs_to_be_told(run: Run) -> None:
    expect_output(run("retention", "9"), 1, "there is no terminal to ask on. Say --yes")
    assert run("retention").stdout == KEPT
    assert run("retention", "9", "--yes").stdout == LOSS + AFTER_9
    assert run("retention", "20").stdout == "Messages are deleted after 20 days.\n"
    expect_output(run("retention", "9"), 1, "Say --yes")
