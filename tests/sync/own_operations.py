"""The operations that concern one user alone: reading, preferences, drafts, saved and scheduled messages, settings."""

import itertools
import uuid
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from chatapp.actions.audit import OPERATOR
from chatapp.actions.username_changes import change_username
from chatapp.clock import now
from tests.pictures import encoded, plain
from tests.sync.driver import Driver, indexes, picks

_numbers = itertools.count(1)


class OwnOperations(Driver):
    """What users do for themselves."""

    @rule(who=indexes, other=picks, sequence=st.integers(0, 5))
    def read(self, who: int, other: int, sequence: int) -> None:
        keys = sorted(self.listeners[who].client.conversations)
        if keys:
            receiver, is_group = keys[other % len(keys)]
            payload = {"receiver": receiver, "group": is_group, "sequence": sequence}
            self.listeners[who].emit("markRead", payload)

    @rule(
        who=indexes,
        other=indexes,
        group=picks,
        channel=picks,
        level=st.sampled_from(["default", "all", "mentions", "none"]),
    )
    def mute(self, who: int, other: int, group: int, channel: int, level: str) -> None:
        self._prefer(who, other, group, channel, {"level": level})

    @rule(who=indexes, other=indexes, group=picks, channel=picks, sequence=st.sampled_from([None, 1, 2]))
    def mark_unread(self, who: int, other: int, group: int, channel: int, sequence: int | None) -> None:
        self._prefer(who, other, group, channel, {"unreadFrom": sequence})

    @rule(who=indexes, other=indexes, group=picks, channel=picks, text=st.sampled_from(["", "half a", "sentence"]))
    def write_draft(self, who: int, other: int, group: int, channel: int, text: str) -> None:
        receiver = self._group(group) if group % 3 else self.names[other]
        body = {"receiver": receiver, "group": bool(group % 3), "content": text}
        self._do(who, channel, "saveDraft", {}, "PUT", "/draft", body)

    @rule(who=indexes, pick=picks, channel=picks, on=st.booleans())
    def save(self, who: int, pick: int, channel: int, on: bool) -> None:
        actor, message_id = self._message(who, pick, is_own=False)
        path = f"/message/{message_id}/saved"
        self._do(actor, channel, "saveMessage", {"messageId": message_id}, "PUT", path, {"on": on})

    @rule(who=indexes, other=indexes, channel=picks, on=st.booleans())
    def block(self, who: int, other: int, channel: int, on: bool) -> None:
        answer = self._http(who, channel, "PUT", f"/block/{self.names[other]}", {"on": on})
        assert answer.get("error", {}).get("code") in (None, "invalid_input"), answer

    @rule(who=indexes, other=indexes, group=picks, channel=picks, days=st.integers(1, 9))
    def schedule(self, who: int, other: int, group: int, channel: int, days: int) -> None:
        receiver = self._group(group) if group % 3 else self.names[other]
        due_at = (now() + timedelta(days=days)).isoformat()
        body = {"receiver": receiver, "group": bool(group % 3), "content": "later", "dueAt": due_at}
        self._do(who, channel, "scheduleMessage", {}, "POST", "/scheduled", {**body, "clientId": str(uuid.uuid4())})

    @rule(who=indexes, pick=picks, channel=picks, text=st.sampled_from(["sooner", "更晚"]))
    def change_scheduled(self, who: int, pick: int, channel: int, text: str) -> None:
        client_id = self._scheduled(who, pick)
        payload = {"clientId": client_id}
        self._do(who, channel, "changeScheduled", payload, "PATCH", f"/scheduled/{client_id}", {"content": text})

    @rule(who=indexes, pick=picks, channel=picks, is_sent=st.booleans())
    def end_scheduled(self, who: int, pick: int, channel: int, is_sent: bool) -> None:
        client_id = self._scheduled(who, pick)
        payload = {"clientId": client_id}
        path = f"/scheduled/{client_id}"
        if is_sent:
            self._do(who, channel, "sendScheduled", payload, "POST", f"{path}/send", {})
        else:
            self._do(who, channel, "deleteScheduled", payload, "DELETE", path, {})

    @rule(who=indexes, channel=picks, day=st.integers(1, 7), is_on=st.booleans())
    def do_not_disturb(self, who: int, channel: int, day: int, is_on: bool) -> None:
        hours = {"from": "22:00", "to": "07:30", "days": [day], "timeZone": "Europe/Berlin"}
        self._do(who, channel, "changeSettings", {}, "PATCH", "/settings", {"doNotDisturb": hours if is_on else None})

    @rule(who=indexes, channel=picks, status=st.sampled_from(["", "🌴 away"]), shade=st.sampled_from([None, 1, 2]))
    def profile(self, who: int, channel: int, status: str, shade: int | None) -> None:
        """Changes the texts, or the picture."""
        if channel % 3:
            body = {"firstName": status or "Ann", "statusText": status, "timeZone": "Asia/Kolkata" if status else ""}
            self._http(who, channel, "PATCH", "/profile", body)
        elif shade is None:
            self._http(who, channel, "DELETE", "/profile/picture", None)
        else:
            app, headers = self.http_apps[channel % len(self.http_apps)], self.listeners[who].headers
            options = {"data": encoded(plain(shade, mode="L"), "PNG"), "content_type": "image/png", "headers": headers}
            assert app.test_client().put("/profile/picture", **options).status_code == 200

    @rule(who=indexes, channel=picks, goes_back=st.booleans())
    def change_name(self, who: int, channel: int, goes_back: bool) -> None:
        """Gives somebody another username, or the one that they had at first."""
        app, former = self.http_apps[channel % len(self.http_apps)], self.names[who]
        first = former.split(".")[0]
        new = first if goes_back else f"{first}.{next(_numbers)}"
        with app.app_context():
            change_username(app.extensions["chatapp.journal"], OPERATOR, former, new)
        self.names[who] = new

    @rule(who=indexes, channel=picks, is_shared=st.booleans())
    def share_reads(self, who: int, channel: int, is_shared: bool) -> None:
        self._do(who, channel, "changeSettings", {}, "PATCH", "/settings", {"sharesReads": is_shared})
