"""The events about polls: a part of the namespace `/chat`."""

from typing import Any

from chatapp.actions import polls
from chatapp.actions.sessions import Caller
from chatapp.payloads import MessageId, parse
from chatapp.poll_payloads import NewPoll, Vote
from chatapp.realtime.message_events import Ack, MessageEvents


class PollEvents(MessageEvents):
    """Each handler parses the payload, calls one action, and returns the ack."""

    def on_createPoll(self, caller: Caller, payload: Any) -> Ack:
        event = parse(NewPoll, payload)
        with self._dispatcher.app.app_context():
            return self._changed(polls.create_poll(self._dispatcher.journal, caller, event))

    def on_vote(self, caller: Caller, payload: Any) -> Ack:
        event = parse(Vote, payload)
        with self._dispatcher.app.app_context():
            return self._seen(polls.vote(self._dispatcher.journal, caller, event.message_id, event.options))

    def on_closePoll(self, caller: Caller, payload: Any) -> Ack:
        event = parse(MessageId, payload)
        with self._dispatcher.app.app_context():
            return self._changed(polls.close_poll(self._dispatcher.journal, caller, event.message_id))

    def on_voters(self, caller: Caller, payload: Any) -> Ack:
        event = parse(MessageId, payload)
        with self._dispatcher.app.app_context():
            return {"success": True, "voters": polls.voters_of(caller, event.message_id)}
