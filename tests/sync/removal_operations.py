"""The removal of people: its beginning, and the steps that follow between the other operations."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from chatapp.actions.audit import OPERATOR
from chatapp.actions.removal_steps import continue_removal
from chatapp.actions.removals import remove_person
from chatapp.actions.usernames import present_names
from chatapp.username_rule import REMOVED_PREFIX
from tests.people import wait_until
from tests.removal_rows import removals_under_way
from tests.sync.connection import NAMESPACE
from tests.sync.driver import Driver, indexes, picks


class RemovalOperations(Driver):
    """What is done to people for good. `erased` has the ids of those whose messages are deleted."""

    erased: set[int]

    @rule(who=indexes, pick=picks, channel=picks, erases=st.booleans())
    def remove_person(self, who: int, pick: int, channel: int, erases: bool) -> None:
        """Removes somebody, whose place a newcomer takes."""
        if pick % 2 == 0:
            app, ended = self.http_apps[channel % len(self.http_apps)], (self.listeners[who], self.sleepers[who])
            with app.app_context():
                user_id = remove_person(app.extensions["chatapp.journal"], OPERATOR, self.names[who], erases=erases)
            self.erased |= {user_id} if erases else set()
            for one in ended:
                wait_until(lambda it=one: not it.socket.is_connected(NAMESPACE), "the connection ends")
                assert one.request("GET", "/loggedIn")["error"]["code"] == "not_signed_in"
            self.names[who] = self._newcomers(1)[0]
            self.listeners[who], self.sleepers[who] = self._connections(who)

    @rule(channel=picks)
    def go_on_removing(self, channel: int) -> None:
        """Does the next step of each removal."""
        self._go_on_removing(channel)

    def teardown(self) -> None:
        if hasattr(self, "listeners"):
            while self._go_on_removing(0):
                pass
            self._assert_removed()
        super().teardown()

    def _go_on_removing(self, channel: int) -> bool:
        """Returns whether there is more to do."""
        app = self.http_apps[channel % len(self.http_apps)]
        with app.app_context():
            under_way = removals_under_way()
            for user_id in under_way:
                continue_removal(app.extensions["chatapp.journal"], user_id)
        return bool(under_way)

    def _assert_removed(self) -> None:
        """Nobody who was removed is in a group, and what they said is deleted if it was to be."""
        with self.apps[0].app_context():
            erased = set(present_names(self.erased).values())
        for number in range(len(self.names)):
            for (_, is_group), known in self._fresh(number).conversations.items():
                assert not is_group or not [name for name in known.members if name.startswith(REMOVED_PREFIX)]
                said = [one for one in known.messages.values() if one["sender"] in erased]
                assert all(one["deleted"][0] and not one["content"] for one in said)
