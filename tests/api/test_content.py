"""What a message may hold: 1 to 65,536 bytes of UTF-8, kept as they are, without control characters."""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
MakeGroup = Callable[..., str]
LARGEST = 65_536


def note(browser: Browser, content: str) -> TestResponse:
    answer: TestResponse = browser.post("/messages", json={"receiver": "alice", "content": content})
    return answer


@pytest.mark.parametrize(
    "content",
    [
        *(
            "x",
            " ",
            "\n",
            "\t",
            "a\nb\tc",
            "  kept  ",
            "<b>&amp;</b>",
            "'; DROP TABLE message; --",
            "%s {} ?",
            "\\u0041",
        ),
        *(
            "שלום",
            "👩‍👩‍👧‍👦",
            "e\u0301",
            "é",
            "\u200b",
            "\u202e\u2066",
            "\ufeff",
            "\ufffe",
            "\U0010ffff",
            "\u2028",
            "null",
        ),
    ],
)
def test_text_is_kept_character_for_character(browse: Browse, content: str) -> None:
    alice = browse("alice")
    assert note(alice, content).get_json()["response"]["content"] == content
    assert alice.get("/messages/alice/alice?limit=1").get_json()[0]["content"] == content


def test_a_windows_line_end_becomes_a_newline(browse: Browse) -> None:
    alice = browse("alice")
    assert note(alice, "one\r\ntwo\r\n").get_json()["response"]["content"] == "one\ntwo\n"
    assert alice.get("/messages/alice/alice?limit=1").get_json()[0]["content"] == "one\ntwo\n"


@pytest.mark.parametrize(
    "content", ["x" * LARGEST, "é" * (LARGEST // 2), "€" * 21_845 + "x", "😀" * (LARGEST // 4), "\n" * LARGEST]
)
def test_the_longest_message_is_counted_in_bytes(browse: Browse, content: str) -> None:
    assert len(content.encode()) == LARGEST
    alice = browse("alice")
    assert note(alice, content).status_code == 200
    assert alice.get("/messages/alice/alice?limit=1").get_json()[0]["content"] == content
    error = refusal(note(alice, content + "x"), 422, "invalid_input")
    assert list(error["details"]["fields"]) == ["content"]


def test_a_control_character_is_refused(browse: Browse) -> None:
    alice = browse("alice")
    for number in [*range(9), *range(11, 32), *range(127, 160)]:
        error = refusal(note(alice, f"a{chr(number)}b"), 422, "invalid_input")
        assert "control" in error["details"]["fields"]["content"], number


@pytest.mark.parametrize("content", ["", "\r", "\r\r\n", "\n\r"])
def test_nothing_and_half_a_line_end_are_refused(browse: Browse, content: str) -> None:
    refusal(note(browse("alice"), content), 422, "invalid_input")


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "\\ude00\\ud83d", "x\\ud83d"])
def test_half_a_character_is_refused(browse: Browse, half: str) -> None:
    alice = browse("alice")
    raw = '{"receiver": "alice", "content": "%s"}'
    whole = alice.post("/messages", data=raw % "\\ud83d\\ude00", content_type="application/json")
    assert whole.get_json()["response"]["content"] == "😀"
    answer = alice.post("/messages", data=raw % half, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.get_json()["error"]["code"] in ("malformed", "invalid_input")


def test_bytes_that_are_no_utf_8_are_refused(browse: Browse) -> None:
    for raw in (b'{"receiver": "alice", "content": "\xff"}', '{"receiver": "alice", "content": "x"}'.encode("utf-16")):
        refusal(browse("alice").post("/messages", data=raw, content_type="application/json"), 400, "malformed")


def test_a_group_has_the_same_limits(browse: Browse, make_group: MakeGroup) -> None:
    group_id, alice = make_group("alice"), browse("alice")
    for content, status in (("x" * LARGEST, 200), ("x" * (LARGEST + 1), 422), ("", 422), ("\x00", 422)):
        body = {"receiver": group_id, "group": True, "content": content}
        assert alice.post("/messages", json=body).status_code == status
