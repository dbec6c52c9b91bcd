"""Search: what is found, by whom, and how it is refused."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.api.searching import Searcher

Browse = Callable[[str | None], FlaskClient]


@pytest.mark.parametrize(
    ("content", "query"),
    [
        ("Let us meet at the station", "station"),
        ("Let us meet at the station", "STATION meet"),
        ("Let us meet at the station", "stat"),
        ("Let us meet at the station", "stat* meet"),
        ("Let us meet at the station", '"at the station"'),
        ("Das wäre schön, Ænne", "ware SCHON"),
        ("Ёлка и Йод", "елка йод"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("straße", "STRASSE"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("今天晚上一起吃饭", "晚上"),
        ("今天晚上一起吃饭", "吃饭"),
        ("今天晚上一起吃饭", "饭"),
        ("今天晚上一起吃饭", "今"),
        ("今天晚上一起吃饭", "今天晚上一起"),
        ("日本語を話す", "本語"),
        ("ﾊﾟｿｺﾝ", "パソ"),
        ("한국어를 공부해요", "국어"),
        ("สวัสดีครับ", "สดี"),
        ("iPhone を買う", '"iPhone を買"'),
        ("Łódź and Køge", "lodz koge"),
        ("हिन्दी में लिखो", "हिन्दी"),
        ("שָׁלוֹם", "שלום"),
        ("party 🎉 tonight", "🎉"),
        ("call my_function(now)", "my_function"),
        ("see https://example.org/a-page", "example.org"),
        ("it costs 12.50 today", "12.50"),
    ],
)
def test_text_is_found_in_any_script(pair: tuple[Searcher, Searcher], content: str, query: str) -> None:
    alice, bob = pair
    alice.say(bob.username, content, "something else 別 แยก")
    assert alice.finds(query) == bob.finds(query) == [content]


@pytest.mark.parametrize(
    ("content", "query"),
    [
        ("Let us meet at the station", '"stat"'),
        ("Let us meet at the station", '"station the"'),
        ("Let us meet at the station", "station airport"),
        ("Let us meet at the station", "tation"),
        ("今天晚上一起吃饭", "天饭"),
        ("か", "が"),
        ("a bee", "b"),
    ],
)
def test_other_text_is_not_found(pair: tuple[Searcher, Searcher], content: str, query: str) -> None:
    alice, bob = pair
    alice.say(bob.username, content)
    assert alice.finds(query) == []


def test_hits_name_their_conversation_and_the_places_of_the_words(pair: tuple[Searcher, Searcher]) -> None:
    alice, bob = pair
    [said] = alice.say(bob.username, "🎉 The café is open")
    found = bob.search("cafe ope")
    assert found == {
        "hits": [
            {
                "receiver": alice.username,
                "group": False,
                "message": said,
                "ranges": [[7, 11], [15, 19]],
                "fileRanges": [],
            }
        ],
        "more": False,
        "cursor": None,
    }
    assert alice.search("cafe")["hits"][0]["receiver"] == bob.username
    assert alice.marks("cafe ope") == [["café", "open"]]
    alice.say(bob.username, "今天晚上 Ｍeet")
    assert alice.marks("天晚") == [["天晚"]]
    assert alice.marks("上") == [["上"]]
    assert alice.marks("meet") == [["Ｍeet"]]


def test_filters_restrict_the_search(
    pair: tuple[Searcher, Searcher], browse: Browse, make_group: Callable[..., str]
) -> None:
    alice, bob = pair
    group = make_group(alice.username, bob.username)
    name = alice.client.get(f"/group/{group}").get_json()["group"]["groupName"]
    alice.say(bob.username, "lunch with a link https://example.org")
    bob.say(alice.username, "lunch?")
    bob.say(group, "lunch everybody", group=True)
    assert alice.finds("lunch") == ["lunch everybody", "lunch?", "lunch with a link https://example.org"]
    assert alice.finds(f"lunch from:{alice.username}") == ["lunch with a link https://example.org"]
    assert alice.finds("lunch from:me") == ["lunch with a link https://example.org"]
    assert alice.finds(f"from:{bob.username}") == ["lunch everybody", "lunch?"]
    assert alice.finds("has:link") == ["lunch with a link https://example.org"]
    assert alice.finds(f'lunch in:"{name}"') == ["lunch everybody"]
    assert alice.finds(f'lunch in:"{name.upper()}" in:{bob.username}')[1:] == alice.finds(f"lunch in:@{bob.username}")
    assert alice.finds("lunch after:2000-01-01 before:2100-01-01") == alice.finds("lunch")
    assert alice.finds("lunch before:2000-01-01") == alice.finds("lunch after:2100-01-01") == []
    today = alice.search("lunch")["hits"][0]["message"]["timestamp"][:10]
    assert len(alice.finds(f"lunch after:{today}", utcOffset=0)) == 3
    assert alice.finds(f"lunch before:{today}", utcOffset=0) == []


def test_pages_lead_through_all_hits(pair: tuple[Searcher, Searcher], make_group: Callable[..., str]) -> None:
    alice, bob = pair
    group = make_group(alice.username, bob.username)
    for number in range(12):
        alice.say(bob.username, f"apple {number} in private")
        alice.say(group, f"apple {number} in the group", group=True)
    everything = bob.finds("apple", limit=50)
    assert everything[:2] == ["apple 11 in the group", "apple 11 in private"]
    assert len(everything) == 24
    for order in ("newest", "relevance"):
        pages: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(5):
            page = bob.search("apple", limit=5, order=order, **cursor)
            assert page["more"] == (page["cursor"] is not None)
            pages += [hit["message"]["content"] for hit in page["hits"]]
            cursor = {"cursor": page["cursor"]} if page["more"] else {}
        assert sorted(pages) == sorted(everything), order
        assert order == "relevance" or pages == everything
        assert cursor == {}


def test_relevance_puts_the_better_match_first(pair: tuple[Searcher, Searcher]) -> None:
    alice, bob = pair
    alice.say(bob.username, "pear", f"a pear {'and other things ' * 20}", "pears")
    assert alice.finds("pear", order="relevance")[0] == "pear"
    assert alice.finds("pear")[0] == "pears"


def test_outsiders_find_nothing(
    browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str]
) -> None:
    owner, member, outsider = (Searcher(browse(name), name) for name in newcomers(3))
    group = make_group(owner.username, member.username)
    owner.say(group, "the secret plan", group=True)
    owner.say(member.username, "the secret word")
    for query in ("secret", f"from:{owner.username}", "secret plan"):
        assert outsider.search(query) == {"hits": [], "more": False, "cursor": None}
    assert len(member.finds("secret")) == 2
    # Somebody who is removed finds nothing from that moment, and again everything when they are back.
    owner.client.delete(f"/group/{group}/members/{member.username}")
    assert member.finds("secret") == ["the secret word"]
    owner.client.post(f"/group/{group}/members", json={"users": [{"username": member.username}]})
    assert len(member.finds("secret")) == 2


def test_history_from_before_a_member_joined_stays_hidden(
    browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str]
) -> None:
    owner, late = (Searcher(browse(name), name) for name in newcomers(2))
    group = make_group(owner.username)
    owner.client.patch(f"/group/{group}", json={"sharesHistory": False})
    owner.say(group, "gossip about late", group=True)
    owner.client.post(f"/group/{group}/members", json={"users": [{"username": late.username}]})
    owner.say(group, "gossip for all", group=True)
    assert late.finds("gossip") == late.finds(f"from:{owner.username}") == ["gossip for all"]
    assert len(owner.finds("gossip")) == 2
    owner.client.patch(f"/group/{group}", json={"sharesHistory": True})
    assert len(late.finds("gossip")) == 2


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"q": ""}, "at least 1 character"),
        ({"q": "   "}, "must have a word"),
        ({"q": "?!"}, "must have a word"),
        ({"q": "in:alice"}, "must have a word"),
        ({"q": "x" * 301}, "at most 300"),
        ({"q": "a b c d e f g h i j k l m n o p q"}, "at most 16"),
        ({"q": "日" * 100}, "48 in all"),
        ({"q": "from: x"}, "from: needs a value"),
        ({"q": "x before:yesterday"}, "before: needs a day"),
        ({"q": "x before:2026-02-31"}, "before: needs a day"),
        ({"q": "x after:0001-01-01", "utcOffset": "840"}, "no such day"),
        ({"q": "x has:cake"}, "has:cake is not known"),
        ({"q": "x\x00"}, "control characters"),
        ({"q": "x", "order": "best"}, "newest"),
        ({"q": "x", "limit": "51"}, "50"),
        ({"q": "x", "cursor": "1; DROP"}, "pattern"),
        ({"q": "x", "utcOffset": "900"}, "840"),
    ],
)
def test_a_search_that_cannot_be_understood_is_refused(browse: Browse, query: dict[str, str], reason: str) -> None:
    answer = browse("alice").get("/search", query_string=query)
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["error"]["code"] == "invalid_input"
    assert reason in answer.get_json()["error"]["message"]


@pytest.mark.parametrize("query", ["x from:nobody-here", "x in:nobody-here", "x in:mallory"])
def test_names_that_the_caller_does_not_know_are_refused(browse: Browse, query: str) -> None:
    answer = browse("alice").get("/search", query_string={"q": query})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "query", ['"', '""', "'", "a AND", "NEAR(a b)", "tokens:x", "x*y*", "-x", "(x", "x:*", "a & ! |", "\\"]
)
def test_the_languages_of_the_databases_have_no_meaning(pair: tuple[Searcher, Searcher], query: str) -> None:
    alice, bob = pair
    alice.say(bob.username, "a and near a b tokens x y")
    assert alice.client.get("/search", query_string={"q": f"{query} near"}).status_code == 200


def test_a_search_needs_a_session(browse: Browse) -> None:
    assert browse(None).get("/search", query_string={"q": "x"}).status_code == 401
