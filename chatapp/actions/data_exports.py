"""Who may export, and how often. What is exported says `chatapp.export`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import func, select

from chatapp.actions.audit import Actor, record
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.data_errors import ExportLimited
from chatapp.journal import Journal, Transaction
from chatapp.models import AuditEvent, User

EXPORTED = "data_exported"
MOST_IN_AN_HOUR = 5
"""Exports of one person."""


class RunningExports:
    """The people whose export this process is sending."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._user_ids: set[int] = set()

    @contextmanager
    def one_of(self, user_id: int) -> Iterator[None]:
        """Raises ExportLimited while another export of this person is under way."""
        with self._lock:
            if user_id in self._user_ids:
                raise ExportLimited("Your data is being exported already.")
            self._user_ids.add(user_id)
        try:
            yield
        finally:
            with self._lock:
                self._user_ids.discard(user_id)


def begin_export(journal: Journal, caller: Caller, password: str | None) -> None:
    """Records an export of the caller's own data, before anything is read.

    Raises WrongPassword, ConfirmationRequired, and ExportLimited after MOST_IN_AN_HOUR.
    """
    require_confirmation(caller, password)

    def write(transaction: Transaction) -> None:
        # Locked, so that two requests at once do not both count as the last one.
        transaction.session.get_one(User, caller.user_id, with_for_update={"key_share": True})
        recent = select(func.count()).where(
            AuditEvent.actor_id == caller.user_id,
            AuditEvent.kind == EXPORTED,
            AuditEvent.at > now() - timedelta(hours=1),
        )
        if transaction.session.execute(recent).scalar_one() >= MOST_IN_AN_HOUR:
            sentence = f"You can export your data {MOST_IN_AN_HOUR} times an hour."
            raise ExportLimited(sentence, limit=MOST_IN_AN_HOUR)
        record(transaction, EXPORTED, caller.actor, caller.username)

    journal.write(write)


def record_export(journal: Journal, actor: Actor, username: str) -> None:
    """Records an operator's export of somebody's data."""
    journal.write(lambda transaction: record(transaction, EXPORTED, actor, username))


def record_audit_export(journal: Journal, actor: Actor, form: str) -> None:
    """Records that somebody took a copy of the audit log."""
    journal.write(lambda transaction: record(transaction, "audit_exported", actor, form=form))
