"""GET /users and GET /all/<username>."""

from collections.abc import Callable

from tests.conftest import Browser


def test_the_sign_in_page_can_list_everybody_without_a_session(browse: Callable[..., Browser]) -> None:
    answer = browse(None).get("/users")
    assert answer.status_code == 200
    names = [user["username"] for user in answer.get_json()["users"]]
    assert names == ["alice", "bob", "carol", "dave", "mallory"]


def test_nobody_lists_what_another_is_in(browse: Callable[..., Browser]) -> None:
    assert browse("mallory").get("/all/mallory").status_code == 200
    answer = browse("mallory").get("/all/alice")
    assert answer.status_code == 403
    assert answer.get_json()["error"]["code"] == "forbidden"
