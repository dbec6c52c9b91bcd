"""Lists of files: GET /files/<receiver>, and searches with has:file."""

from collections.abc import Callable

from tests.api.senders import TEXT, Pair, pair, sent
from tests.conftest import Browser
from tests.pictures import encoded, plain
from tests.uploads import upload

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]

__all__ = ["pair"]


def test_the_list_of_files_is_newest_first_in_pages_and_by_kind(pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    first = sent(alice, bob_name, upload(alice, TEXT, "1.txt"), upload(alice, encoded(plain(), "PNG"), "2.png"))
    sent(bob, alice_name, content="No file")
    voice = {"uploadId": upload(bob, b"abc", "3.bin"), "isVoice": True}
    sent(bob, alice_name, voice)
    path = f"/files/{bob_name}"
    found = alice.get(path).get_json()
    assert [entry["file"]["name"] for entry in found["files"]] == ["3.bin", "2.png", "1.txt"]
    assert found["more"] is False
    assert found["files"][2]["file"] == first["files"][0]
    assert [found["files"][0][key] for key in ("sender", "sequence")] == [bob_name, 3]
    page = alice.get(path + "?limit=1").get_json()
    assert page["more"] is True
    rest = alice.get(f"{path}?before={page['files'][0]['file']['fileId']}").get_json()
    assert [entry["file"]["name"] for entry in rest["files"]] == ["2.png", "1.txt"]
    media = alice.get(path + "?kind=media").get_json()["files"]
    assert [entry["file"]["name"] for entry in media] == ["2.png"]
    other = alice.get(path + "?kind=other").get_json()["files"]
    assert [entry["file"]["name"] for entry in other] == ["1.txt"]
    for query in ("before=x", "before=1-1", "before=99999-1-1", "kind=x", "limit=0"):
        assert alice.get(f"{path}?{query}").status_code == 422


def test_files_from_before_somebody_joined_are_not_listed(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    alice = browse(anna)
    group = alice.post("/group", json={"groupName": "Files", "users": []}).get_json()["newGroup"]["groupId"]
    assert alice.patch(f"/group/{group}", json={"sharesHistory": False}).status_code == 200
    file_id = sent(alice, group, upload(alice, TEXT), group=True)["files"][0]["fileId"]
    assert alice.post(f"/group/{group}/members", json={"users": [{"username": ben}]}).status_code == 200
    bob = browse(ben)
    assert bob.get(f"/files/{group}?group=yes").get_json()["files"] == []
    assert bob.get(f"/file/{file_id}").status_code == 404
    assert len(alice.get(f"/files/{group}?group=yes").get_json()["files"]) == 1


def test_messages_with_files_are_found(pair: Pair) -> None:
    alice, bob, alice_name, bob_name = pair
    silent = sent(alice, bob_name, upload(alice, TEXT), upload(alice, TEXT))
    captioned = sent(bob, alice_name, upload(bob, TEXT), content=f"The noodles of @{alice_name} at http://a.example/")
    sent(alice, bob_name, content="Noodles without a file")

    def finds(text: str, browser: Browser = alice) -> list[str]:
        answer = browser.get("/search", query_string={"q": text})
        assert answer.status_code == 200, answer.text
        return [hit["message"]["messageId"] for hit in answer.get_json()["hits"]]

    both = [captioned["messageId"], silent["messageId"]]
    assert finds("has:file") == finds("has:file", bob) == finds(f"in:{bob_name} has:file") == both
    assert finds(f"has:file from:{alice_name}") == finds(f"in:{bob_name} has:file from:{alice_name}") == both[1:]
    for text in ("noodles", "mentions:me", "has:link", f"from:{bob_name}", f"mentions:me from:{bob_name}"):
        assert finds(f"has:file {text}") == both[:1], text
    assert finds("has:file has:poll") == finds("has:file before:2020-01-01") == finds("has:file mentions:me rice") == []
    alice.delete(f"/message/{silent['messageId']}")
    assert finds("has:file") == both[:1]
