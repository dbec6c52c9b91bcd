"""What a turn of the hub leaves to be done, whatever goes wrong in it."""

import os
from typing import NoReturn

import eventlet
import pytest

from chatapp.turns import MOST_CALLS, MOST_LOOKS, Turn, this_turn


def test_what_fails_in_a_turn_keeps_nothing_else_from_being_done(caplog: pytest.LogCaptureFixture) -> None:
    turn = this_turn()
    done: list[str] = []
    for call in (turn.soon, turn.late):
        call(fail)
        call(lambda: done.append("after it"))
    eventlet.sleep(0.01)
    assert done == ["after it", "after it"]
    assert caplog.text.count("Something that was due could not be done") == 2


def test_whoever_is_due_again_and_again_does_not_keep_the_hub_from_its_timers() -> None:
    turn = this_turn()
    calls: list[int] = []
    is_over = False

    def again() -> None:
        calls.append(len(calls))
        if not is_over:
            turn.soon(again)

    turn.soon(again)
    eventlet.sleep(0.05)
    is_over = True
    # More than one turn of it, with the hub's own sleep in between.
    assert len(calls) > MOST_CALLS


@pytest.mark.parametrize("ending", [SystemExit, KeyboardInterrupt])
def test_whoever_asks_the_process_to_end_in_a_turn_does_not_end_the_turns(ending: type[BaseException]) -> None:
    turn = Turn(this_turn().hub)
    done: list[str] = []

    def end() -> None:
        raise ending

    turn.soon(end)
    turn.soon(lambda: done.append("what was due with it"))
    with pytest.raises(ending):
        turn._run()
    turn.late(lambda: done.append("what came later"))
    eventlet.sleep(0.01)
    assert done == ["what was due with it", "what came later"]


def test_a_source_that_fails_keeps_nothing_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    turn = Turn(this_turn().hub)
    turn.look_again_at(fail)
    done: list[str] = []
    turn.late(lambda: done.append("late"))
    eventlet.sleep(0.01)
    assert done == ["late"]
    assert caplog.text.count("Something that was due could not be done") == MOST_LOOKS


def test_a_fault_of_who_listens_does_not_end_the_listening(caplog: pytest.LogCaptureFixture) -> None:
    readable, writable = os.pipe()
    listener = this_turn().listen(readable, lambda descriptor: (os.read(descriptor, 1), fail()))
    for _ in range(2):
        os.write(writable, b".")
        eventlet.sleep(0.01)
    assert caplog.text.count("What has arrived could not be taken in") == 2
    this_turn().hub.remove(listener)
    os.close(readable)
    os.close(writable)


def fail() -> NoReturn:
    raise LookupError("a fault of ours")
