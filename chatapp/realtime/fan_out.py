"""Sends the changes of a conversation in the order of their revisions, whichever process stored them.

For each conversation it remembers the last revision that was sent. A commit or a notice only says how far there is
something to send; what lies between is taken from the commit where it is at hand, else read from the database.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from chatapp.actions.change_log import Change, Position, changes_between
from chatapp.journal import StoredMessage

KEPT_CONVERSATIONS = 100_000
"""Positions kept. Forgetting one is safe: the next notice says itself where it begins."""

FIRST_CHANGES = 16
"""So many changes of a new conversation may be stored by several processes before the first notice of it comes."""

Usernames = tuple[str, ...]


class FanOut:
    """`send` is called for each change once, in order, and never for two at a time. `can_interleave`: whether another
    thread, or another greenlet while this one waits for the database, may get in between.

    `has_arrived`: whether any of these users has a connection here, and `host` was called for all of theirs. If so, a
    direct conversation of theirs that is unknown began after that, whatever the first notice of it says: two people who
    write to each other at once, through two processes, store its first and its second message, and the notice of the
    second may come first.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[object]],
        send: Callable[[int, Change], None],
        has_arrived: Callable[[Usernames], bool],
        *,
        can_interleave: bool = True,
    ) -> None:
        self._context = context
        self._send = send
        self._has_arrived = has_arrived
        self._lock: AbstractContextManager[object] = threading.RLock() if can_interleave else nullcontext()
        self._sent: OrderedDict[int, Position] = OrderedDict()
        self._newest_forgotten = 0
        """By conversation id, which rise; a conversation up to there may be unknown because of its age."""

    def host(self, conversation_id: int, at: Position, *, others_listen: bool = False) -> int:
        """Somebody connected who is in a conversation; what came before is theirs to fetch. Returns the sequence up to
        which that is: the position's own, or a later one if more was sent since that was looked up.

        `others_listen`: others in it are connected. If it is unknown all the same, it began after they connected: what
        is committed of it may not have been sent to them yet, and the notice that says so also says where it begins.
        """
        sequence = at.sequence or 0
        with self._lock:
            if others_listen and conversation_id not in self._sent:
                return sequence
            position = self._sent.setdefault(conversation_id, at)
            while len(self._sent) > KEPT_CONVERSATIONS:
                self._newest_forgotten = max(self._newest_forgotten, self._sent.popitem(last=False)[0])
        return max(position.sequence or 0, sequence)

    def is_hosted(self, conversation_id: int) -> bool:
        """Whether the conversation's position is known."""
        return conversation_id in self._sent

    def is_forgotten(self, conversation_id: int) -> bool:
        """Whether a conversation that is unknown may have been known once."""
        return conversation_id <= self._newest_forgotten

    def forget(self, conversation_id: int, unless: Callable[[], bool]) -> None:
        """Nobody in it is here: whoever comes next begins where it stands then. `unless`: whether somebody came."""
        with self._lock:
            if not unless():
                self._sent.pop(conversation_id, None)

    def stored(self, message: StoredMessage) -> None:
        """This process stored a message."""
        with self._lock:
            usernames = () if message.is_group else (message.sender, message.receiver)
            position = self._position(message.conversation_id, usernames, message.revision)
            if message.revision > position.revision + 1:
                self._send_between(message.conversation_id, position, message.revision - 1)
            if message.revision == position.revision + 1:
                self._advance(message.conversation_id, position, message)

    def notified(self, conversation_id: int, first: int, last: int, usernames: Usernames = ()) -> None:
        """The changes `first` to `last` are stored. `usernames`: the two of a direct conversation."""
        with self._lock:
            self._send_between(conversation_id, self._position(conversation_id, usernames, first), last)

    def _position(self, conversation_id: int, usernames: Usernames, first: int) -> Position:
        """How far a conversation was sent, of which there is a change `first` to send."""
        position = self._sent.get(conversation_id)
        if position is None:
            is_new = first <= FIRST_CHANGES and not self.is_forgotten(conversation_id) and self._has_arrived(usernames)
            position = Position(0, 0) if is_new or first == 1 else Position(first - 1, None)
            self._sent[conversation_id] = position
        return position

    def _send_between(self, conversation_id: int, position: Position, last: int) -> None:
        with self._context():
            while position.revision < last:
                changes, reached = changes_between(conversation_id, position, last)
                for change in changes:
                    self._advance(conversation_id, position, change)
                # The newest revisions may have left no row behind: what they changed was changed again.
                position.revision, position.sequence = reached.revision, reached.sequence

    def _advance(self, conversation_id: int, position: Position, change: Change) -> None:
        position.revision = change.revision
        if isinstance(change, StoredMessage):
            position.sequence = change.sequence
        self._sent.move_to_end(conversation_id)
        self._send(conversation_id, change)
