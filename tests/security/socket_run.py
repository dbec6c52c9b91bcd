"""hypothesis over the socket events: any JSON, any type in any field, deep nesting, long text, and attachments."""

import json
import time
from typing import Any

from hypothesis import given, seed
from hypothesis import strategies as st

from chatapp.errors import every_code
from chatapp.realtime.namespace import EVENTS
from tests.realtime.wire import Wire
from tests.security.event_payloads import VALID
from tests.security.figures import Figures
from tests.security.generation import generated
from tests.security.http_run import LEAKS
from tests.security.installation import HANG_SECONDS, SignedIn
from tests.security.scene import Scene, end_scene, new_scene

ANSWERS = set(every_code()) - {"internal_error", "unavailable"}
"""The codes that may refuse an event. A server error is not one of them."""

DEEP: Any = "bottom"
for _ in range(200):
    DEEP = [{"": DEEP}]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.text(st.characters(categories=("Cs", "Cc", "Cf", "Co", "Cn")), max_size=5)
    | st.sampled_from(["", "\0", "null", "../..", "' OR 1=1 --", "x" * 70_000, "x" * 400_000, 2**63, -0.0])
)
ANYTHING = st.just(DEEP) | st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def packets(draw: st.DrawFn, valid: dict[str, Any], names: list[str]) -> list[Any]:
    """The arguments of an event: anything at all, or the valid payload with some fields replaced, added or removed."""
    if draw(st.integers(0, 3)) == 0:
        return draw(st.lists(ANYTHING, max_size=3))
    payload = dict(valid)
    for name in draw(st.sets(st.sampled_from([*valid, "clientId", "replyTo"]), max_size=2)):
        payload[name] = draw(ANYTHING | st.sampled_from(names))
    for name in draw(st.sets(st.sampled_from([*valid, "none"]), max_size=1)):
        payload.pop(name, None)
    return [payload]


class SocketRun:
    """Events on connections of one caller. A connection that the server closes is replaced by a new one."""

    def __init__(self, caller: SignedIn, figures: Figures) -> None:
        self.figures = figures
        self._caller = caller
        self._wire = self._connected()

    def run(self, examples: int, number: int, until: float = float("inf")) -> None:
        started = time.monotonic()
        for event in EVENTS:
            if time.monotonic() < until:
                self._try(event, examples, number)
        self.figures.seconds += time.monotonic() - started

    def close(self) -> None:
        self._wire.close()

    def _try(self, event: str, examples: int, number: int) -> None:
        scene = new_scene(self._caller)
        for packet in self._packets(event, scene, examples, number):
            found = self._send(lambda wire, packet=packet: wire.emit(event, *packet))
            shown = json.dumps(packet)[:300]
            self.figures.add(event, [f"{event} {one} (seed {number}): {shown}" for one in found])
        found = self._send(lambda wire: self._emit_with_attachment(wire, event))
        self.figures.add(event, [f"{event} {one}: with an attachment" for one in found])
        if self._wire.is_closed:
            self._wire = self._connected()
        if self._wire.call("sync", {})["success"] is not True:
            self.figures.failures.append(f"{event} spoils its connection (seed {number})")
        self._wire.frames.clear()
        end_scene(self._caller, scene)

    def _packets(self, event: str, scene: Scene, examples: int, number: int) -> list[list[Any]]:
        found: list[list[Any]] = []

        @seed(number)
        @generated(examples)
        @given(packets(VALID[event](scene), scene.names))
        def collect(packet: list[Any]) -> None:
            found.append(packet)

        collect()
        return found

    def _send(self, emit: Any) -> list[str]:
        """What is wrong with the answer to an event, in words."""
        if self._wire.is_closed:
            self._wire = self._connected()
        number = emit(self._wire)
        try:
            ack = self._wire.ack(number, seconds=HANG_SECONDS)
        except AssertionError:
            return [] if self._wire.is_closed else ["is not answered"]
        found = [f"tells {leak!r}" for leak in LEAKS if leak in str(ack) and not ack.get("success")]
        if ack.get("success") is not True and ack.get("error", {}).get("code") not in ANSWERS:
            found.append(f"answers {str(ack)[:200]}")
        return found

    @staticmethod
    def _emit_with_attachment(wire: Wire, event: str) -> int:
        number = 1_000_000
        wire.send(f'451-/chat,{number}["{event}",{{"_placeholder":true,"num":0}}]')
        wire.send(b"\x00\xff")
        return number

    def _connected(self) -> Wire:
        return Wire(self._caller.server, self._caller.token).joined()
