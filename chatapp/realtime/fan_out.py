"""Sends the changes of each conversation in the order of their revisions, whichever process stored them.

For each conversation it keeps the last revision that was sent. A commit or a notice says up to which revision there are
changes to send. They are taken from the commit if it has them, and otherwise read from the database.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from chatapp.actions.change_log import Change, Position, changes_between
from chatapp.journal import StoredMessage

KEPT_CONVERSATIONS = 100_000
"""Positions kept. Forgetting one is safe, because the next notice carries the revision at which it starts."""

FIRST_CHANGES = 16
"""Changes of a new conversation that several processes may store before the first notice of it arrives."""

Usernames = tuple[str, ...]


class FanOut:
    """`send` is called once for each change, in order, one change at a time. `can_interleave` says whether another
    thread can run in between, or another greenlet while this one waits for the database. If so, a lock is taken.

    `has_accepted_connection` says whether any of these users has a connection for which `start_after` was called with
    all conversations. An unknown direct conversation of such a user is newer than the connection, even if the first
    notice of it does not start at revision 1: two users who write to each other at the same time through two processes
    store its first and its second message, and the notice of the second may arrive first.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[object]],
        send: Callable[[int, Change], None],
        has_accepted_connection: Callable[[Usernames], bool],
        *,
        can_interleave: bool = True,
    ) -> None:
        self._context = context
        self._send = send
        self._has_accepted_connection = has_accepted_connection
        self._lock: AbstractContextManager[object] = threading.RLock() if can_interleave else nullcontext()
        self._sent: OrderedDict[int, Position] = OrderedDict()
        self._newest_forgotten = 0
        """The highest id of a forgotten conversation. Ids rise, so an unknown conversation with a higher id is new."""

    def start_after(self, conversation_id: int, at: Position, *, is_other_connected: bool = False) -> int:
        """Starts sending a conversation's changes after a position, because a member connected. The member fetches
        earlier changes by a sync. Returns the sequence of the last earlier message: that of the position, or a later
        one if more was sent since the position was read.

        `is_other_connected` says whether another member is already connected. If the conversation is still unknown, it
        is newer than that connection, and its committed changes may not have been sent to that member yet. So it stays
        unknown until the first notice, which carries the revision at which to start.
        """
        sequence = at.sequence or 0
        with self._lock:
            if is_other_connected and conversation_id not in self._sent:
                return sequence
            position = self._sent.setdefault(conversation_id, at)
            while len(self._sent) > KEPT_CONVERSATIONS:
                self._newest_forgotten = max(self._newest_forgotten, self._sent.popitem(last=False)[0])
        return max(position.sequence or 0, sequence)

    def is_known(self, conversation_id: int) -> bool:
        """Whether the position of the conversation is known."""
        return conversation_id in self._sent

    def is_forgotten(self, conversation_id: int) -> bool:
        """Whether an unknown conversation may have been known before."""
        return conversation_id <= self._newest_forgotten

    def forget(self, conversation_id: int, unless: Callable[[], bool]) -> None:
        """Forgets a position when no member is connected. `unless` says whether one has connected in the meantime."""
        with self._lock:
            if not unless():
                self._sent.pop(conversation_id, None)

    def send_message(self, message: StoredMessage) -> None:
        """Sends a message that this process stored, after the changes before it."""
        with self._lock:
            usernames = () if message.is_group else (message.sender, message.receiver)
            position = self._position(message.conversation_id, usernames, message.revision)
            if message.revision > position.revision + 1:
                self._send_between(message.conversation_id, position, message.revision - 1)
            if message.revision == position.revision + 1:
                self._advance(message.conversation_id, position, message)

    def send_changes(self, conversation_id: int, first: int, last: int, usernames: Usernames = ()) -> None:
        """Sends the stored changes up to `last`. `first` is the first one of the notice, and `usernames` holds both
        users of a direct conversation."""
        with self._lock:
            self._send_between(conversation_id, self._position(conversation_id, usernames, first), last)

    def _position(self, conversation_id: int, usernames: Usernames, first: int) -> Position:
        """The position up to which a conversation was sent. For an unknown one it is derived from the change `first`
        that is to be sent."""
        position = self._sent.get(conversation_id)
        if position is None:
            is_new = (
                first <= FIRST_CHANGES
                and not self.is_forgotten(conversation_id)
                and self._has_accepted_connection(usernames)
            )
            position = Position(0, 0) if is_new or first == 1 else Position(first - 1, None)
            self._sent[conversation_id] = position
        return position

    def _send_between(self, conversation_id: int, position: Position, last: int) -> None:
        with self._context():
            while position.revision < last:
                changes, reached = changes_between(conversation_id, position, last)
                for change in changes:
                    self._advance(conversation_id, position, change)
                # The newest revisions may have no row, if a later revision changed the same row again.
                position.revision, position.sequence = reached.revision, reached.sequence

    def _advance(self, conversation_id: int, position: Position, change: Change) -> None:
        revision, sequence = position.revision, position.sequence
        position.revision = change.revision
        if isinstance(change, StoredMessage):
            position.sequence = change.sequence
        self._sent.move_to_end(conversation_id)
        try:
            self._send(conversation_id, change)
        except BaseException:
            # The next notice or a catch-up sends it.
            position.revision, position.sequence = revision, sequence
            raise
