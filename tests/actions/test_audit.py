"""The audit log: nothing changes or deletes its lines, and what it may hold."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from chatapp.actions.audit import OPERATOR, PAGE, lines_after, record
from chatapp.errors import ChatError
from chatapp.journal import Transaction
from chatapp.models import AuditEvent
from tests.actions.conftest import JournalHarness


def test_a_line_is_never_changed_or_deleted(harness: JournalHarness) -> None:
    harness.journal.write(lambda transaction: record(transaction, "account_added", OPERATOR, "erin"))
    for statement in (
        update(AuditEvent).values(target="finn"),
        delete(AuditEvent),
        text("INSERT INTO audit_event (id, at, kind, details) SELECT id, 0, 'other', '{}' FROM audit_event"),
    ):
        with pytest.raises((DBAPIError, ChatError)):
            harness.journal.write(lambda transaction, one=statement: transaction.session.execute(one))
    with harness.app.app_context():
        assert [(line.kind, line.target) for line in lines_after(0)][-1] == ("account_added", "erin")


def test_a_line_is_stored_only_with_what_it_tells_of(harness: JournalHarness) -> None:
    def write(transaction: Transaction) -> None:
        record(transaction, "account_added", OPERATOR, "nobody")
        raise RuntimeError("fails afterwards")

    with pytest.raises(RuntimeError):
        harness.journal.write(write)
    with harness.app.app_context():
        assert "nobody" not in [line.target for line in lines_after(0)]


def test_an_unknown_kind_is_refused(harness: JournalHarness) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        harness.journal.write(lambda transaction: record(transaction, "gossip", OPERATOR))


def test_a_long_log_is_read_whole_and_from_any_line(harness: JournalHarness) -> None:
    def write(transaction: Transaction) -> None:
        for number in range(PAGE + 1):
            record(transaction, "account_added", OPERATOR, f"x{number}", number=number)

    harness.journal.write(write)
    with harness.app.app_context():
        lines = [line for line in lines_after(0) if line.target.startswith("x")]
        assert [line.details["number"] for line in lines] == list(range(PAGE + 1))
        assert [line.id for line in lines_after(lines[-3].id)] == [line.id for line in lines[-2:]]
