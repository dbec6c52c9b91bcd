"""The operations on groups: members, roles, details and settings."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from chatapp.actions.audit import OPERATOR
from chatapp.actions.installation_settings import change_installation
from chatapp.actions.retention import Due, erase_next
from chatapp.extensions import db
from chatapp.models import Conversation, Message
from tests.sync.driver import Driver, indexes, picks

members = st.sampled_from(["everybody", "admins"])


class GroupOperations(Driver):
    """What is done with groups."""

    @rule(owner=indexes, others=st.sets(indexes), channel=picks, shares_history=st.booleans(), is_public=st.booleans())
    def make_group(
        self, owner: int, others: set[int], channel: int, shares_history: bool, is_public: bool = False
    ) -> None:
        users = [{"username": self.names[one]} for one in sorted(others)]
        body = {"groupName": "Lunch", "users": users, "sharesHistory": shares_history, "isPublic": is_public}
        made = self._do(owner, channel, "createGroup", {}, "POST", "/group", body)
        # Nobody is put into a group by somebody with whom they are in a block.
        if "newGroup" in made:
            self.groups.append(made["newGroup"]["groupId"])

    @rule(by=indexes, group=picks, who=indexes, channel=picks)
    def add(self, by: int, group: int, who: int, channel: int) -> None:
        number = self._group(group)
        actor = self._actor(by, group, number)
        body = {"users": [{"username": self.names[who]}]}
        self._do(actor, channel, "addMembers", {"groupId": number}, "POST", f"/group/{number}/members", body)

    @rule(who=indexes, group=picks, channel=picks)
    def join(self, who: int, group: int, channel: int) -> None:
        number = self._group(group)
        self._do(who, channel, "joinGroup", {"groupId": number}, "POST", f"/groups/public/{number}/join", {})

    @rule(by=indexes, group=picks, who=indexes, channel=picks)
    def remove(self, by: int, group: int, who: int, channel: int) -> None:
        number, name = self._group(group), self.names[who]
        actor = self._actor(by, group, number)
        payload = {"groupId": number, "username": name}
        self._do(actor, channel, "removeMember", payload, "DELETE", f"/group/{number}/members/{name}", {})

    @rule(by=indexes, group=picks, who=indexes, channel=picks, role=st.sampled_from(["owner", "admin", "member"]))
    def set_role(self, by: int, group: int, who: int, channel: int, role: str) -> None:
        number, name = self._group(group), self.names[who]
        actor = self._actor(by, group, number)
        payload = {"groupId": number, "username": name}
        self._do(actor, channel, "setRole", payload, "PUT", f"/group/{number}/members/{name}", {"role": role})

    @rule(by=indexes, group=picks, channel=picks, name=st.sampled_from(["Dinner", "Tea", "晚饭"]))
    def rename(self, by: int, group: int, channel: int, name: str) -> None:
        self._change_details(by, group, channel, {"groupName": name})

    @rule(by=indexes, group=picks, channel=picks, shares_history=st.booleans())
    def share_history(self, by: int, group: int, channel: int, shares_history: bool) -> None:
        self._change_details(by, group, channel, {"sharesHistory": shares_history})

    @rule(by=indexes, group=picks, channel=picks, text=st.sampled_from(["", "Tea at four", "שלום"]))
    def describe(self, by: int, group: int, channel: int, text: str) -> None:
        self._change_details(by, group, channel, {"topic": text, "description": f"{text}\n{text}"})

    @rule(by=indexes, group=picks, channel=picks, is_public=st.booleans(), writers=members, pinners=members)
    def choose_settings(self, by: int, group: int, channel: int, is_public: bool, writers: str, pinners: str) -> None:
        body = {"isPublic": is_public, "writers": writers, "pinners": pinners}
        self._change_details(by, group, channel, body)

    @rule(by=indexes, group=picks, channel=picks, days=st.integers(0, 3))
    def keep_for(self, by: int, group: int, channel: int, days: int) -> None:
        self._change_details(by, group, channel, {"retentionDays": days})

    @rule(channel=picks, days=st.sampled_from([1, 1, 2]))
    def keep_all_for(self, channel: int, days: int) -> None:
        """An operator chooses how long the system keeps messages."""
        app = self.http_apps[channel % len(self.http_apps)]
        with app.app_context():
            journal, settings = app.extensions["chatapp.journal"], app.extensions["chatapp.settings"]
            change_installation(journal, settings, OPERATOR, retention_days=days)

    @rule(pick=picks, count=st.integers(1, 4), channel=picks)
    def erase(self, pick: int, count: int, channel: int) -> None:
        """Erases some of the oldest messages of any conversation a day after, if they are not kept for longer."""
        app = self.http_apps[channel % len(self.http_apps)]
        with app.app_context():
            conversations = db.session.scalars(select(Conversation).order_by(Conversation.id)).all()
            found = conversations[pick % len(conversations)]
            next_one = (Message.conversation_id == found.id) & (Message.sequence == found.erased_sequence + count)
            until = db.session.scalar(select(Message.created_at).where(next_one))
            if until is not None:
                erase_next(app.extensions["chatapp.journal"], Due(found.id, until + timedelta(days=1)))

    @rule(by=indexes, group=picks, channel=picks)
    def delete(self, by: int, group: int, channel: int) -> None:
        if group % 4 == 0:
            number = self._group(group)
            actor = self._actor(by, group, number)
            self._do(actor, channel, "deleteGroup", {"groupId": number}, "DELETE", f"/group/{number}", {})
