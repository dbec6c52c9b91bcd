"""The dispatcher: handles connections that open and close, commits of this process, and notices of other processes."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask import Flask

from chatapp.actions import stored_watermarks
from chatapp.actions.change_log import Position
from chatapp.actions.sessions import Caller, revoked_among
from chatapp.config import Settings
from chatapp.errors import NotSignedIn
from chatapp.eventloop.thread_pool import is_green
from chatapp.journal import Journal, StoredMessage
from chatapp.journal.database_errors import is_outage
from chatapp.journal.told_watermarks import ToldWatermarks
from chatapp.load_errors import TooManyConnections
from chatapp.models.conversation import other_of
from chatapp.models.user import SEE_FEW
from chatapp.notices import (
    BlockChanged,
    CatchUp,
    ConversationChanged,
    GroupCreated,
    MembershipsChanged,
    Notice,
    PresenceChanged,
    ProfileChanged,
    RetentionChanged,
    SessionEnded,
    Typed,
    UserChanged,
    UsernameChanged,
    WatermarkRaised,
)
from chatapp.realtime.bursts import Bursts
from chatapp.realtime.change_sender import ChangeSender
from chatapp.realtime.connections import Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.fan_out import FanOut
from chatapp.realtime.group_rooms import GroupRooms
from chatapp.realtime.late_ticks import LateTicks
from chatapp.realtime.node_catch_up import NodeCatchUp
from chatapp.realtime.outages import retry_during_outage
from chatapp.realtime.personal import Personal
from chatapp.realtime.presence import Presence, PresenceUpdate
from chatapp.realtime.receipts import Receipts
from chatapp.realtime.rooms import EVERYBODY, GUESTS, NAMESPACE, group_room, user_room
from chatapp.realtime.usernames import Usernames

log = logging.getLogger(__name__)


class Dispatcher:
    """Creates and connects the parts of the Socket.IO side. Handlers of notices are idempotent, since a notice may
    arrive twice."""

    def __init__(self, app: Flask, settings: Settings, journal: Journal, server: ChatServer) -> None:
        self.app = app
        self.journal = journal
        self.edit_seconds = settings.edit_seconds
        self.connections = Connections(settings.event_rate)
        self._most_of_user = settings.user_connections
        self.events = Events(server)
        self.presence = Presence(journal, self.connections, settings.node)
        self.personal = Personal(app, settings, journal, server, self.connections, self.events, self.presence.is_online)
        told = ToldWatermarks(settings.instance, settings.database_url, settings.ws_port)
        app.extensions["chatapp.close"].insert(0, told.close)
        self.receipts = Receipts(self.events, self.personal.sharing, told)
        late_ticks = LateTicks(
            app.app_context, self.presence.is_online, self.events.delivered_to_all, server.start_background_task
        )
        window, is_online = settings.delivery_ack_window, self.presence.is_online
        self.delivery = Delivery(journal, app.app_context, window, is_online, late_ticks, self.receipts.add, told)
        self.usernames = Usernames(app, server, self.connections, self.delivery, self.events, self.personal.guests)
        # On the event loop with SQLite, reads do not yield, so that no other greenlet runs in between.
        self._can_interleave = can_interleave = not (is_green() and settings.is_sqlite)
        self.fan_out = FanOut(
            app.app_context,
            lambda conversation_id, change: sender.send(conversation_id, change),
            self._has_accepted_connection,
            can_interleave=can_interleave,
        )
        self._bursts = Bursts(lambda notice: self._guard(self._send_changes, notice), server.start_background_task)
        self.groups = GroupRooms(app, server, self.connections, self.events, self.fan_out, self.delivery)
        sender = ChangeSender(app, self.events, self.delivery, self.connections, self.groups)
        self._server = server
        self._connecting: dict[str, bool] = {}
        """Connections that are being accepted, with whether their session is valid. Socket.IO cannot disconnect a
        connection before it is accepted."""
        self._node_catch_up = NodeCatchUp(self)
        self._is_behind = False
        """Whether a database outage prevented handling something, and no catch-up has begun since."""

    def connected(self, sid: str, caller: Caller) -> None:
        """Adds a connection to the user's rooms before the client is told that it is connected.

        So the client misses nothing: what it fetches after that and the events that it receives are complete together.
        """
        if 0 < self._most_of_user <= len(self.connections.of_user(caller.user_id)):
            raise TooManyConnections("You have too many connections. Please close some.", limit=self._most_of_user)
        self._connecting[sid] = True
        is_first = self.connections.add(sid, caller)
        try:
            # Before the presence is told, which the user hears too.
            self.groups.enter(sid, GUESTS if caller.role in SEE_FEW else EVERYBODY)
            if is_first:
                self.presence.opened(caller.user_id)
            client = self._server.manager.client(sid, NAMESPACE)
            if client is None:
                raise NotSignedIn("The connection is gone.")
            client.user = caller
            self.groups.enter(sid, user_room(caller.username))
            caller = self.usernames.refresh(sid, caller)
            undelivered = self._enter_conversations(sid, caller)
            self._require_session(sid, caller)
        except BaseException:
            self.disconnected(sid)
            raise
        finally:
            self._connecting.pop(sid, None)
        if undelivered:
            self._server.start_background_task(self._confirm_undelivered, caller, undelivered)

    def disconnected(self, sid: str) -> None:
        self.personal.typing.forget(sid)
        connection, was_last = self.connections.remove(sid)
        if connection is not None and was_last:
            self.presence.changed(connection.caller.user_id)
            self.delivery.went_offline(connection.caller.user_id)

    def committed(self, messages: list[StoredMessage], notices: list[Notice]) -> None:
        """Handles a commit of this process. New members enter their rooms before the messages are sent."""
        self._handle_all([notice for notice in notices if isinstance(notice, UsernameChanged | MembershipsChanged)])
        for message in messages:
            self._guard(self.fan_out.send_message, message)
        handled = UsernameChanged | MembershipsChanged | WatermarkRaised
        self._handle_all([notice for notice in notices if not isinstance(notice, handled)])

    def receive_notices(self, notices: list[Notice]) -> None:
        """Handles notices of other processes."""
        self._handle_all(notices)

    def catch_up(self) -> None:
        """Catches up with the database after notices may have been lost."""
        self._is_behind = False
        try:
            self._node_catch_up.catch_up()
        except Exception:
            self._is_behind = True
            raise

    def sign_out(self, sid: str, sentence: str) -> None:
        """Disconnects a socket whose session has ended. After a Socket.IO disconnect, unlike after a closed transport,
        the client does not reconnect."""
        if sid in self._connecting:
            self._connecting[sid] = False
        self.events.token_expired(sid, sentence)
        self._server.disconnect(sid, namespace=NAMESPACE)

    def publish_presence(self, user_ids: Collection[int] | None = None) -> None:
        """Sends which of these users (or of all) came online or went offline. Acks stop waiting for the latter."""
        with self.app.app_context():
            self.presence.publish(self._send_presence, user_ids)

    def _send_presence(self, updates: list[PresenceUpdate]) -> None:
        self.personal.online_status(updates)
        for update in updates:
            if not update.is_online:
                self.delivery.went_offline(update.user_id)

    def _handle_all(self, notices: Sequence[Notice]) -> None:
        """Handles notices. An exception in one does not stop the next ones."""
        calls: list[tuple[Callable[..., None], Any]] = []
        if changed := {notice.user_id for notice in notices if isinstance(notice, PresenceChanged)}:
            calls.append((self.publish_presence, changed))
        calls += [(self._handle, notice) for notice in notices if not isinstance(notice, PresenceChanged)]
        for handle, subject in calls:
            self._guard(handle, subject)

    def _guard(self, handle: Callable[[Any], None], subject: Any) -> None:
        """Handles a message or notice. An exception does not stop the next ones. After a database outage, a catch-up
        makes up for it."""
        try:
            handle(subject)
        except Exception as error:
            if not is_outage(error):
                # By its kind alone: a message has a text.
                log.exception("Handling a %s failed", type(subject).__name__)
                return
            log.error("Handling a %s failed: %s", type(subject).__name__, error)
            if not self._is_behind:
                self._is_behind = True
                self._server.start_background_task(retry_during_outage, self.catch_up)

    def _handle(self, notice: Notice) -> None:
        match notice:
            case CatchUp():
                self._server.start_background_task(self.catch_up)
            case ConversationChanged():
                if notice.can_wait:
                    self._bursts.add(notice)
                else:
                    self._send_changes(notice)
            case MembershipsChanged():
                self.groups.memberships_changed(notice.conversation_id, notice.user_ids)
            case UserChanged() | ProfileChanged() | Typed() | BlockChanged() | RetentionChanged():
                self.personal.handle(notice)
            case UsernameChanged():
                self.usernames.changed()
            case GroupCreated():
                self.groups.announce(notice.conversation_id)
            case WatermarkRaised():
                self.delivery.raise_from_notice(notice.conversation_id, notice.user_id, notice.delivered, notice.read)
            case SessionEnded():
                for sid in self.connections.of_session(notice.session_id):
                    self.sign_out(sid, "You were signed out.")

    def _send_changes(self, notice: ConversationChanged) -> None:
        if self._has_connected_member(notice):
            self.fan_out.send_changes(notice.conversation_id, notice.first, notice.last, notice.usernames)
        else:
            self._skip(notice)

    def _has_connected_member(self, notice: ConversationChanged) -> bool:
        if notice.usernames:
            return self._has_connection(notice.usernames)
        return self.groups.has_connected_member(notice.conversation_id, notice.first)

    def _skip(self, notice: ConversationChanged) -> None:
        """Skips changes of a conversation without a connected member. A member who connects later must neither be sent
        them as new nor miss their ticks."""
        self.fan_out.forget(notice.conversation_id, unless=lambda: self._has_connected_member(notice))
        self.delivery.skip_messages(notice.conversation_id, notice.last_sequence)

    def _require_session(self, sid: str, caller: Caller) -> None:
        """Raises NotSignedIn if the session was revoked while the connection was being accepted.

        A revocation before the connection was registered is only in the database. A later one has called `sign_out`,
        which cannot disconnect the connection yet.
        """
        with self.app.app_context():
            is_revoked = bool(revoked_among({caller.session_id}))
        if is_revoked or not self._connecting[sid]:
            raise NotSignedIn("You were signed out.")

    def _enter_conversations(self, sid: str, caller: Caller) -> list[tuple[int, int]]:
        """Adds a connection to the rooms of the user's groups. Returns the conversations with undelivered messages,
        each with the last sequence."""
        undelivered = []
        with self.app.app_context():
            memberships = stored_watermarks.memberships_of(caller.user_id)
        for membership in memberships:
            if membership.is_group:
                self.groups.enter(sid, group_room(membership.conversation_id))
            # Called after entering the room: this connection did not receive what was sent since the query.
            is_other_connected = self._is_other_connected(caller, membership)
            at = Position(membership.revision, membership.last_sequence)
            last = self.fan_out.start_after(membership.conversation_id, at, is_other_connected=is_other_connected)
            if membership.delivered < last:
                undelivered.append((membership.conversation_id, last))
        if self._can_interleave:
            self._leave_former_groups(caller)
        return undelivered

    def _leave_former_groups(self, caller: Caller) -> None:
        """Leaves groups that the user was removed from after the memberships were read. A removal from now on finds the
        connection in the room, and removes it itself."""
        with self.app.app_context():
            current = {membership.conversation_id for membership in stored_watermarks.memberships_of(caller.user_id)}
        for conversation_id in self.groups.entered_by(caller.user_id) - current:
            self.groups.leave(caller.user_id, conversation_id)

    def _is_other_connected(self, caller: Caller, membership: stored_watermarks.OwnMembership) -> bool:
        """Whether a direct conversation has another accepted connection, of either user. It does not matter for a
        group, whose new members all enter its room before its messages are sent."""
        if membership.direct_key is None:
            return False
        return self._has_accepted_connection((caller.username, other_of(membership.direct_key, caller.username)))

    def _confirm_undelivered(self, caller: Caller, undelivered: list[tuple[int, int]]) -> None:
        """Confirms all undelivered messages, as a recipient who was offline does by connecting."""
        for conversation_id, last in undelivered:
            retry_during_outage(self.delivery.confirm, conversation_id, caller.user_id, last)

    def _has_accepted_connection(self, usernames: tuple[str, ...]) -> bool:
        """Whether any of these users has an accepted connection. `start_after` was called for its conversations."""
        rooms = [self._server.manager.get_participants(NAMESPACE, user_room(username)) for username in usernames]
        # A rejected connection stays in its room until Socket.IO has sent the rejection.
        return any(sid not in self._connecting and self.connections.get(sid) for room in rooms for sid, _ in room)

    def _has_connection(self, usernames: tuple[str, ...]) -> bool:
        return any(self._server.manager.has_room(NAMESPACE, user_room(username)) for username in usernames)
