"""Sends a thousand malformed payloads of each event over one real connection, then a valid one."""

import fcntl
import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatapp.errors import every_code
from tests.people import Cast
from tests.realtime.conftest import Wires
from tests.realtime.wire import private

EXAMPLES = 1_000
AT_ONCE = 50

REFUSALS = set(every_code()) - {"internal_error", "unavailable"}
"""The codes that may answer bad input. A server error is not one of them."""

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.text(st.characters(categories=("Cs", "Cc", "Co", "Cn")), max_size=5)
    | st.sampled_from(
        ["", " ", "\0", "1", "-1", "9" * 40, "null", "../", "%", "' OR 1=1 --", "x" * 70_000, 2**63, -0.0]
    )
)
ARRAYS = st.lists(SCALARS, max_size=3)
OBJECTS = st.dictionaries(st.sampled_from(["username", "_placeholder", "num", "", "__proto__"]), SCALARS, max_size=2)
JSON = SCALARS | ARRAYS | OBJECTS | st.lists(OBJECTS, max_size=2) | st.just([[[[{}]]]])

GOOD: dict[str, dict[str, Any]] = {
    "privateMessage": {"sender": "{alice}", "receiver": "{bob}", "content": "good"},
    "groupMessage": {"sender": "{alice}", "receiver": "{group}", "content": "good"},
    "createGroup": {"groupName": "Good", "users": [{"username": "{bob}"}]},
    "markRead": {"receiver": "{bob}", "group": False, "sequence": 1},
}


MUTATIONS = st.fixed_dictionaries(
    {
        "kind": st.integers(0, 4),
        "fields": st.sets(st.integers(0, 4), min_size=1, max_size=2).map(sorted),
        "values": st.lists(JSON, min_size=2, max_size=2),
        "count": st.integers(0, 2),
    }
)
"""How to mutate a payload of any event."""


def _mutated(good: dict[str, Any], how: dict[str, Any]) -> list[Any]:
    """Returns arbitrary payloads, or a valid payload with one or two fields missing or replaced."""
    if how["kind"] == 0:
        return list(how["values"][: how["count"]])
    names = [*good, "clientId", "groupId"]
    fields = [names[number % len(names)] for number in how["fields"]]
    if how["kind"] == 1:
        return [{name: value for name, value in good.items() if name not in fields}]
    return [{**good, **dict(zip(fields, how["values"], strict=False))}]


@pytest.fixture(scope="session")
def mutations(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The same mutations for every event, database and run. The first test process generates them, and the others wait
    for it."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "malformed.json"
    with shared.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        found: list[dict[str, Any]] = json.loads(file.read() or "null") or _find_mutations()
        file.truncate(0)
        file.write(json.dumps(found))
    return found


def _find_mutations() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(MUTATIONS)
    def collect(how: dict[str, Any]) -> None:
        found.append(how)

    collect()
    return found


def _named(payload: Any, names: dict[str, str]) -> Any:
    """Replaces the placeholders in a payload with the names of this test's users."""
    text = json.dumps(payload)
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return json.loads(text)


def _assert_documented(ack: Any, payloads: list[Any]) -> None:
    """Asserts a documented error code and its sentence, or success where the mutated payload happens to be valid."""
    if ack["success"] is True:
        return
    assert ack["success"] is False
    assert ack["error"]["code"] in REFUSALS, (payloads, ack)
    assert ack["response"] == ack["error"]["message"] != ""
    assert isinstance(ack["error"]["details"], dict)
    assert "Traceback" not in str(ack)
    assert "pydantic" not in str(ack)


@pytest.mark.slow
@pytest.mark.parametrize("event", GOOD)
def test_a_connection_survives_a_thousand_malformed_payloads(
    cast: Cast, wires: Wires, event: str, mutations: list[dict[str, Any]]
) -> None:
    alice, bob = cast(2)
    names = {"{alice}": alice.username, "{bob}": bob.username, "{group}": alice.make_group("Target", bob.username)}
    wire = wires(alice)
    wire.call("privateMessage", private(alice.username, bob.username, "something to read"))
    wrong = [_named(_mutated(GOOD[event], how), names) for how in mutations]
    assert len(wrong) >= EXAMPLES, "hypothesis generated fewer mutations"
    refusals = 0
    for start in range(0, len(wrong), AT_ONCE):
        some = wrong[start : start + AT_ONCE]
        numbers = [wire.emit(event, *payloads) for payloads in some]
        for number, payloads in zip(numbers, some, strict=True):
            ack = wire.ack(number)
            _assert_documented(ack, payloads)
            refusals += not ack["success"]
        wire.frames.clear()
    assert refusals > EXAMPLES * 0.7, "Most payloads are malformed"
    assert wire.call(event, _named(GOOD[event], names))["success"] is True
    assert wires(bob).call("markRead", {"receiver": alice.username, "sequence": 1}) == {"success": True}
