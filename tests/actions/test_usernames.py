"""Usernames by user id, which are read once and cached."""

from typing import Any, NoReturn

import pytest

from chatapp.actions.usernames import USERNAME, usernames_of
from chatapp.prepared_statements import StatementRunner
from tests.actions.conftest import JournalHarness


def test_each_username_is_read_from_the_database_once(harness: JournalHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[dict[str, Any]] = []
    original = StatementRunner.rows

    def rows(reader: StatementRunner, statement: Any, values: dict[str, Any], *, is_named: bool) -> Any:
        read.append(values)
        return original(reader, statement, values, is_named=is_named)

    monkeypatch.setattr(StatementRunner, "rows", rows)
    alice, bob, carol = (harness.ids[name] for name in ("alice", "bob", "carol"))
    with harness.app.app_context():
        assert usernames_of({alice, bob}) == {alice: "alice", bob: "bob"}
        names = usernames_of({bob, carol})
        assert (names[bob], names[carol]) == ("bob", "carol")
    assert sorted(one["key"] for one in read if one) == sorted((alice, bob, carol))


def test_looking_up_the_names_of_a_page_does_not_iterate_over_the_cache(harness: JournalHarness) -> None:
    class Cache(dict[int, str]):
        def __iter__(self) -> NoReturn:
            raise AssertionError("The cache may hold a hundred thousand names")

        keys = __iter__

    alice, bob = harness.ids["alice"], harness.ids["bob"]
    harness.app.extensions["chatapp.statements"]._cached[USERNAME] = 0, Cache({alice: "alice"})
    with harness.app.app_context():
        assert usernames_of({alice, bob})[bob] == "bob"
