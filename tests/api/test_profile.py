"""The profile: GET and PATCH /profile, PUT and DELETE /profile/picture, GET /picture/<hash>."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from chatapp.actions.audit import lines_after
from chatapp.api.profile import LARGEST_PICTURE_BYTES, PICTURE_TYPES
from chatapp.extensions import db
from chatapp.models import Picture
from tests.api.error_bodies import refusal
from tests.conftest import Browser
from tests.pictures import BLUE, GREEN, RED, bomb, decoded, encoded, plain

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
UNKNOWN = "0123456789abcdef0123456789abcdef"


class Member:
    """A new user, and what the API says of them."""

    def __init__(self, app: Flask, browser: Browser, name: str) -> None:
        self.app, self.browser, self.name = app, browser, name

    @property
    def profile(self) -> dict[str, Any]:
        found: dict[str, Any] = self.browser.get("/profile").get_json()["profile"]
        return found

    def change(self, **values: Any) -> dict[str, Any]:
        answer = self.browser.patch("/profile", json=values)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()["profile"]
        return found

    def upload(self, data: bytes, kind: str = "image/png") -> Any:
        return self.browser.put("/profile/picture", data=data, content_type=kind)

    def show(self, colour: Any) -> str:
        """Sets a picture of one colour and returns its hash."""
        answer = self.upload(encoded(plain(colour), "PNG"))
        assert answer.status_code == 200, answer.text
        picture: str = answer.get_json()["profile"]["picture"]
        return picture

    def listed(self, viewer: Browser, path: str) -> dict[str, Any]:
        """The user as a list shows them."""
        users = viewer.get(path).get_json()["users"]
        (found,) = [one for one in users if one["username"] == self.name]
        return dict(found)

    def audited(self) -> list[tuple[str, dict[str, Any]]]:
        with self.app.app_context():
            lines = [line for line in lines_after(0) if line.actor == self.name]
        return [(line.kind, line.details) for line in lines if line.kind not in ("sign_in", "sign_out")]


@pytest.fixture
def members(app: Flask, browse: Browse, newcomers: Newcomers) -> Callable[[int], list[Member]]:
    return lambda count: [Member(app, browse(name), name) for name in newcomers(count)]


Members = Callable[[int], list[Member]]


def pictures_in(app: Flask, picture: str) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(Picture.hash == picture)) or 0


def test_a_new_profile_is_empty(members: Members) -> None:
    (anna,) = members(1)
    assert anna.profile == {
        "username": anna.name,
        "firstName": anna.name.title(),
        "lastName": "",
        "statusText": "",
        "timeZone": "",
        "picture": None,
        "profileRevision": 0,
    }


def test_what_is_given_is_changed_and_the_rest_stays(members: Members) -> None:
    (anna,) = members(1)
    first = anna.change(firstName="Anna", lastName="Æble", statusText="🌴 on holiday", timeZone="Asia/Kolkata")
    assert (first["firstName"], first["lastName"], first["profileRevision"]) == ("Anna", "Æble", 1)
    second = anna.change(statusText="")
    assert second == {**first, "statusText": "", "profileRevision": 2} == anna.profile
    assert anna.change(lastName="", timeZone="")["timeZone"] == ""
    assert anna.profile["lastName"] == ""


def test_a_change_to_what_there_is_already_is_none(members: Members) -> None:
    (anna,) = members(1)
    anna.change(statusText="here")
    for values in ({}, {"statusText": "here"}, {"statusText": None}, {"timeZone": ""}):
        assert anna.change(**values)["profileRevision"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("firstName", ""),
        ("firstName", " \u200b "),
        ("firstName", "x" * 101),
        ("firstName", "two\nlines"),
        ("lastName", "x" * 101),
        ("lastName", "\x00"),
        ("statusText", "x" * 101),
        ("statusText", "two\nlines"),
        ("statusText", 7),
        ("timeZone", "x" * 65),
        ("timeZone", "Europe/Berlin; x"),
        ("timeZone", "<script>"),
        ("timeZone", " "),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_changes(members: Members, field: str, value: Any) -> None:
    (anna,) = members(1)
    before = anna.profile
    answer = anna.browser.patch("/profile", json={"statusText": "kept out", field: value})
    error = refusal(answer, 422, "invalid_input")
    assert any(name.startswith(field) for name in error["details"]["fields"])
    assert anna.profile == before


def test_the_longest_status_is_100_characters_whatever_their_bytes(members: Members) -> None:
    (anna,) = members(1)
    assert anna.change(statusText=" " + "🌴" * 100 + " ")["statusText"] == "🌴" * 100


def test_others_see_the_profile_in_every_list(members: Members, make_group: Callable[..., str]) -> None:
    anna, ben = members(2)
    make_group(ben.name, anna.name)
    bare = anna.listed(ben.browser, f"/all/{ben.name}")
    assert not {"statusText", "timeZone", "picture", "profileRevision"} & set(bare), "what is empty costs nothing"
    picture = anna.show(RED)
    renamed = f"Renamed {anna.name}"
    anna.change(firstName=renamed, statusText="busy", timeZone="Europe/Berlin")
    shown = {"firstName": renamed, "statusText": "busy", "timeZone": "Europe/Berlin", "picture": picture}
    wanted = {**bare, **shown, "profileRevision": 2}
    assert anna.listed(ben.browser, f"/all/{ben.name}") == wanted
    (group,) = ben.browser.get(f"/all/{ben.name}").get_json()["groups"]
    (member,) = [one for one in group["users"] if one["username"] == anna.name]
    assert member == wanted


def test_who_is_not_signed_in_sees_names_alone(browse: Browse, members: Members) -> None:
    (anna,) = members(1)
    anna.show(RED)
    anna.change(firstName="Anna", statusText="busy", timeZone="Europe/Berlin")
    shown = set(anna.listed(browse(None), "/users")) - {"hasNamesake"}
    assert shown == {"username", "firstName", "lastName", "isOnline", "lastSeen"}
    assert anna.listed(browse(None), "/users")["firstName"] == "Anna"


def test_a_changed_name_is_recorded_and_nothing_else(members: Members) -> None:
    (anna,) = members(1)
    anna.change(statusText="busy", timeZone="UTC")
    anna.show(BLUE)
    assert anna.audited() == []
    anna.change(firstName="Bob", lastName="Brandt")
    anna.change(lastName="Brandt")
    assert anna.audited() == [("name_changed", {"before": anna.name.title(), "after": "Bob Brandt"})]


@pytest.mark.parametrize("kind", PICTURE_TYPES)
def test_a_picture_of_each_kind_is_shown_as_webp(members: Members, kind: str) -> None:
    anna, ben = members(2)
    data = encoded(plain(GREEN), kind.removeprefix("image/").upper())
    profile = anna.upload(data, kind).get_json()["profile"]
    assert profile["profileRevision"] == 1
    answer = ben.browser.get(f"/picture/{profile['picture']}")
    assert answer.status_code == 200
    assert answer.data != data
    assert decoded(answer.data).size == (256, 256)


def test_a_picture_is_kept_for_good_and_can_run_nothing(members: Members) -> None:
    (anna,) = members(1)
    answer = anna.browser.get(f"/picture/{anna.show(RED)}")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_pictures_are_for_people_who_are_signed_in(app: Flask, browse: Browse, members: Members) -> None:
    (anna,) = members(1)
    picture = anna.show(RED)
    for path in (f"/picture/{picture}", f"/picture/{UNKNOWN}", "/profile"):
        refusal(browse(None).get(path), 401, "not_signed_in")
    for method, path in (("PATCH", "/profile"), ("PUT", "/profile/picture"), ("DELETE", "/profile/picture")):
        refusal(app.test_client().open(path, method=method), 401, "not_signed_in")


def test_changes_need_the_csrf_token(app: Flask, members: Members) -> None:
    (anna,) = members(1)
    token = anna.browser.get("/loggedIn").headers["auth-token"]
    foreign = app.test_client()
    foreign.set_cookie("chatToken", token)
    data = encoded(plain(), "PNG")
    refusal(foreign.put("/profile/picture", data=data, content_type="image/png"), 403, "csrf")
    refusal(foreign.delete("/profile/picture"), 403, "csrf")
    refusal(foreign.patch("/profile", json={"firstName": "Mallory"}), 403, "csrf")
    assert anna.profile["profileRevision"] == 0


@pytest.mark.parametrize("picture", [UNKNOWN, "x", "%27%20or%201=1--", "a" * 5_000, "%00", ".."])
def test_an_unknown_picture_is_404(browse: Browse, picture: str) -> None:
    refusal(browse("alice").get(f"/picture/{picture}"), 404, "not_found")


def test_the_address_of_a_picture_is_that_of_its_bytes(members: Members) -> None:
    anna, ben = members(2)
    first = anna.show(RED)
    assert ben.show(RED) == first
    assert anna.show(BLUE) != first


def test_a_picture_is_removed_when_nobody_has_it_any_more(app: Flask, members: Members) -> None:
    anna, ben = members(2)
    picture = anna.show((1, 90, 200))
    ben.show((1, 90, 200))
    anna.show(GREEN)
    assert pictures_in(app, picture) == 1
    assert anna.browser.get(f"/picture/{picture}").status_code == 200
    answer = ben.browser.delete("/profile/picture").get_json()["profile"]
    assert (answer["picture"], answer["profileRevision"]) == (None, 2)
    assert pictures_in(app, picture) == 0
    refusal(anna.browser.get(f"/picture/{picture}"), 404, "not_found")
    assert ben.browser.delete("/profile/picture").get_json()["profile"]["profileRevision"] == 2


def test_nobody_changes_the_profile_of_another(members: Members) -> None:
    anna, ben = members(2)
    ben.change(firstName="Ben", username=anna.name)
    assert (anna.profile["profileRevision"], ben.profile["username"]) == (0, ben.name)


@pytest.mark.parametrize(
    "kind",
    ["", "text/plain", "application/json", "image/svg+xml", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_a_body_of_another_type_is_400(members: Members, kind: str) -> None:
    (anna,) = members(1)
    refusal(anna.upload(encoded(plain(), "PNG"), kind), 400, "malformed")


def test_what_the_type_says_does_not_matter_for_what_a_picture_is(members: Members) -> None:
    (anna,) = members(1)
    assert anna.upload(encoded(plain(), "GIF"), "image/png").status_code == 200
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    refusal(anna.upload(svg), 422, "picture_unreadable")
    refusal(anna.upload(b""), 422, "picture_unreadable")


def test_a_bomb_is_refused_and_the_picture_stays(members: Members) -> None:
    (anna,) = members(1)
    picture = anna.show(RED)
    error = refusal(anna.upload(bomb(30_000)), 422, "too_many_pixels")
    assert error["details"] == {"limit": 40_000_000}
    assert anna.profile["picture"] == picture


def test_a_picture_may_be_larger_than_other_bodies_up_to_a_limit_of_its_own(members: Members) -> None:
    (anna,) = members(1)
    data = encoded(plain(GREEN), "PNG")
    assert anna.upload(data + bytes(LARGEST_PICTURE_BYTES - len(data))).status_code == 200
    refusal(anna.upload(data + bytes(LARGEST_PICTURE_BYTES - len(data) + 1)), 413, "too_large")
    more = {"firstName": "Anna", "more": "x" * 1_000_000}
    refusal(anna.browser.patch("/profile", json=more), 413, "too_large")
