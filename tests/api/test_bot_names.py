"""The display name of a bot, which administrators change."""

import itertools

import pytest

from tests.api.administrators import Add, Browse
from tests.api.error_bodies import refusal
from tests.conftest import Browser

_numbers = itertools.count(1)


@pytest.fixture
def bot(admin: Browser) -> str:
    """The username of a new bot, called Robo."""
    username = f"named{next(_numbers):05}"
    assert admin.post("/admin/bots", json={"username": username, "name": "Robo"}).status_code == 200
    return username


def name_of(admin: Browser, bot: str) -> str:
    (name,) = (one["name"] for one in admin.get("/admin/bots").get_json()["bots"] if one["username"] == bot)
    return str(name)


def test_an_administrator_renames_a_bot_which_is_recorded_once(admin: Browser, bot: str) -> None:
    for _ in range(2):
        assert admin.patch(f"/admin/bots/{bot}", json={"name": "Weather"}).status_code == 200
    assert name_of(admin, bot) == "Weather"
    lines = admin.get(f"/admin/audit?username={bot}&kind=name_changed").get_json()["lines"]
    me = admin.get("/loggedIn").get_json()["username"]
    assert [(line["actor"], line["details"]) for line in lines] == [(me, {"before": "Robo", "after": "Weather"})]


@pytest.mark.parametrize("name", ["", " ", "x" * 101, None, "a\nb"])
def test_a_name_that_is_none_is_refused(admin: Browser, bot: str, name: str | None) -> None:
    refusal(admin.patch(f"/admin/bots/{bot}", json={"name": name}), 422, "invalid_input")
    assert name_of(admin, bot) == "Robo"


def test_only_bots_are_renamed_here(admin: Browser, person: Add) -> None:
    refusal(admin.patch(f"/admin/bots/{person('member')}", json={"name": "Robo"}), 404, "not_found")
    refusal(admin.patch("/admin/bots/nobody.here", json={"name": "Robo"}), 404, "not_found")


@pytest.mark.parametrize("role", ["moderator", "member", "guest", "bot"])
def test_nobody_but_an_administrator_renames_a_bot(admin: Browser, bot: str, enter: Browse, role: str) -> None:
    refusal(enter(role).patch(f"/admin/bots/{bot}", json={"name": "Mine"}), 403, "forbidden")
    assert name_of(admin, bot) == "Robo"
