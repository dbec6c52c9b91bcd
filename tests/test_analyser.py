"""The analyser cuts text into the tokens that the index holds."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatapp.search.analyser import LONGEST_TOKEN, folded, placed_tokens, tokens_of
from chatapp.search.matcher import match
from chatapp.search.query import parse_query
from chatapp.search.tokens import FILE, LINK, message_tokens, sender_token

LETTERS = list(
    "aéÉßſøı日本ガｶﾞ゛ﾟ가ㄱㅏㄴ각ำสวัดी्क\u0301\u0327\u3099\u1100\u1161\u11a8\u0345ͺﬁ½①👍🏽\u200d\ufe0f _-'.Ωµ\u0b47\u0b3e"
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.text(st.sampled_from(LETTERS), max_size=12)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello, World!", "hello world"),
        ("don't my_name 3.50", "don t my name 3 50"),
        (f"a {'B' * 100} c", f"a {'b' * 64} c"),
        ("Café Ｃａｆé ẞ ΣΊΣΥΦΟΣ Ёлка", "cafe cafe ss σισυφοσ елка"),
        ("İstanbul Łódź", "istanbul lodz"),
        ("日本語", "日本 本語 語"),
        ("日", "日"),
        ("iPhone15を買う", "iphone15 を買 買う う"),
        ("한국어", "한국 국어 어"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글 글"),
        ("ﾊﾟﾊﾟ", "パパ パ"),
        ("สวัสดี", "สว วั ัส สด ดี ี"),
        ("हिन्दी", "हिन्दी"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("👍🏽 ok", "👍 ok"),
        ("", ""),
        ("... --- !!", ""),
    ],
)
def test_text_becomes_these_tokens(text: str, tokens: str) -> None:
    assert tokens_of(text) == tokens.split()


@settings(max_examples=400, deadline=None)
@given(TEXT)
@example("ᄀ\u200bᅡ")
def test_tokens_have_places_in_the_text(text: str) -> None:
    placed = placed_tokens(text)
    assert [token.text for token in placed] == tokens_of(text)
    assert all(0 <= token.start < token.end <= len(text) for token in placed)
    assert [token.start for token in placed] == sorted(token.start for token in placed)


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@settings(max_examples=400, deadline=None)
@given(TEXT)
def test_tokens_hold_nothing_that_the_languages_of_the_databases_know(text: str) -> None:
    tokens = message_tokens(text, 1, [text])
    assert not any(set(token) & set(" '\"\\*:&|!()<>-^+") for token in tokens)
    assert all(0 < len(token) <= LONGEST_TOKEN for token in tokens)
    assert tokens.count(sender_token(1)) == tokens.count(FILE) == 1
    assert LINK not in tokens_of(text + LINK)


@settings(max_examples=400, deadline=None)
@given(TEXT, st.integers(0, 29), st.integers(1, 30))
def test_a_text_matches_its_own_words(text: str, start: int, length: int) -> None:
    words = text.split()[start : start + length]
    if not words or ":" in text or not tokens_of(" ".join(words)):
        return
    quoted = " ".join(words).replace('"', " ")
    found = match(text, [], parse_query(f'"{quoted}"').terms)
    assert found is not None
    units = len(text.encode("utf-16-le")) // 2
    assert all(0 <= a < b <= units for a, b in found.ranges)


def test_any_two_characters_of_a_run_are_found_together() -> None:
    text = "今天晚上一起去吃饭"
    for at in range(len(text) - 1):
        found = match(text, [], parse_query(text[at : at + 2]).terms)
        assert found is not None
        assert found.ranges == [(at, at + 2)]
        assert match(text, [], parse_query(text[at]).terms) is not None
    assert match(text, [], parse_query("天上").terms) is None


def test_senders_have_tokens_of_their_own() -> None:
    numbers = [*range(1, 500), 0xFFFC, 0xFFFD, 0xFFFE, 10**6, 10**9]
    tokens = [sender_token(number) for number in numbers]
    assert len(set(tokens)) == len(tokens)
    assert all(len(token) == 1 for token in tokens[:500])
