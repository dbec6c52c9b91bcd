"""A client as docs/protocol.md describes it. It applies the changes of events and of syncs to one state."""

from collections.abc import Callable
from typing import Any

from tests.sync.known_state import Conversation, comparable, details_of, state_of, sum_of
from tests.sync.own_state import Key, OwnState

Ask = Callable[[dict[str, Any]], dict[str, Any]]
Page = Callable[[str, bool], list[dict[str, Any]]]
People = Callable[[], list[dict[str, Any]]]
PROFILE = ("firstName", "lastName", "statusText", "timeZone", "picture", "profileRevision")


class Client:
    """`ask` is the event `sync`; `page` fetches the newest messages of a conversation, and `people` everybody."""

    def __init__(self, username: str, ask: Ask, page: Page, people: People) -> None:
        self._ask = ask
        self._page = page
        self._people = people
        self.kinds: set[str] = set()
        self._start_over(username, None)

    def _start_over(self, username: str, names: int | None) -> None:
        """Forgets everything but the number of the last change of a username."""
        self.username = username
        self.names = names
        self.conversations: dict[Key, Conversation] = {}
        self.user_revision = 0
        self.own = OwnState()
        self.profiles: dict[str, dict[str, Any]] = {}
        self.retention_days = 0

    def receive(self, name: str, payload: dict[str, Any]) -> None:
        """Applies an event of the server."""
        if name == "response":
            message = payload["response"]
            key = self._key_of(message)
            self._apply_live({"kind": "message", "revision": message["revision"], "message": message}, key)
        elif name == "change":
            self._apply_live(payload, (payload.get("receiver", ""), payload.get("group", False)))
        elif name in ("profile", "onlineStatus") and payload["username"] not in self.profiles:
            self.fetch_people()
        elif name == "profile":
            self.kinds.add(name)
            self._take_profile(payload)
        elif name == "usernameChanged":
            self.kinds.add(name)
            # A client that has not synced yet has what was true before the first change that it hears of.
            self.names = payload["number"] - 1 if self.names is None else self.names
            if payload["number"] > self.names:
                self.sync()
        elif name == "retention":
            self.kinds.add(name)
            self.retention_days = payload["retentionDays"]
        elif name == "receipt":
            known = self.conversations.get((payload["receiver"], payload["group"]))
            # A receipt of another process may come after its member has left.
            if known is not None and payload["username"] in known.members:
                self._raise(known, payload)

    def sync(self) -> None:
        """Asks for what is newer until there is no more."""
        while self._apply_sync(self._ask(self.known())):
            pass
        self.fetch_people()

    def fetch_people(self) -> None:
        """Fetches everybody's profile, as a client does whenever it has connected, and forgets who is not there."""
        people = self._people()
        present = {user["username"] for user in people}
        self.profiles = {name: profile for name, profile in self.profiles.items() if name in present}
        for user in people:
            self._take_profile(user)

    def known(self) -> dict[str, Any]:
        conversations = [
            {"receiver": key[0], "group": key[1], "revision": one.revision, "watermarks": sum_of(one)}
            for key, one in self.conversations.items()
        ]
        return {"userRevision": self.user_revision, "names": self.names, "conversations": conversations}

    def state(self, reads: "Client | None" = None) -> dict[str, Any]:
        """The state in which two clients must agree. What is unread is decided by the watermarks of `reads`, which is
        the client itself if nothing is given."""
        marks = (reads or self).conversations
        conversations = {
            f"{key[0]} {'group' if key[1] else 'direct'}": {
                **vars(one),
                "messages": comparable(one),
                "preferences": self.own.preferences.get(key),
                "mentions": self._unread_mentions(one, key, marks.get(key, one).read),
            }
            for key, one in sorted(self.conversations.items())
        }
        return {
            **conversations,
            **self.own.comparable(),
            "profiles": self.profiles,
            "retention": {"days": self.retention_days},
        }

    def _take_profile(self, user: dict[str, Any]) -> None:
        profile = {"statusText": "", "timeZone": "", "profileRevision": 0, **user}
        known = self.profiles.get(user["username"])
        if known is None or profile["profileRevision"] > known["profileRevision"]:
            self.profiles[user["username"]] = {name: profile.get(name) for name in PROFILE}

    def _apply_live(self, change: dict[str, Any], key: Key) -> None:
        if "userRevision" in change:
            self.kinds.add(change["kind"])
            revision = change["userRevision"]
            if revision == self.user_revision + 1:
                self.user_revision = revision
                self._apply_own(change, key)
            elif revision > self.user_revision:
                self.sync()
            return
        known = self.conversations.get(key)
        if known is None or change["revision"] > known.revision + 1:
            self.sync()
        else:
            self._apply(known, change, key)

    def _apply_own(self, change: dict[str, Any], key: Key) -> None:
        if change["kind"] == "conversation":
            self._take_conversation(key, change["conversation"])
        else:
            self.own.apply(change, key)

    def _apply(self, known: Conversation, change: dict[str, Any], key: Key) -> None:
        if change["revision"] <= known.revision:
            return
        known.revision = change["revision"]
        self.kinds.add(change["kind"])
        getattr(self, "_apply_" + change["kind"])(known, change, key)

    def _apply_message(self, known: Conversation, change: dict[str, Any], _key: Key) -> None:
        message = change["message"]
        known.messages[message["sequence"]] = state_of(message)
        self._note_mentions(known, message, message["sender"])
        known.last_sequence = max(known.last_sequence, message["sequence"])
        if message["sender"] == self.username:
            known.read = max(known.read, message["sequence"])

    def _apply_update(self, known: Conversation, change: dict[str, Any], _key: Key) -> None:
        update = change["update"]
        sequence = update["sequence"]
        if (message := known.messages.get(sequence)) is not None:
            mine = message["mine"] - {one["emoji"] for one in update["reacted"] if one["username"] == self.username}
            mine |= {one["emoji"] for one in update["reacted"] if one["username"] == self.username and one["on"]}
            merged = {**message, **state_of(update), "sender": message["sender"]}
            # A deletion takes the reactions away without naming them.
            merged["mine"] = mine & merged["reactions"].keys()
            merged["content"] = update.get("content", message["content"])
            if merged["poll"] and "mine" not in update["poll"]:
                merged["poll"]["mine"] = message["poll"]["mine"]
            known.messages[sequence] = merged
            self._note_mentions(known, update, message["sender"])
        for other in known.messages.values():
            if "content" in update and other["quote"] and other["quote"]["sequence"] == sequence:
                other["quote"] = {**other["quote"], "content": update["content"]}
                if "deletedAt" in update:
                    other["quote"].pop("file", None)

    def _apply_members(self, known: Conversation, change: dict[str, Any], _key: Key) -> None:
        for one in change["members"]:
            if one["role"] is None:
                known.members.pop(one["username"], None)
                known.watermarks.pop(one["username"], None)
            else:
                known.members[one["username"]] = one["role"]
                known.watermarks.setdefault(one["username"], (known.last_sequence, known.last_sequence))
        known.role = known.members.get(self.username, known.role)

    def _apply_details(self, known: Conversation, change: dict[str, Any], key: Key) -> None:
        known.name = change["name"]
        has_other_history = known.details["sharesHistory"] != change["sharesHistory"]
        known.details = details_of(change)
        known.erase()
        if has_other_history:
            self._refetch(known, key)

    def _apply_sync(self, answer: dict[str, Any]) -> bool:
        if answer["renamed"]:
            for one in answer["renamed"]:
                self.username = one["newUsername"] if one.get("username") == self.username else self.username
            self._start_over(self.username, answer["names"])
            return True
        self.names = answer["names"]
        for one in answer["gone"]:
            self.conversations.pop((one["receiver"], one["group"]), None)
        for one in answer["conversations"]:
            key = (one["receiver"], one["group"])
            if one["startOver"]:
                self._take_conversation(key, one["conversation"])
            known = self.conversations[key]
            for change in one["changes"]:
                self._apply(known, change, key)
            known.revision = max(known.revision, one["revision"])
            for member in one["members"]:
                self._raise(known, member)
            known.read = max(known.read, one["readSequence"])
        for change in answer["changes"]:
            self._apply_own(change, (change.get("receiver", ""), change.get("group", False)))
        self.user_revision = max(self.user_revision, answer["userRevision"])
        self.retention_days = answer["retentionDays"]
        more: bool = answer["more"]
        return more

    def _take_conversation(self, key: Key, wire: dict[str, Any] | None) -> None:
        if wire is None:
            self.conversations.pop(key, None)
            return
        self.own.take("preferences", key, wire["preferences"])
        known = self.conversations[key] = Conversation(
            wire["name"],
            wire["role"],
            details_of(wire),
            wire["revision"],
            wire["lastSequence"],
            wire["readSequence"],
        )
        for member in wire["members"]:
            known.members[member["username"]] = member["role"]
            self._raise(known, member)
        known.mentions = set(wire["unreadMentions"])
        self._refetch(known, key)

    def _unread_mentions(self, known: Conversation, key: Key, read: int) -> list[int]:
        marked = self.own.preferences[key]["unreadFrom"]
        after = read if marked is None else min(read, marked - 1)
        return sorted(sequence for sequence in known.mentions if sequence > after)

    def _note_mentions(self, known: Conversation, message: dict[str, Any], sender: str) -> None:
        mentions = message.get("mentions", [])
        is_mentioned = any(one["kind"] == "group" or one.get("username") == self.username for one in mentions)
        if is_mentioned and sender != self.username:
            known.mentions.add(message["sequence"])
        else:
            known.mentions.discard(message["sequence"])

    def _refetch(self, known: Conversation, key: Key) -> None:
        page = [one for one in self._page(*key) if one["revision"] <= known.revision]
        known.messages = {one["sequence"]: state_of(one) for one in page}
        for one in page:
            self._note_mentions(known, one, one["sender"])

    def _raise(self, known: Conversation, mark: dict[str, Any]) -> None:
        name = mark["username"]
        delivered, read = known.watermarks.get(name, (0, 0))
        told: int | None = mark["readSequence"]
        # Whoever does not show what they have read takes back what they have shown before.
        known.watermarks[name] = (
            max(delivered, mark["deliveredSequence"]),
            None if told is None else max(read or 0, told),
        )
        if name == self.username:
            known.read = max(known.read, mark["readSequence"])

    def _key_of(self, message: dict[str, Any]) -> Key:
        receiver = message["receiver"]
        if (receiver, True) in self.conversations or receiver.isdigit():
            return receiver, True
        return (receiver if message["sender"] == self.username else message["sender"]), False
