"""Usernames by user id, read once."""

from typing import Any, NoReturn

import pytest

from chatapp.actions.usernames import USERNAME, usernames_of
from chatapp.prepared_statements import StatementRunner
from tests.actions.conftest import Desk


def test_each_name_is_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[dict[str, Any]] = []
    original = StatementRunner.rows

    def rows(reader: StatementRunner, statement: Any, values: dict[str, Any], *, is_named: bool) -> Any:
        read.append(values)
        return original(reader, statement, values, is_named=is_named)

    monkeypatch.setattr(StatementRunner, "rows", rows)
    alice, bob, carol = (desk.ids[name] for name in ("alice", "bob", "carol"))
    with desk.app.app_context():
        assert usernames_of({alice, bob}) == {alice: "alice", bob: "bob"}
        names = usernames_of({bob, carol})
        assert (names[bob], names[carol]) == ("bob", "carol")
    assert sorted(one["key"] for one in read) == sorted((alice, bob, carol))


def test_a_page_does_not_go_through_all_names_that_are_kept(desk: Desk) -> None:
    class Kept(dict[int, str]):
        def __iter__(self) -> NoReturn:
            raise AssertionError("There may be a hundred thousand")

        keys = __iter__

    alice, bob = desk.ids["alice"], desk.ids["bob"]
    desk.app.extensions["chatapp.statements"]._cached[USERNAME] = Kept({alice: "alice"})
    with desk.app.app_context():
        assert usernames_of({alice, bob})[bob] == "bob"
