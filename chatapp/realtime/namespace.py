"""The namespace `/chat`: each handler parses the payload, calls one action, and returns the ack."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import flask_socketio

from chatapp import conversation_serializers, group_serializers, personal_serializers, serializers
from chatapp.actions import (
    group_members,
    groups,
    messages,
    own_settings,
    preferences,
    public_groups,
    stored_watermarks,
    unsent_drafts,
)
from chatapp.actions import search as searching
from chatapp.actions import sync as catch_up
from chatapp.actions.lookup import find_conversation
from chatapp.actions.sessions import Caller
from chatapp.errors import ChatError, NotSignedIn, UnknownEvent
from chatapp.group_payloads import AddMembers, ChangeGroup, FindGroups, GroupId, NewGroup, RemoveMember, SetRole
from chatapp.journal.database_errors import is_outage, to_chat_error
from chatapp.journal.drafts import Outcome
from chatapp.load_errors import TooManyEvents
from chatapp.models.user import SEE_FEW
from chatapp.payloads import MarkRead, MessageEvent, SyncRequest, parse
from chatapp.personal_payloads import ChangeSettings, ConversationPreferences, Look, SaveDraft, Typing
from chatapp.realtime.authentication import caller_of
from chatapp.realtime.connections import Connection
from chatapp.realtime.engine.deferred_ack import DeferredAck
from chatapp.realtime.forwarding_events import ForwardingEvents
from chatapp.realtime.message_events import draft_of
from chatapp.realtime.poll_events import PollEvents
from chatapp.realtime.refusals import connect_error, log_connection, refused, whose
from chatapp.realtime.rooms import NAMESPACE
from chatapp.realtime.saved_events import SavedEvents
from chatapp.realtime.scheduled_events import ScheduledEvents
from chatapp.realtime.thread_events import ThreadEvents
from chatapp.search_payloads import SearchRequest
from chatapp.token_bucket import BURST_SECONDS

if TYPE_CHECKING:
    from chatapp.realtime.dispatcher import Dispatcher

log = logging.getLogger(__name__)

Ack = Any
"""The payload of an ack, or a DeferredAck that receives it later."""

EVENTS = (
    "privateMessage",
    "groupMessage",
    "editMessage",
    "deleteMessage",
    "messageVersions",
    "react",
    "reactors",
    "pinMessage",
    "forwardMessage",
    "forwardOrigin",
    "saveMessage",
    "savedMessages",
    "scheduleMessage",
    "scheduledMessages",
    "changeScheduled",
    "deleteScheduled",
    "sendScheduled",
    "pinned",
    "openThread",
    "followThread",
    "createPoll",
    "vote",
    "closePoll",
    "voters",
    "markRead",
    "sync",
    "search",
    "createGroup",
    "changeGroup",
    "deleteGroup",
    "addMembers",
    "setRole",
    "removeMember",
    "findGroups",
    "joinGroup",
    "setPreferences",
    "changeSettings",
    "saveDraft",
    "look",
    "typing",
)
"""The events that clients may send. No other event reaches a handler, not even a forged `connect` or `disconnect`."""


OF_CONNECTION = ("look", "typing")
"""The events that are about the connection, and not about its user alone."""


class ChatNamespace(
    PollEvents,
    ForwardingEvents,
    SavedEvents,
    ScheduledEvents,
    ThreadEvents,
    flask_socketio.Namespace,  # type: ignore[misc]
):
    """Pushes no Flask request context for an event, since the user is authenticated once, on connecting."""

    def __init__(self, dispatcher: "Dispatcher") -> None:
        super().__init__(NAMESPACE)
        self._dispatcher = dispatcher

    def trigger_event(self, event: str, sid: str, *args: Any) -> Ack:
        """Dispatches one event. Every error becomes a failure ack."""
        if event == "connect":
            return self.on_connect(sid, *args)
        if event == "disconnect":
            return self.on_disconnect(sid)
        return self._answer(event, sid, args[0] if args else None)

    def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> bool:
        try:
            with self._dispatcher.app.app_context():
                caller = caller_of(environ, auth)
            self._dispatcher.connected(sid, caller)
            log_connection(self.server, self._dispatcher.connections, sid)
        except ChatError as error:
            raise connect_error(error) from None
        except Exception as error:
            log.error("A connection could not be accepted: %s", error, exc_info=not is_outage(error))
            raise connect_error(to_chat_error(error)) from None
        return True

    def on_disconnect(self, sid: str) -> None:
        self._dispatcher.disconnected(sid)

    def on_privateMessage(self, caller: Caller, payload: Any) -> Ack:
        return self._send(caller, payload, is_group=False)

    def on_groupMessage(self, caller: Caller, payload: Any) -> Ack:
        return self._send(caller, payload, is_group=True)

    def on_createGroup(self, caller: Caller, payload: Any) -> Ack:
        with self._dispatcher.app.app_context():
            if isinstance(payload, dict) and payload.get("groupId") is not None:
                group = groups.group_of(caller, parse(GroupId, payload).group_id)
            else:
                group = groups.create_group(self._dispatcher.journal, caller, parse(NewGroup, payload))
            self._dispatcher.groups.announce(group.conversation_id)
            sentence = f"The group {group.details.name} exists."
            return {"success": True, "response": sentence, "newGroup": serializers.group(group)}

    def on_markRead(self, caller: Caller, payload: Any) -> Ack:
        with self._dispatcher.app.app_context():
            conversation_id, sequence = stored_watermarks.readable_sequence(caller, parse(MarkRead, payload))
            self._dispatcher.delivery.confirm(conversation_id, caller.user_id, sequence, read=sequence)
            self._dispatcher.journal.flush_watermarks()
        return {"success": True}

    def on_sync(self, caller: Caller, payload: Any) -> Ack:
        with self._dispatcher.app.app_context():
            result = catch_up.sync(self._dispatcher.journal, caller, parse(SyncRequest, payload))
            return {"success": True, **conversation_serializers.sync(result)}

    def on_search(self, caller: Caller, payload: Any) -> Ack:
        request = parse(SearchRequest, payload)
        with self._dispatcher.app.app_context():
            indexer = self._dispatcher.app.extensions["chatapp.indexer"]
            return {"success": True, **serializers.hits(searching.search(indexer, caller, request))}

    def on_changeGroup(self, caller: Caller, payload: Any) -> Ack:
        event = parse(ChangeGroup, payload)
        with self._dispatcher.app.app_context():
            group = groups.change_details(self._dispatcher.journal, caller, event.group_id, event)
            return {"success": True, "group": serializers.group(group)}

    def on_deleteGroup(self, caller: Caller, payload: Any) -> Ack:
        event = parse(GroupId, payload)
        with self._dispatcher.app.app_context():
            groups.delete_group(self._dispatcher.journal, caller, event.group_id)
        return {"success": True}

    def on_addMembers(self, caller: Caller, payload: Any) -> Ack:
        event = parse(AddMembers, payload)
        usernames = [user.username for user in event.users]
        with self._dispatcher.app.app_context():
            group_members.add_members(self._dispatcher.journal, caller, event.group_id, usernames)
            return {"success": True, "group": serializers.group(groups.group_of(caller, event.group_id))}

    def on_setRole(self, caller: Caller, payload: Any) -> Ack:
        event = parse(SetRole, payload)
        with self._dispatcher.app.app_context():
            group_members.set_role(self._dispatcher.journal, caller, event.group_id, event.username, event.role)
            return {"success": True, "group": serializers.group(groups.group_of(caller, event.group_id))}

    def on_removeMember(self, caller: Caller, payload: Any) -> Ack:
        event = parse(RemoveMember, payload)
        with self._dispatcher.app.app_context():
            groups.remove_member(self._dispatcher.journal, caller, event.group_id, event.username)
        return {"success": True}

    def on_findGroups(self, caller: Caller, payload: Any) -> Ack:
        event = parse(FindGroups, payload)
        with self._dispatcher.app.app_context():
            page = public_groups.find_public_groups(caller, event)
            return {"success": True, **group_serializers.directory_page(page)}

    def on_joinGroup(self, caller: Caller, payload: Any) -> Ack:
        event = parse(GroupId, payload)
        with self._dispatcher.app.app_context():
            public_groups.join_group(self._dispatcher.journal, caller, event.group_id)
            return {"success": True, "group": serializers.group(groups.group_of(caller, event.group_id))}

    def on_setPreferences(self, caller: Caller, payload: Any) -> Ack:
        event = parse(ConversationPreferences, payload)
        with self._dispatcher.app.app_context():
            own = preferences.set_preferences(self._dispatcher.journal, caller, event)
        return {"success": True, "preferences": personal_serializers.preferences(own)}

    def on_changeSettings(self, caller: Caller, payload: Any) -> Ack:
        event = parse(ChangeSettings, payload)
        with self._dispatcher.app.app_context():
            own = own_settings.change_settings(self._dispatcher.journal, caller.user_id, event)
        return {"success": True, "settings": personal_serializers.settings(own)}

    def on_saveDraft(self, caller: Caller, payload: Any) -> Ack:
        event = parse(SaveDraft, payload)
        with self._dispatcher.app.app_context():
            own = unsent_drafts.save_draft(self._dispatcher.journal, caller, event)
        return {"success": True, "draft": personal_serializers.draft(own)}

    def on_look(self, connection: Connection, payload: Any) -> Ack:
        self._dispatcher.personal.typing.look(connection, parse(Look, payload))
        return {"success": True}

    def on_typing(self, connection: Connection, payload: Any) -> Ack:
        event = parse(Typing, payload)
        if connection.caller.role in SEE_FEW and not event.group:
            with self._dispatcher.app.app_context():
                find_conversation(connection.caller, event.receiver, is_group=False)
        self._dispatcher.personal.typing.typing(connection, event)
        return {"success": True}

    def _send(self, caller: Caller, payload: Any, *, is_group: bool) -> DeferredAck:
        event = parse(MessageEvent, payload)
        if event.sender != caller.username:
            with self._dispatcher.app.app_context():
                messages.require_sender(caller, event.sender)
        draft = draft_of(caller, event, is_group=is_group)
        ack = DeferredAck()
        messages.send_message(self._dispatcher.journal, caller, draft, self._resolver_of(caller, ack))
        return ack

    def _resolver_of(self, caller: Caller, ack: DeferredAck) -> Callable[[Outcome], None]:
        def done(outcome: Outcome) -> None:
            if isinstance(outcome, ChatError):
                ack.set(refused(outcome, user=caller.user_id))
                return
            try:
                self._dispatcher.delivery.resolve_ack(outcome, ack)
            except Exception as error:
                if not is_outage(error):
                    raise
                # The message is stored. Only its recipients' watermarks cannot be read.
                log.error("The deliveries of a message are not known: %s", error)
                ack.set(serializers.message_ack(outcome, delivered=False))

        return done

    def _answer(self, event: str, sid: str, payload: Any) -> Ack:
        try:
            connection = self._dispatcher.connections.get(sid)
            if connection is None:
                raise NotSignedIn("This connection has no session.")
            if event not in EVENTS:
                raise UnknownEvent(f"There is no such event. Known are: {', '.join(EVENTS)}.")
            if connection.budget is not None and (waiting := connection.budget.allowed.spend()):
                if connection.budget.refusals.spend():
                    self.server.ignore(sid, waiting := BURST_SECONDS)
                raise TooManyEvents("Too many events at once. Please wait and try again.", retryAfter=round(waiting, 3))
            subject = connection if event in OF_CONNECTION else connection.caller
            return getattr(self, "on_" + event)(subject, payload)
        except ChatError as error:
            return self._refused(event, sid, error)
        except Exception as error:
            log.error("Handling %s failed: %s", event, error, exc_info=not is_outage(error))
            return self._refused(event, sid, to_chat_error(error))

    def _refused(self, event: str, sid: str, error: ChatError) -> Ack:
        known = event if event in EVENTS else "unknown"
        return refused(error, name=known, **whose(self.server, self._dispatcher.connections, sid))
