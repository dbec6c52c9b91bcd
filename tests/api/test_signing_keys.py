"""The keys that sign tokens: another one takes over without signing anybody out."""

import json
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask

from chatapp import clock, close_app, create_app
from chatapp.actions.accounts import NewUser
from chatapp.actions.audit import OPERATOR
from chatapp.actions.bots import add_bot, add_token
from chatapp.config import BadSetting, load
from chatapp.signing_keys import FILE, LOOK_EVERY_SECONDS, kid_of, rotate
from tests.databases import Databases

WEEK_SECONDS = 604_800
OLD, NEW = "old key of 32 characters at least", "new key of 32 characters at least"


@pytest.fixture
def start(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """`start()` starts a server; all of one test share the database and the folder."""
    url = databases.new(NewUser("erin", "Erin"))
    started: list[Flask] = []

    def make(**settings: Any) -> Flask:
        values = {"instance": tmp_path, "database_url": url, "sign_in": "username", "async_mode": "threading"}
        started.append(create_app({**values, **settings}))
        return started[-1]

    yield make
    for app in started:
        close_app(app)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`later(2)` sets both clocks two seconds forward."""
    passed = 0.0
    real_now, real_monotonic = clock.now, clock.monotonic

    def move(seconds: float) -> None:
        nonlocal passed
        passed += seconds

    for module in ("chatapp.signing_keys", "chatapp.tokens", "chatapp.actions.sessions", "chatapp.api.authentication"):
        monkeypatch.setattr(f"{module}.now", lambda: real_now() + timedelta(seconds=passed))
    monkeypatch.setattr("chatapp.signing_keys.monotonic", lambda: real_monotonic() + passed)
    return move


def sign_in(app: Flask) -> str:
    token: str = app.test_client().post("/login", json={"username": "erin"}).headers["auth-token"]
    return token


def status(app: Flask, token: str) -> int:
    return app.test_client().get("/loggedIn", headers={"auth-token": token}).status_code


def kid(token: str) -> str:
    found: str = jwt.get_unverified_header(token)["kid"]
    return found


def rotate_for(app: Flask, *, at_once: bool = False) -> str:
    return rotate(app.extensions["chatapp.settings"], str(app.secret_key), at_once=at_once)


def test_another_key_signs_within_a_second_and_nobody_is_signed_out(
    start: Callable[..., Flask], later: Callable[[float], None]
) -> None:
    app = start()
    before = sign_in(app)
    new = rotate_for(app)
    later(LOOK_EVERY_SECONDS)
    after = sign_in(app)
    assert kid(after) == new != kid(before)
    assert (status(app, before), status(app, after)) == (200, 200)
    for other in (start(), start()):
        assert (status(other, before), status(other, after)) == (200, 200)


def test_a_token_of_the_key_before_expires_as_it_would_have(
    start: Callable[..., Flask], later: Callable[[float], None]
) -> None:
    app = start()
    token = sign_in(app)
    rotate_for(app)
    later(WEEK_SECONDS - 60)
    assert status(app, token) == 200
    later(61)
    assert status(app, token) == 401


def test_a_key_that_is_replaced_is_accepted_no_longer_than_its_tokens(
    start: Callable[..., Flask], later: Callable[[float], None], tmp_path: Path
) -> None:
    """Whoever has found a key of last year signs a token with it that never expires."""
    app = start()
    genuine = sign_in(app)
    claims = jwt.decode(genuine, options={"verify_signature": False})
    rotate_for(app)
    path = tmp_path / FILE
    new, old = json.loads(path.read_text())
    path.write_text(json.dumps([new, {**old, "replaced_at": old["replaced_at"] - WEEK_SECONDS}]))
    later(LOOK_EVERY_SECONDS)
    session = {"jti": jwt.decode(sign_in(app), options={"verify_signature": False})["jti"], "exp": 2**33}
    forged = jwt.encode({**claims, **session}, str(app.secret_key), headers={"kid": kid(genuine)})
    unnamed = jwt.encode({**claims, **session}, str(app.secret_key))
    assert (status(app, forged), status(app, unnamed)) == (401, 401)


def test_tokens_of_older_versions_have_no_kid(start: Callable[..., Flask], later: Callable[[float], None]) -> None:
    app = start()
    claims = jwt.decode(sign_in(app), options={"verify_signature": False})
    token = jwt.encode(claims, str(app.secret_key))
    assert status(app, token) == 200
    rotate_for(app)
    later(LOOK_EVERY_SECONDS)
    assert status(app, token) == 200


def test_all_earlier_tokens_are_invalid_at_once_if_the_key_has_leaked(
    start: Callable[..., Flask], later: Callable[[float], None]
) -> None:
    app = start()
    before = sign_in(app)
    assert status(app, before) == 200, "its claims are remembered now"
    rotate_for(app, at_once=True)
    later(LOOK_EVERY_SECONDS)
    assert status(app, before) == 401
    assert status(app, sign_in(app)) == 200


@pytest.mark.parametrize("kid", ["unknown", 7, [], {}, None, "../secret_key", "x" * 10_000])
def test_a_token_names_a_key_that_exists(start: Callable[..., Flask], kid: object) -> None:
    app = start()
    claims = jwt.decode(sign_in(app), options={"verify_signature": False})
    try:
        token = jwt.encode(claims, "another key, of 32 characters at least", headers={"kid": kid})
    except jwt.exceptions.PyJWTError:  # the library itself refuses to make it
        return
    assert status(app, token) == 401


def test_the_file_is_its_owners_and_two_commands_at_once_lose_nothing(
    start: Callable[..., Flask], tmp_path: Path
) -> None:
    app = start()
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda _: rotate_for(app), range(8)))
    keys = json.loads((tmp_path / FILE).read_text())
    assert {key["kid"] for key in keys} == {*made, kid_of(str(app.secret_key))}
    assert [key["replaced_at"] is None for key in keys] == [True] + [False] * 8
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_keys_that_no_token_can_have_are_dropped(
    start: Callable[..., Flask], later: Callable[[float], None], tmp_path: Path
) -> None:
    app = start()
    rotate_for(app)
    later(WEEK_SECONDS + 1)
    rotate_for(app)
    assert len(json.loads((tmp_path / FILE).read_text())) == 2


def test_the_setting_says_which_keys_there_are(start: Callable[..., Flask]) -> None:
    before = start(signing_keys=OLD)
    token = sign_in(before)
    assert kid(token) == kid_of(OLD)
    assert status(start(signing_keys=f"{NEW}x, {OLD}"), token) == 200
    assert status(start(signing_keys=f"{NEW}x"), token) == 401
    assert status(start(), token) == 401


@pytest.mark.parametrize("bad", ["short", f"{'x' * 32},short", ",,", "x" * 32 + ","])
def test_a_key_has_a_length(tmp_path: Path, bad: str) -> None:
    with pytest.raises(BadSetting, match="32 characters") as refused:
        load({"instance": tmp_path, "signing_keys": bad}, {})
    assert bad not in str(refused.value)


def test_the_token_of_a_bot_outlives_the_keys(start: Callable[..., Flask], later: Callable[[float], None]) -> None:
    app = start()
    journal = app.extensions["chatapp.journal"]
    add_bot(journal, OPERATOR, "robot", "Robot")
    headers = {"auth-token": add_token(journal, OPERATOR, "robot", "test", None).secret}
    person = sign_in(app)
    rotate_for(app)
    later(WEEK_SECONDS + LOOK_EVERY_SECONDS)
    assert status(app, person) == 401
    assert app.test_client().get("/conversations", headers=headers).status_code == 200
