"""What happens on this process when something happens anywhere: connections come and go, commits are told."""

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask import Flask

from chatapp import serializers
from chatapp.actions import receipts
from chatapp.actions.accounts import Caller, revoked_among
from chatapp.actions.change_log import Change, DetailsChange, MembersChange, Position
from chatapp.actions.messages import ALL_DELIVERED
from chatapp.config import Settings
from chatapp.errors import NotSignedIn
from chatapp.eventloop.thread_pool import is_green
from chatapp.journal import Journal, StoredMessage
from chatapp.models.conversation import other_of
from chatapp.notices import (
    CatchUp,
    ConversationChanged,
    GroupCreated,
    MembershipsChanged,
    Notice,
    PresenceChanged,
    SessionEnded,
    WatermarkRaised,
)
from chatapp.realtime.connections import Connection, Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.fan_out import FanOut
from chatapp.realtime.group_rooms import GroupRooms
from chatapp.realtime.node_catch_up import NodeCatchUp
from chatapp.realtime.presence import News, Presence
from chatapp.realtime.receipts import Receipts
from chatapp.realtime.rooms import NAMESPACE, group_room, user_room

log = logging.getLogger(__name__)


class Dispatcher:
    """Wires the parts. Each handler of a notice may be called twice for one thing: notices are hints."""

    def __init__(self, app: Flask, settings: Settings, journal: Journal, server: ChatServer) -> None:
        self.app = app
        self.journal = journal
        self.connections = Connections()
        self.events = Events(server)
        self.presence = Presence(journal, self.connections, settings.node)
        self.receipts = Receipts(self.events)
        self.delivery = Delivery(
            journal,
            app.app_context,
            settings.delivery_ack_window,
            self.presence.is_online,
            self.events.delivered_to_all,
            self.receipts.rose,
        )
        # On the event loop with SQLite, whose reads do not yield, nothing can come in between.
        self._can_interleave = can_interleave = not (is_green() and settings.is_sqlite)
        self.fan_out = FanOut(app.app_context, self._fan_out, self._has_arrived, can_interleave=can_interleave)
        self.groups = GroupRooms(app, server, self.connections, self.events, self.fan_out, self.delivery)
        self._server = server
        self._arriving: dict[str, bool] = {}
        """Connections that are being accepted, and whether they may be: Socket.IO cannot disconnect them yet."""
        self._missed = NodeCatchUp(self)

    def connected(self, sid: str, caller: Caller) -> None:
        """Enters the user's rooms before the client hears that it is connected.

        So what it fetches after that, together with what it is sent, is everything.
        """
        self._arriving[sid] = True
        is_first = self.connections.add(Connection(sid, caller))
        try:
            if is_first:
                self.presence.changed(caller.user_id).result()
            client = self._server.manager.client(sid, NAMESPACE)
            if client is None:
                raise NotSignedIn("The connection is gone.")
            client.user = caller
            self.groups.enter(sid, user_room(caller.username))
            waiting = self._enter_conversations(sid, caller)
            self._require_session(sid, caller)
        except BaseException:
            self.disconnected(sid)
            raise
        finally:
            self._arriving.pop(sid, None)
        if waiting:
            self._server.start_background_task(self._catch_up, caller, waiting)

    def disconnected(self, sid: str) -> None:
        connection, was_last = self.connections.remove(sid)
        if connection is not None and was_last:
            self.presence.changed(connection.caller.user_id)
            self.delivery.went_offline(connection.caller.user_id)

    def committed(self, messages: list[StoredMessage], notices: list[Notice]) -> None:
        """This process committed. Who joined a group by that is let in before its messages are sent."""
        self._hear_all([notice for notice in notices if isinstance(notice, MembershipsChanged)])
        for message in messages:
            self.fan_out.stored(message)
        rest = [one for one in notices if not isinstance(one, MembershipsChanged | WatermarkRaised)]
        self._hear_all(rest)

    def heard(self, notices: list[Notice]) -> None:
        """Notices of other processes."""
        self._hear_all(notices)

    def catch_up(self) -> None:
        """Notices may have been missed."""
        self._missed.catch_up()

    def end(self, sid: str, sentence: str) -> None:
        """Signs a connection out. The Socket.IO disconnect, unlike a closed transport, keeps it from coming back."""
        if sid in self._arriving:
            self._arriving[sid] = False
        self.events.token_expired(sid, sentence)
        self._server.disconnect(sid, namespace=NAMESPACE)

    def tell_presence(self, user_ids: Collection[int] | None = None) -> None:
        """Tells who of these (or of all) came or went. Nobody waits any more for who went."""
        with self.app.app_context():
            self.presence.tell_news(self._tell_presence, user_ids)

    def _tell_presence(self, news: list[News]) -> None:
        self.events.online_status([(one.username, one.is_online) for one in news])
        for one in news:
            if not one.is_online:
                self.delivery.went_offline(one.user_id)

    def _hear_all(self, notices: Sequence[Notice]) -> None:
        """One notice that cannot be handled must not keep the next from being heard."""
        calls: list[tuple[Callable[..., None], Any]] = []
        if changed := {one.user_id for one in notices if isinstance(one, PresenceChanged)}:
            calls.append((self.tell_presence, changed))
        calls += [(self._hear, one) for one in notices if not isinstance(one, PresenceChanged)]
        for call, subject in calls:
            try:
                call(subject)
            except Exception:
                log.exception("A notice could not be handled: %s", subject)

    def _hear(self, notice: Notice) -> None:
        match notice:
            case CatchUp():
                self._server.start_background_task(self.catch_up)
            case ConversationChanged():
                if self._is_hosted(notice):
                    self.fan_out.notified(notice.conversation_id, notice.first, notice.last, notice.usernames)
                else:
                    self._passed_over(notice)
            case MembershipsChanged():
                self.groups.memberships_changed(notice.conversation_id, notice.user_ids)
            case GroupCreated():
                self.groups.announce(notice.conversation_id)
            case WatermarkRaised():
                self.delivery.rose_elsewhere(notice.conversation_id, notice.user_id, notice.delivered, notice.read)
            case SessionEnded():
                for sid in self.connections.of_session(notice.session_id):
                    self.end(sid, "You were signed out.")

    def _is_hosted(self, notice: ConversationChanged) -> bool:
        if notice.usernames:
            return self._hosts_any(notice.usernames)
        return self.groups.is_hosted(notice.conversation_id, notice.first)

    def _passed_over(self, notice: ConversationChanged) -> None:
        """Nobody in that conversation is here. Whoever comes must neither be sent this as new, nor miss a tick."""
        self.fan_out.forget(notice.conversation_id, unless=lambda: self._is_hosted(notice))
        self.delivery.passed_over(notice.conversation_id, notice.last_sequence)

    def _fan_out(self, conversation_id: int, change: Change) -> None:
        match change:
            case StoredMessage():
                self._send_message(change)
                return
            case MembersChange():
                self.groups.members_changed(conversation_id, change)
            case DetailsChange():
                pass
        wire = serializers.change(change, str(conversation_id), is_group=True, lowest=ALL_DELIVERED)
        self.events.changed(wire, conversation_id)

    def _send_message(self, stored: StoredMessage) -> None:
        watermarks = self.delivery.track(stored)
        wire = serializers.message(stored, delivered=watermarks.is_delivered(stored.sender_id, stored.sequence))
        if stored.is_group:
            rooms = [group_room(stored.conversation_id)]
        else:
            # The receiver first: it is their confirmation that is waited for.
            rooms = [user_room(stored.receiver), user_room(stored.sender)]
        confirmed = self.delivery.confirmed
        sequence = stored.sequence
        # It counts for the user of the connection that it came from, whatever it says.
        self.events.message_sent(wire, rooms, lambda client: confirmed(watermarks, client.user.user_id, sequence))

    def _require_session(self, sid: str, caller: Caller) -> None:
        """Raises NotSignedIn if the session has ended since the caller was found: before this connection was known, so
        that only the database says it, or after, when it was told to go and could not yet."""
        with self.app.app_context():
            has_ended = bool(revoked_among({caller.session_id}))
        if has_ended or not self._arriving[sid]:
            raise NotSignedIn("You were signed out.")

    def _enter_conversations(self, sid: str, caller: Caller) -> list[tuple[int, int]]:
        """Returns the conversations in which something waits for the user, and up to where."""
        waiting = []
        with self.app.app_context():
            standings = receipts.memberships_of(caller.user_id)
        for standing in standings:
            if standing.is_group:
                self.groups.enter(sid, group_room(standing.conversation_id))
            # After entering: what was sent to the room between the query and now did not come to this connection.
            others_listen = self._do_others_listen(caller, standing)
            at = Position(standing.revision, standing.last_sequence)
            last = self.fan_out.host(standing.conversation_id, at, others_listen=others_listen)
            if standing.delivered < last:
                waiting.append((standing.conversation_id, last))
        if self._can_interleave:
            self._leave_former_groups(caller)
        return waiting

    def _leave_former_groups(self, caller: Caller) -> None:
        """Whoever is removed while connecting may be let in by what was read before. Being removed now takes the
        connection out again, since it is in the room."""
        with self.app.app_context():
            own = {one.conversation_id for one in receipts.memberships_of(caller.user_id)}
        for conversation_id in self.groups.entered_by(caller.user_id) - own:
            self.groups.leave(caller.user_id, conversation_id)

    def _do_others_listen(self, caller: Caller, standing: receipts.OwnMembership) -> bool:
        """Whether somebody else is connected to whom a direct message of the user goes. Of a group everybody hears when
        it begins."""
        if standing.direct_key is None:
            return False
        return self._has_arrived((caller.username, other_of(standing.direct_key, caller.username)))

    def _catch_up(self, caller: Caller, waiting: list[tuple[int, int]]) -> None:
        """A recipient who was offline confirms by connecting."""
        for conversation_id, last in waiting:
            self.delivery.confirm(conversation_id, caller.user_id, last)

    def _has_arrived(self, usernames: tuple[str, ...]) -> bool:
        """Whether any of these has a connection here that is accepted: all conversations of theirs are hosted."""
        rooms = [self._server.manager.get_participants(NAMESPACE, user_room(username)) for username in usernames]
        # One that was refused is in its room until Socket.IO has said so.
        return any(sid not in self._arriving and self.connections.get(sid) for room in rooms for sid, _ in room)

    def _hosts_any(self, usernames: tuple[str, ...]) -> bool:
        return any(self._server.manager.has_room(NAMESPACE, user_room(username)) for username in usernames)
