"""Fans messages out in the order of their sequences, whichever process stored them.

For each conversation it remembers the last sequence that was fanned out. A commit or a notice only says how far there
is something to fan out; what lies between is taken from the commit where it is at hand, else read from the database.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from chatapp.actions.messages import messages_between
from chatapp.journal import StoredMessage

KEPT_CONVERSATIONS = 100_000
"""Positions kept. Forgetting one is safe: the next notice says itself where it begins."""

FIRST_MESSAGES = 16
"""So many of a new conversation may be stored by several processes before the first hint of it comes."""

Usernames = tuple[str, ...]


class FanOut:
    """`send` is called for each message once, in order, and never for two at a time. `can_interleave`: whether another
    thread, or another greenlet while this one waits for the database, may get in between.

    `has_arrived`: whether any of these users has a connection here, and `host` was called for all of theirs. If so, a
    direct conversation of theirs that is unknown began after that, whatever the first hint of it says: two who greet
    each other at once, on two processes, store its first and its second message, and the second may be heard of first.
    """

    def __init__(
        self,
        context: Callable[[], AbstractContextManager[object]],
        send: Callable[[StoredMessage], None],
        has_arrived: Callable[[Usernames], bool],
        *,
        can_interleave: bool = True,
    ) -> None:
        self._context = context
        self._send = send
        self._has_arrived = has_arrived
        self._lock: AbstractContextManager[object] = threading.RLock() if can_interleave else nullcontext()
        self._sent: OrderedDict[int, int] = OrderedDict()
        self._newest_forgotten = 0
        """By conversation id, which rise; a conversation up to there may be unknown because of its age."""

    def host(self, conversation_id: int, last_sequence: int, *, others_listen: bool = False) -> int:
        """Somebody connected who is in a conversation; what came before is theirs to fetch. Returns how far that is:
        `last_sequence`, or further if more was sent since that was looked up.

        `others_listen`: others in it are connected. If it is unknown all the same, it began after they came: what is
        committed of it may not have been sent to them yet, and the hint that will say so also says where it begins.
        """
        with self._lock:
            if others_listen and conversation_id not in self._sent:
                return last_sequence
            position = self._sent.setdefault(conversation_id, last_sequence)
            while len(self._sent) > KEPT_CONVERSATIONS:
                self._newest_forgotten = max(self._newest_forgotten, self._sent.popitem(last=False)[0])
        return max(position, last_sequence)

    def forget(self, conversation_id: int, unless: Callable[[], bool]) -> None:
        """Nobody in it is here: whoever comes next begins where it stands then. `unless`: whether somebody came."""
        with self._lock:
            if not unless():
                self._sent.pop(conversation_id, None)

    def stored(self, message: StoredMessage) -> None:
        """This process stored a message."""
        with self._lock:
            usernames = () if message.is_group else (message.sender, message.receiver)
            position = self._position(message.conversation_id, usernames, message.sequence)
            if message.sequence > position + 1:
                position = self._send_between(message.conversation_id, position, message.sequence - 1)
            if message.sequence == position + 1:
                self._advance(message)

    def notified(self, conversation_id: int, first: int, last: int, usernames: Usernames = ()) -> None:
        """Another process stored the messages `first` to `last`. `usernames`: the two of a direct conversation."""
        with self._lock:
            self._send_between(conversation_id, self._position(conversation_id, usernames, first), last)

    def _position(self, conversation_id: int, usernames: Usernames, first: int) -> int:
        """How far a conversation was sent, of which there is a message `first` to send."""
        position = self._sent.get(conversation_id)
        if position is not None:
            return position
        is_new = first <= FIRST_MESSAGES and conversation_id > self._newest_forgotten and self._has_arrived(usernames)
        return 0 if is_new else first - 1

    def _send_between(self, conversation_id: int, after: int, last: int) -> int:
        with self._context():
            while after < last and (page := messages_between(conversation_id, after, last)):
                for message in page:
                    self._advance(message)
                after = page[-1].sequence
        return after

    def _advance(self, message: StoredMessage) -> None:
        self._sent[message.conversation_id] = message.sequence
        self._sent.move_to_end(message.conversation_id)
        self._send(message)
