"""What a message may hold: 1 to 65,536 bytes of UTF-8, kept as they are, something visible, no control characters."""

import sys
import unicodedata
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from chatapp.blank_text import is_blank
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
            " x",
            "\nx",
            "x\t",
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
            "\u200bx\u200b",
            "\u202e\u2066x",
            "\ufeff.",
            "\u3164가",
            "❤️",
            "क्\u200dष",
            "\ufffe",
            "\U0010ffff",
            "one\u2028two",
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
    "content",
    ["x" * LARGEST, "é" * (LARGEST // 2), "€" * 21_845 + "x", "😀" * (LARGEST // 4), "\n" * (LARGEST - 1) + "x"],
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


BLANKS = (
    *(" ", "   ", "\n", "\t", " \n\t ", "\u00a0", "\u2028\u2029", "\u3000", "\r\n", "\n" * LARGEST, " " * LARGEST),
    *("\u200b", "\u200b" * 21_845, "\u200c\u200d", "\u2060", "\ufeff", "\u202e\u2066", "\u00ad", "\u061c"),
    *("\u034f", "\u115f\u1160", "\u17b4", "\u17b5", "\u180b", "\u180e", "\u180f", "\u2800", "\u3164", "\uffa0"),
    *("\ufe0f", "\U000e0001", "\U000e0020\U000e007f", "\U000e0100", " \u200b\u2800\n\u3164\ufe0e\u00a0"),
)


@pytest.mark.parametrize("content", BLANKS)
def test_a_message_that_shows_nothing_is_refused_like_an_empty_one(browse: Browse, content: str) -> None:
    alice = browse("alice")
    error = refusal(note(alice, content), 422, "invalid_input")
    assert error["details"]["fields"] == {"content": "must have something visible in it"}
    assert error == refusal(note(alice, ""), 422, "invalid_input")


def test_blank_is_what_unicode_says_and_a_list_of_characters_that_are_drawn_as_nothing() -> None:
    listed = [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, *range(0xFE00, 0xFE10)]
    listed += [0xFFA0, *range(0xE0000, 0xE1000)]
    newer = set(range(0x13439, 0x13440))
    """Cc, Cf or Z only since a Unicode that the oldest Python here does not know."""
    found = {number for number in range(sys.maxunicode + 1) if is_blank(chr(number))}
    categories = {number: unicodedata.category(chr(number)) for number in range(sys.maxunicode + 1)}
    wanted = {number for number, category in categories.items() if category[0] == "Z" or category in ("Cc", "Cf")}
    assert found - newer == wanted.union(listed) - newer
    assert {categories[number] for number in newer} <= {"Cn", "Cf"}


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
    for content, status in (
        ("x" * LARGEST, 200),
        ("x" * (LARGEST + 1), 422),
        ("", 422),
        ("\x00", 422),
        ("\u200b", 422),
    ):
        body = {"receiver": group_id, "group": True, "content": content}
        assert alice.post("/messages", json=body).status_code == status
