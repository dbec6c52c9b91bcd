"""GET /users and GET /all/<username>."""

import gzip
from collections.abc import Callable

from flask import Flask

from chatapp.actions.accounts import NewUser, add_users
from tests.api.error_bodies import refusal
from tests.conftest import DAVES_PASSWORD, Browser

Browse = Callable[[str | None], Browser]
CAST = ["alice", "bob", "carol", "dave", "mallory"]


def test_all_users_are_listed_without_a_session_in_username_mode(browse: Browse) -> None:
    answer = browse(None).get("/users")
    assert answer.status_code == 200
    users = answer.get_json()["users"]
    names = [user["username"] for user in users]
    assert names == sorted(names)
    assert [name for name in names if name in CAST] == CAST
    assert users[names.index("alice")] == {
        "firstName": "Alice",
        "lastName": "Ardern",
        "username": "alice",
        "isOnline": False,
        "lastSeen": None,
    }


def test_the_list_needs_a_session_in_password_mode(password_app: Flask) -> None:
    client = password_app.test_client()
    refusal(client.get("/users"), 401, "not_signed_in")
    client.post("/login", json={"username": "dave", "password": DAVES_PASSWORD})
    listed = [user["username"] for user in client.get("/users").get_json()["users"]]
    assert [name for name in listed if name in CAST] == CAST


def test_a_long_list_is_compressed_for_who_accepts_that(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    client = app.test_client()
    accepting = {"Accept-Encoding": "gzip, br"}
    assert "Content-Encoding" not in client.get("/users", headers=accepting).headers, "a short one is not"
    add_users(app.extensions["chatapp.journal"], [NewUser(f"person{number}", "Erin") for number in range(100)])
    plain, packed = client.get("/users"), client.get("/users", headers=accepting)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 5
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_the_open_list_of_users_ignores_a_bad_token(app: Flask) -> None:
    assert app.test_client().get("/users", headers={"auth-token": "expired"}).status_code == 200


def test_a_deactivated_user_is_not_listed(make_app: Callable[..., Flask]) -> None:
    from chatapp.actions.administration import deactivate
    from chatapp.actions.audit import OPERATOR

    app = make_app()
    assert "bob" in app.test_client().get("/users").text
    with app.app_context():
        deactivate(app.extensions["chatapp.journal"], OPERATOR, "bob")
    assert "bob" not in app.test_client().get("/users").text


def test_all_lists_every_user_and_the_groups_of_the_caller(
    browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str]
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    answer = browse(anna).get(f"/all/{anna}").get_json()
    assert {anna, ben, *CAST} <= {user["username"] for user in answer["users"]}
    (group,) = answer["groups"]
    assert group["groupId"] == group_id
    assert group["messages"] == []
    assert [user["username"] for user in group["users"]] == sorted([anna, ben])
    assert group["createdAt"].endswith("Z")
    assert [one["groupId"] for one in browse(ben).get(f"/all/{ben}").get_json()["groups"]] == [group_id]


def test_a_listed_group_contains_its_newest_messages_oldest_first(
    browse: Browse, newcomers: Callable[[int], list[str]], make_group: Callable[..., str]
) -> None:
    (anna,) = newcomers(1)
    group_id, browser = make_group(anna), browse(anna)
    for number in range(25):
        browser.post("/messages", json={"receiver": group_id, "group": True, "content": str(number)})
    (group,) = browser.get(f"/all/{anna}").get_json()["groups"]
    assert [message["content"] for message in group["messages"]] == [str(number) for number in range(5, 25)]


def test_a_user_without_groups_gets_an_empty_list(browse: Browse) -> None:
    assert browse("mallory").get("/all/mallory").get_json()["groups"] == []


def test_a_user_cannot_list_the_groups_of_another_user(browse: Browse, make_group: Callable[..., str]) -> None:
    group_id = make_group("alice", "bob")
    assert group_id in [one["groupId"] for one in browse("alice").get("/all/alice").get_json()["groups"]]
    assert browse("mallory").get("/all/mallory").status_code == 200
    refusal(browse("mallory").get("/all/alice"), 403, "forbidden")


def test_an_unknown_username_is_403_like_another_users(browse: Browse) -> None:
    for name in ("nobody", "ALICE", "alice%20", "%ff"):
        refusal(browse("alice").get(f"/all/{name}"), 403, "forbidden")
    refusal(browse("alice").get("/all/alice%00"), 404, "not_found")


def test_all_needs_a_session(browse: Browse) -> None:
    refusal(browse(None).get("/all/alice"), 401, "not_signed_in")
