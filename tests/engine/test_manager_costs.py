"""The cost of connecting and disconnecting depends only on the rooms of that connection. Operations are counted."""

from collections.abc import Iterator
from typing import Any

from tests.engine.manager_with_inboxes import join, new_manager


class Counted(dict[Any, Any]):
    """Counts every lookup and every entry that is iterated over."""

    operations = 0

    def __getitem__(self, key: Any) -> Any:
        Counted.operations += 1
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        Counted.operations += 1
        return super().get(key, default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        Counted.operations += 1
        return super().setdefault(key, default)

    def __iter__(self) -> Iterator[Any]:
        Counted.operations += len(self)
        return super().__iter__()

    def values(self) -> Any:
        Counted.operations += len(self)
        return super().values()

    def items(self) -> Any:
        Counted.operations += len(self)
        return super().items()


def cost_of_coming_and_going(other_rooms: int, others: int) -> int:
    manager = new_manager()
    for table in ("_rooms", "_clients", "_by_eio"):
        setattr(manager, table, Counted())
    for number in range(others):
        join(manager, f"other {number}", "crowd", *(f"room {at}" for at in range(number, other_rooms, others)))
    Counted.operations = 0
    client = join(manager, "me", "crowd", "mine")
    for namespace in manager.get_namespaces():
        assert manager.sid_from_eio_sid("me", namespace) == client.sid
        manager.pre_disconnect(client.sid, namespace)
        manager.disconnect(client.sid, namespace)
    return Counted.operations


def test_connecting_and_disconnecting_cost_the_same_with_any_number_of_rooms_and_clients() -> None:
    few = cost_of_coming_and_going(other_rooms=2, others=2)
    assert 0 < few < 40
    assert cost_of_coming_and_going(other_rooms=5000, others=100) == few
