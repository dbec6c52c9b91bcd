"""Who has received and read a message, and when as far as it is known.

A membership has the time of each watermark's last rise, and the watermark before it. So the time is exact for the
messages of the last rise. For earlier messages it is the latest time possible.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from chatapp.actions.lookup import find_conversation
from chatapp.actions.sessions import Caller
from chatapp.actions.sharing import ReadsShown, hidden_readers
from chatapp.errors import Forbidden, NotFound
from chatapp.journal import Journal
from chatapp.models.tables import MEMBERSHIPS, MESSAGES, USERS
from chatapp.personal_payloads import ReceiptsQuery
from chatapp.prepared_statements import row_or_none, rows

SENDER = select(MESSAGES.c.sender_id).where(
    MESSAGES.c.conversation_id == bindparam("conversation_id"), MESSAGES.c.sequence == bindparam("sequence")
)
MEMBERS = (
    select(
        USERS.c.id,
        USERS.c.username,
        MEMBERSHIPS.c.joined_sequence,
        MEMBERSHIPS.c.delivered_sequence,
        MEMBERSHIPS.c.delivered_before,
        MEMBERSHIPS.c.delivered_at,
        MEMBERSHIPS.c.read_sequence,
        MEMBERSHIPS.c.read_before,
        MEMBERSHIPS.c.read_at,
    )
    .join(MEMBERSHIPS, MEMBERSHIPS.c.user_id == USERS.c.id)
    .where(MEMBERSHIPS.c.conversation_id == bindparam("conversation_id"))
    .order_by(USERS.c.username)
)


@dataclass(frozen=True, slots=True)
class Passed:
    """A watermark passed the message: at this time, or at the latest at this time. None: the time was not recorded."""

    at: datetime | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class MessageReceipt:
    """A recipient of a message. `delivered` and `read` are None if the message is not, or if that is not shown."""

    username: str
    delivered: Passed | None
    read: Passed | None
    shows_reads: bool


def receipts_of(journal: Journal, caller: Caller, query: ReceiptsQuery) -> list[MessageReceipt]:
    """The receipts of all members but the sender, ordered by username. Members who joined later are left out.

    Raises NotFound for an unknown message, NotAMember, and Forbidden for a message of somebody else.
    """
    found = find_conversation(caller, query.receiver, is_group=query.is_group)
    message = (
        row_or_none(SENDER, conversation_id=found.conversation_id, sequence=query.sequence)
        if found.conversation_id is not None
        else None
    )
    if message is None:
        raise NotFound("There is no such message.", sequence=query.sequence)
    if message.sender_id != caller.user_id:
        raise Forbidden("Only its sender sees who has received and read a message.")
    journal.flush_watermarks_for_read()
    shown = ReadsShown(caller.user_id, hidden_readers())
    sequence = query.sequence
    return [
        MessageReceipt(
            row.username,
            _passed(sequence, row.delivered_sequence, row.delivered_before, row.delivered_at),
            _passed(sequence, row.read_sequence, row.read_before, row.read_at) if shown.is_shown(row.id) else None,
            shown.is_shown(row.id),
        )
        for row in rows(MEMBERS, conversation_id=found.conversation_id)
        if row.id != caller.user_id and row.joined_sequence < sequence
    ]


def _passed(sequence: int, watermark: int, before: int, at: datetime | None) -> Passed | None:
    return Passed(at, sequence > before) if watermark >= sequence else None
