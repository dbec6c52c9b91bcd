"""What happens on this process when something happens anywhere: connections come and go, commits are told."""

import logging
from collections.abc import Callable, Collection
from typing import Any

from flask import Flask

from chatapp import serializers
from chatapp.actions import receipts
from chatapp.actions.accounts import Caller, ended_among
from chatapp.actions.conversations import group_to_announce
from chatapp.config import Settings
from chatapp.errors import NotSignedIn
from chatapp.eventloop.thread_pool import is_green
from chatapp.journal import Journal, StoredMessage
from chatapp.models.conversation import other_of
from chatapp.notices import (
    CatchUp,
    GroupCreated,
    MessagesStored,
    Notice,
    PresenceChanged,
    SessionEnded,
    WatermarkRaised,
)
from chatapp.realtime.announced_groups import AnnouncedGroups
from chatapp.realtime.connections import Connection, Connections
from chatapp.realtime.delivery import Delivery
from chatapp.realtime.engine.socketio_server import ChatServer
from chatapp.realtime.events import Events
from chatapp.realtime.fan_out import FanOut
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
        can_interleave = not (is_green() and settings.is_sqlite)
        self.fan_out = FanOut(app.app_context, self._fan_out, self._has_arrived, can_interleave=can_interleave)
        self._server = server
        self._announced = AnnouncedGroups()
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
            self._enter(sid, user_room(caller.username))
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
        """This process committed."""
        for message in messages:
            self.fan_out.stored(message)
        self._hear_all([notice for notice in notices if not isinstance(notice, WatermarkRaised)])

    def heard(self, notices: list[Notice]) -> None:
        """Notices of other processes."""
        self._hear_all(notices)

    def catch_up(self) -> None:
        """Notices may have been missed."""
        self._missed.catch_up()

    def announce_group(self, conversation_id: int) -> None:
        """Lets all members' connections into the room, then tells them; once, however often it is asked for."""
        with self.app.app_context():
            name, user_ids = group_to_announce(conversation_id)
        self.fan_out.host(conversation_id, 0)
        for user_id in user_ids:
            for sid in self.connections.of_user(user_id):
                self._enter(sid, group_room(conversation_id))
        if self._announced.is_first(conversation_id):
            self.events.group_created(conversation_id, name)

    def is_in_room(self, user_id: int, room: str) -> bool:
        """Whether all of a user's connections are."""
        sids = self.connections.of_user(user_id)
        return all(room in self._server.manager.get_rooms(sid, NAMESPACE) for sid in sids)

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

    def _hear_all(self, notices: list[Notice]) -> None:
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
            case MessagesStored():
                if not notice.usernames or self._hosts_any(notice.usernames):
                    self.fan_out.notified(notice.conversation_id, notice.first, notice.last, notice.usernames)
                else:
                    self._passed_over(notice)
            case GroupCreated():
                self.announce_group(notice.conversation_id)
            case WatermarkRaised():
                self.delivery.rose_elsewhere(notice.conversation_id, notice.user_id, notice.delivered, notice.read)
            case SessionEnded():
                for sid in self.connections.of_session(notice.session_id):
                    self.end(sid, "You were signed out.")

    def _passed_over(self, notice: MessagesStored) -> None:
        """Nobody in that conversation is here. Whoever comes must neither be sent this as new, nor miss a tick."""
        self.fan_out.forget(notice.conversation_id, unless=lambda: self._hosts_any(notice.usernames))
        self.delivery.passed_over(notice.conversation_id, notice.last)

    def _fan_out(self, stored: StoredMessage) -> None:
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
            has_ended = bool(ended_among({caller.session_id}))
        if has_ended or not self._arriving[sid]:
            raise NotSignedIn("You were signed out.")

    def _enter_conversations(self, sid: str, caller: Caller) -> list[tuple[int, int]]:
        """Returns the conversations in which something waits for the user, and up to where."""
        waiting = []
        with self.app.app_context():
            standings = receipts.memberships_of(caller.user_id)
        for standing in standings:
            if standing.is_group:
                self._enter(sid, group_room(standing.conversation_id))
            # After entering: what was sent to the room between the query and now did not come to this connection.
            others_listen = self._do_others_listen(caller, standing)
            last = self.fan_out.host(standing.conversation_id, standing.last_sequence, others_listen=others_listen)
            if standing.delivered < last:
                waiting.append((standing.conversation_id, last))
        return waiting

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

    def _enter(self, sid: str, room: str) -> None:
        """The connection may have closed in the meantime; its rooms went with it."""
        try:
            self._server.enter_room(sid, room, namespace=NAMESPACE)
        except (KeyError, ValueError):
            log.debug("A connection closed before it entered its rooms")

    def _has_arrived(self, usernames: tuple[str, ...]) -> bool:
        """Whether any of these has a connection here that is accepted: all conversations of theirs are hosted."""
        rooms = [self._server.manager.get_participants(NAMESPACE, user_room(username)) for username in usernames]
        # One that was refused is in its room until Socket.IO has said so.
        return any(sid not in self._arriving and self.connections.get(sid) for room in rooms for sid, _ in room)

    def _hosts_any(self, usernames: tuple[str, ...]) -> bool:
        return any(self._server.manager.has_room(NAMESPACE, user_room(username)) for username in usernames)
