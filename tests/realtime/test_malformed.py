"""A thousand wrong payloads for each event over one real connection, and then a good one."""

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
"""What may be answered to bad input; a fault of ours is none of it."""

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


@st.composite
def _wrong_payloads(draw: st.DrawFn, good: dict[str, Any]) -> list[Any]:
    """Anything at all; or something good of which a field or two are spoilt or missing."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(st.lists(JSON, max_size=2))
    spoilt = draw(st.sets(st.sampled_from([*good, "clientId", "groupId"]), min_size=1, max_size=2))
    if kind == 1:
        return [{name: value for name, value in good.items() if name not in spoilt}]
    return [{**good, **{name: draw(JSON) for name in sorted(spoilt)}}]


@pytest.fixture
def thousand(event: str, tmp_path_factory: pytest.TempPathFactory) -> list[list[Any]]:
    """The same for every database, and for every run: found by whichever process of a run comes first."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"malformed-{event}.json"
    if not shared.exists():
        unfinished = shared.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(_find_thousand(event)))
        unfinished.replace(shared)
    found: list[list[Any]] = json.loads(shared.read_text())
    return found


def _find_thousand(event: str) -> list[list[Any]]:
    found: list[list[Any]] = []

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(_wrong_payloads(GOOD[event]))
    def collect(payloads: list[Any]) -> None:
        found.append(payloads)

    collect()
    return found


def _named(payload: Any, names: dict[str, str]) -> Any:
    """The payload with the names of this test's people in it."""
    text = json.dumps(payload)
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return json.loads(text)


def _assert_documented(ack: Any, payloads: list[Any]) -> None:
    """Success, where chance made something good of it; otherwise a code of the documentation and its sentence."""
    if ack["success"] is True:
        return
    assert ack["success"] is False
    assert ack["error"]["code"] in REFUSALS, (payloads, ack)
    assert ack["response"] == ack["error"]["message"] != ""
    assert isinstance(ack["error"]["details"], dict)
    assert "Traceback" not in str(ack)
    assert "pydantic" not in str(ack)


@pytest.mark.parametrize("event", GOOD)
def test_a_thousand_malformed_payloads_and_then_a_good_one(
    cast: Cast, wires: Wires, event: str, thousand: list[list[Any]]
) -> None:
    alice, bob = cast(2)
    names = {"{alice}": alice.username, "{bob}": bob.username, "{group}": alice.make_group("Target", bob.username)}
    wire = wires(alice)
    wire.call("privateMessage", private(alice.username, bob.username, "something to read"))
    thousand = [_named(payloads, names) for payloads in thousand]
    assert len(thousand) >= EXAMPLES, "hypothesis found that many"
    refusals = 0
    for start in range(0, len(thousand), AT_ONCE):
        some = thousand[start : start + AT_ONCE]
        numbers = [wire.emit(event, *payloads) for payloads in some]
        for number, payloads in zip(numbers, some, strict=True):
            ack = wire.ack(number)
            _assert_documented(ack, payloads)
            refusals += not ack["success"]
        wire.frames.clear()
    assert refusals > EXAMPLES * 0.7, "Most of them are wrong indeed"
    assert wire.call(event, _named(GOOD[event], names))["success"] is True
    assert wires(bob).call("markRead", {"receiver": alice.username, "sequence": 1}) == {"success": True}
