"""Which links of a text get a preview."""

import time

import pytest

from chatapp.previews.links import MOST_LINKS, links_in

A, B = "https://a.example.com/", "https://b.example.com/page?x=1"

FOUND = {
    f"see {A}": [A],
    f"{A} and {B}": [A, B],
    f"{A} {A} {B}": [A, B],
    "http://a.example.com": ["http://a.example.com"],
    "HTTPS://A.EXAMPLE.COM/X": ["HTTPS://A.EXAMPLE.COM/X"],
    f"({A})": [A],
    f"<{A}>": [A],
    f"**{A}**": [A],
    f"_{A}_": [A],
    f"~~{A}~~": [A],
    f"[words]({A})": [A],
    f'[words]({A} "a title")': [A],
    f"![a picture]({A}a_)": [f"{A}a_"],
    f"> - {A}, {B}.": [A, B],
    f"Is it {A}? Yes: {B}!": [A, B],
    "https://a.example.com/b_(c)": ["https://a.example.com/b_(c)"],
    "(https://a.example.com/b_(c))": ["https://a.example.com/b_(c)"],
    "https://a.example.com/x#part": ["https://a.example.com/x#part"],
    "\u770b https://a.example.com/\u4f8b\u3002": ["https://a.example.com/\u4f8b"],
    f"https://127.0.0.1/ https://u:p@example.com/ {A}": [A],
    f"    not code\n\n{A}": [A],
    f"words\n    {A}": [A],
    f"a || b {A}": [A],
    f"||hidden|| {A}": [A],
    f"||hidden\n\n{A}||": [A],
}

NOT_FOUND = [
    "no link",
    "://",
    "https://",
    "https://localhost/",
    "ftp://a.example.com/",
    "xhttps://a.example.com/",
    "a.example.com",
    f"`{A}`",
    f"``{A} ` ``",
    f"```\n{A}\n```",
    f"~~~\n{A}\n~~~",
    f"```\n{A}",
    f"    {A}",
    f"words\n\n    {A}\n    {B}",
    f"\t{A}",
    f"||{A}||",
    f"||look: {A} and\n{B} there||",
    f"a || b ||{A}||",
    f"||{A}|| and ||{B}||",
    f"||[words]({A})||",
]


@pytest.mark.parametrize(("content", "wanted"), FOUND.items())
def test_a_link_is_found(content: str, wanted: list[str]) -> None:
    assert links_in(content) == wanted


@pytest.mark.parametrize("content", NOT_FOUND)
def test_what_is_hidden_or_no_link_is_not_found(content: str) -> None:
    assert links_in(content) == []


def test_the_first_links_are_found() -> None:
    many = [f"https://example.com/{number}" for number in range(10)]
    assert links_in(" ".join(many)) == many[:MOST_LINKS]


@pytest.mark.parametrize(
    "part", ["https://", "https://a.b/(", "||a ", "`", "[](https://", "https://127.0.0.1/ ", "\n\n "]
)
def test_a_hostile_text_takes_little_time(part: str) -> None:
    started = time.perf_counter()
    links_in(part * (65_536 // len(part)) + "://")
    assert time.perf_counter() - started < 0.5
