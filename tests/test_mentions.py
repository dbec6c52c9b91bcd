"""Which parts of a text are mentions."""

import pytest

from chatapp.mentions import GROUP, HERE, MOST_MENTIONS, MOST_PLACES, find_mentions, from_text, may_mention, to_text

MEMBERS = {1: "bob", 2: "bob.b", 3: "张伟", 4: "Ünal", 5: "group"}


def found(text: str, *, is_group: bool = True) -> list[tuple[str, int | str]]:
    """The marked parts of the text, cut by UTF-16 code units, and whom they mention."""
    units = text.encode("utf-16-le")
    return [
        (units[start * 2 : end * 2].decode("utf-16-le"), target)
        for start, end, target in find_mentions(text, MEMBERS, is_group=is_group)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@bob", [("@bob", 1)]),
        ("hi @BOB, ok?", [("@BOB", 1)]),
        ("@bob.", [("@bob", 1)]),
        ("@bob.b.", [("@bob.b", 2)]),
        ("@bobby @bob_ x@bob /@bob @@bob @nobody", []),
        ("(@bob) *@bob*", [("@bob", 1), ("@bob", 1)]),
        ("😀👍🏽 @bob 😀 @ünal", [("@bob", 1), ("@ünal", 4)]),
        ("你好@bob你好,@张伟你好", [("@bob", 1), ("@张伟", 3)]),
        ("`@bob` @bob ``a ` @bob``", [("@bob", 1)]),
        ("`@bob", [("@bob", 1)]),
        ("a\n```js\n@bob\n```\n@bob", [("@bob", 1)]),
        ("~~~\n@bob", []),
        ("```a``` @bob", [("@bob", 1)]),
        ("@here @group", [("@here", HERE), ("@group", GROUP)]),
    ],
)
def test_mentions_in_a_group(text: str, expected: list[tuple[str, int | str]]) -> None:
    assert found(text) == expected
    assert may_mention(text) or not expected


@pytest.mark.parametrize("text", ["hello", "mail me: ann@example.org", "https://example.org/@ann", "@", "@@ann"])
def test_a_text_that_mentions_nobody_needs_no_members(text: str) -> None:
    assert not may_mention(text)


def test_a_private_conversation_has_no_mention_of_all() -> None:
    assert find_mentions("@here @group", {1: "bob"}, is_group=False) == []
    assert find_mentions("@group", {1: "bob"}, is_group=True)[0].target == GROUP


def test_what_is_beyond_the_limit_is_text() -> None:
    assert len(found("@bob " * (MOST_MENTIONS + 5))) == MOST_MENTIONS


def test_the_stored_form_reads_back() -> None:
    mentions = find_mentions("@bob @here", MEMBERS, is_group=True)
    assert from_text(to_text(mentions)) == mentions
    assert to_text([]) is None
    assert from_text(None) == []


def test_only_the_first_places_of_a_hostile_message_are_looked_at() -> None:
    assert found("@no " * (MOST_PLACES - 1) + "@bob @bob") == [("@bob", 1)]
