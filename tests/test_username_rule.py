"""The rule for new usernames, and what looks alike."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp import unicode_tables
from chatapp.lookalikes import display_skeleton, is_of_one_script, skeleton
from chatapp.username_rule import name_key, new_username, username_with_at

LETTERS = st.text(st.characters(categories=["L", "N", "M", "S"]), max_size=30)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("alice", "alice"),
        ("Alice", "alice"),
        ("ａｌｉｃｅ", "alice"),
        ("user１", "user1"),
        ("ﬁnn", "finn"),
        ("e\u0301mile", "émile"),
        ("Émile", "émile"),
        ("Weiß", "weiß"),
        ("ΝΊΚΟΣ", "νίκος"),
        ("İbrahim", "ibrahim"),
        ("Иван", "иван"),
        ("山田たろう", "山田たろう"),
        ("カタカナとかな", "カタカナとかな"),
        ("李ming", "李ming"),
        ("田ㄅㄆ", "田ㄅㄆ"),
        ("한글漢字abc", "한글漢字abc"),
        ("anna.b-c_d+2", "anna.b-c_d+2"),
        ("42", "42"),
        ("№1", "no1"),
    ],
)
def test_a_new_username_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert new_username(typed) == stored
    assert new_username(stored) == stored


@pytest.mark.parametrize(
    "name",
    [
        "аlice",  # a Cyrillic a
        "αlice",
        "Ꭺlice",  # a Cherokee A
        "Иvan",
        "ванya",
        "かㄅ",
        "あ한",
        "алиса李",
        "aא",
        "a٣",  # an Arabic digit
    ],
)
def test_a_username_of_two_scripts_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="one script"):
        new_username(name)


@pytest.mark.parametrize("name", ["ada@example.org", "Ada＠example.org", "ada﹫example.org"])
def test_an_at_is_refused_but_where_the_name_is_the_account(name: str) -> None:
    with pytest.raises(ValueError, match=r"or \. _ - \+$"):
        new_username(name)
    assert username_with_at(name) == "ada@example.org"
    with pytest.raises(ValueError, match=r"or \. _ - @ \+$"):
        username_with_at(name.replace("a", " "))


@pytest.mark.parametrize(
    "name",
    ["a\u200db", "a\u200bb", "a\u202eb", "a\u2066b", "\ufeffa", "a\u00adb", "😀", "a😀", "", "½", "a b", "\u3164"],
)
def test_characters_that_are_not_seen_or_no_letters_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must begin with a letter or digit"):
        new_username(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice", "аlice"),
        ("alice", "ALICE"),
        ("coco", "сосо"),
        ("modern", "rnodern"),
        ("bob", "b0b"),
        ("bill", "bi11"),
        ("paypal", "раураl"),
        ("scope", "ѕсоре"),
        ("user1", "user１"),
        ("alice", "al\u200dice"),
        ("a\u0323\u0301", "a\u0301\u0323"),
        ("weiß", "weiss"),
        ("νίκος", "νίκοσ"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("alice", "alicia"), ("ian", "lan"), ("user1", "user2"), ("иван", "ivan"), ("mail", "mall")]
)
def test_names_that_differ_have_two(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_numbered_names_do_not_look_alike() -> None:
    assert len({skeleton(f"user{number}") for number in range(20_000)}) == 20_000


@pytest.mark.parametrize(
    "other",
    ["AIice Ardern", "Alice  Ardern", "ALICE ARDERN", "Аlice Ardеrn", "A1ice\u00a0Ardern", "Alice\u200b Ardern"],
)
def test_display_names_that_look_alike_have_one_skeleton(other: str) -> None:
    assert display_skeleton(other) == display_skeleton("Alice Ardern")


def test_a_capital_that_looks_like_another_counts_in_a_display_name() -> None:
    assert display_skeleton("Βob") == display_skeleton("Bob")  # a Greek Beta
    assert display_skeleton("Rob") != display_skeleton("Bob")


@given(st.text(max_size=60))
def test_the_skeleton_of_a_skeleton_is_itself(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


@given(st.text(max_size=60))
def test_the_key_of_a_key_is_itself_and_looks_the_same(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
    assert skeleton(name_key(text)) == skeleton(text)


@given(LETTERS)
def test_a_stored_name_follows_the_rule_itself(text: str) -> None:
    try:
        stored = new_username(text)
    except ValueError:
        return
    assert new_username(stored) == stored
    assert is_of_one_script(stored)
    assert skeleton(stored) == skeleton(text.replace("\u0130", "i"))


def test_the_tables_are_made_from_unicodes_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "confusables": "# Version: 99.0.0\n0430 ;\t0061 ;\tMA\t# ( а → a )\n0022 ;\t0027 0027 ;\tMA\t# x\n",
        "Scripts": "# Scripts-99.0.0.txt\n0041..0042    ; Latin # L\n0043 ; Latin\n00B7 ; Common # P\n",
        "ScriptExtensions": "00B7 ; Latn Grek # P\n",
        "PropertyValueAliases": "sc ; Latn ; Latin\nsc ; Zyyy ; Common\ngc ; X ; Latin\n",
        "DerivedCoreProperties": "00AD ; Default_Ignorable_Code_Point\n200B..200F ; Default_Ignorable_Code_Point\n",
    }
    for name, content in files.items():
        (tmp_path / f"{name}.txt").write_text(content, encoding="utf-8")
    tables = tmp_path / "tables.txt"
    tables.write_text("# The licence.\nversion 1.0\nconfusable 1 2\n")
    monkeypatch.setattr(unicode_tables, "TABLES", tables)
    monkeypatch.setattr("sys.argv", ["unicode_tables", str(tmp_path)])
    unicode_tables.main()
    assert tables.read_text().splitlines() == [
        "# The licence.",
        "version 99.0.0",
        "confusable 0022 0027 0027",
        "confusable 0430 0061",
        "ignorable 00AD 00AD",
        "ignorable 200B 200F",
        "script 0041 0043 Latn",
        "script 00B7 00B7 Latn Grek",
    ]


def test_the_tables_are_of_one_version_and_under_their_licence() -> None:
    text = unicode_tables.TABLES.read_text(encoding="utf-8")
    assert "UNICODE LICENSE V3" in text
    assert text.count("\nversion ") == 1
