"""The operations on messages: sending, changing, threads and polls."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.sync.driver import PEOPLE, Driver, indexes, picks

group_texts = st.sampled_from(["hello, all", "😀 @group", "@"])
"""`@` alone mentions somebody."""


class MessageOperations(Driver):
    """What is done with messages."""

    @rule(
        sender=indexes,
        receiver=indexes,
        channel=picks,
        text=st.text("abc ש你", min_size=1, max_size=5).filter(str.strip),
    )
    def send_private_message(self, sender: int, receiver: int, channel: int, text: str) -> None:
        self._send(sender, self.names[receiver], text, channel, is_group=False)

    @rule(sender=indexes, group=picks, channel=picks, who=indexes, text=group_texts)
    def send_group_message(self, sender: int, group: int, channel: int, who: int, text: str) -> None:
        text = f"hi @{self.names[who]}" if text == "@" else text
        self._send(sender, self._group(group), text, channel, is_group=True)

    @rule(
        by=indexes, to=indexes, group=picks, channel=picks, text=st.sampled_from(["", "look"]), count=st.integers(1, 2)
    )
    def send_files(self, by: int, to: int, group: int, channel: int, text: str, count: int) -> None:
        files = [self._upload(by, channel, bytes([number])) for number in range(count)]
        receiver = self._group(group) if group % 2 else self.names[to]
        self._send(by, receiver, text, channel, is_group=bool(group % 2), files=files)

    @rule(by=indexes, pick=picks, to=indexes, group=picks, channel=picks)
    def forward(self, by: int, pick: int, to: int, group: int, channel: int) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        receiver = self._group(group) if group % 2 else self.names[to]
        body = {"receiver": receiver, "group": bool(group % 2)}
        path = f"/message/{message_id}/forward"
        self._do(actor, channel, "forwardMessage", {"messageId": message_id}, "POST", path, body)

    @rule(by=indexes, pick=picks, channel=picks, text=st.sampled_from(["better", "@group", "更好", "@"]))
    def edit(self, by: int, pick: int, channel: int, text: str) -> None:
        text = f"更好@{self.names[pick % PEOPLE]}" if text == "@" else text
        actor, message_id = self._message(by, pick, is_own=True)
        payload = {"messageId": message_id}
        self._do(actor, channel, "editMessage", payload, "PATCH", f"/message/{message_id}", {"content": text})

    @rule(by=indexes, pick=picks, channel=picks)
    def delete_message(self, by: int, pick: int, channel: int) -> None:
        if pick % 3 == 0:
            actor, message_id = self._message(by, pick, is_own=True)
            self._do(actor, channel, "deleteMessage", {"messageId": message_id}, "DELETE", f"/message/{message_id}", {})

    @rule(by=indexes, pick=picks, channel=picks, emoji=st.sampled_from(["👍", "❤️", "🎉"]), on=st.booleans())
    def react(self, by: int, pick: int, channel: int, emoji: str, on: bool) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        body = {"emoji": emoji, "on": on}
        path = f"/message/{message_id}/reactions"
        self._do(actor, channel, "react", {"messageId": message_id}, "POST", path, body)

    @rule(by=indexes, pick=picks, channel=picks, on=st.booleans())
    def pin(self, by: int, pick: int, channel: int, on: bool) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        self._do(
            actor, channel, "pinMessage", {"messageId": message_id}, "PUT", f"/message/{message_id}/pin", {"on": on}
        )

    @rule(by=indexes, pick=picks, channel=picks)
    def open_thread(self, by: int, pick: int, channel: int) -> None:
        actor, message_id = self._message(by, pick, is_own=False)
        opened = self._do(
            actor, channel, "openThread", {"messageId": message_id}, "POST", f"/message/{message_id}/thread", {}
        )
        if opened.get("thread") is not None:
            self.threads.append(opened["thread"]["receiver"])

    @rule(by=indexes, pick=picks, channel=picks, on=st.booleans())
    def follow(self, by: int, pick: int, channel: int, on: bool) -> None:
        if self.threads:
            number = self.threads[pick % len(self.threads)]
            path, body = f"/thread/{number}/following", {"on": on}
            self._do(by, channel, "followThread", {"threadId": number}, "PUT", path, body)

    @rule(by=indexes, pick=picks, channel=picks)
    def write_in_thread(self, by: int, pick: int, channel: int) -> None:
        if self.threads:
            self._send(by, self.threads[pick % len(self.threads)], "aside", channel, is_group=True)

    @rule(by=indexes, pick=picks, channel=picks, is_multiple=st.booleans(), is_anonymous=st.booleans())
    def create_poll(self, by: int, pick: int, channel: int, is_multiple: bool, is_anonymous: bool) -> None:
        is_group = pick % 3 != 0
        receiver = self._group(pick) if is_group else self.names[pick % PEOPLE]
        body = {"receiver": receiver, "group": is_group, "question": "When?", "options": ["Noon", "Night", "Never"]}
        kinds = {"isMultiple": is_multiple, "isAnonymous": is_anonymous}
        self._do(by, channel, "createPoll", {}, "POST", "/polls", {**body, **kinds})

    @rule(by=indexes, pick=picks, channel=picks, options=st.sets(st.integers(0, 2), max_size=2))
    def vote(self, by: int, pick: int, channel: int, options: set[int]) -> None:
        actor, message_id = self._message(by, pick, is_own=False, is_poll=True)
        body = {"options": sorted(options)}
        self._do(actor, channel, "vote", {"messageId": message_id}, "PUT", f"/message/{message_id}/vote", body)

    @rule(by=indexes, pick=picks, channel=picks)
    def close_poll(self, by: int, pick: int, channel: int) -> None:
        if pick % 4 == 0:
            actor, message_id = self._message(by, pick, is_own=True, is_poll=True)
            self._do(actor, channel, "closePoll", {"messageId": message_id}, "POST", f"/message/{message_id}/close", {})
