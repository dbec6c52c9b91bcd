"""Answers of a provider that is broken, slow or hostile."""

import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chatapp.oidc import limits
from tests.api.error_bodies import refusal
from tests.oidc.scripted_provider import ScriptedProvider
from tests.oidc.signing_in import begin, come_back, sign_in


@pytest.mark.parametrize(("issuer", "told"), [("own", "signed-in"), ("http://evil.example", ""), ("", ""), (None, "")])
def test_an_answer_of_another_provider_is_refused_before_the_code_is_sent(
    client: FlaskClient, provider: ScriptedProvider, issuer: str | None, told: str
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    asked = begin(client)
    provider.claims = {"sub": "x", "nonce": asked["nonce"]}
    query = {} if issuer is None else {"iss": provider.issuer if issuer == "own" else issuer}
    assert come_back(client, state=asked["state"], **query) == (told or "sign-in-failed/sign_in_refused")
    assert provider.count("/token") == (1 if told else 0)


def test_the_userinfo_of_somebody_else_is_refused(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.userinfo = {"sub": "somebody else"}
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


def test_metadata_of_another_issuer_is_not_used(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.metadata = {"issuer": "https://another.example"}
    refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")
    provider.metadata = {"token_endpoint": "ftp://another.example/token"}
    refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")


BROKEN: dict[str, Callable[[], tuple[int, bytes]]] = {
    "an error": lambda: (500, b"{}"),
    "a page": lambda: (200, b"<html>"),
    "a list": lambda: (200, b"[]"),
    "nothing": lambda: (200, b""),
    "deep JSON": lambda: (200, b"[" * 100_000),
    "too much": lambda: (200, b'{"a": "' + b"x" * limits.BODY_BYTES + b'"}'),
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"])
@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_broken_provider_is_told_of_and_works_again_later(
    client: FlaskClient, provider: ScriptedProvider, path: str, answer: Callable[[], tuple[int, bytes]]
) -> None:
    provider.answers[path] = answer
    if path == "/.well-known/openid-configuration":
        refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")
    else:
        assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
    provider.answers.clear()
    assert sign_in(client, provider) == "signed-in"


def test_a_code_is_not_sent_on_to_where_the_provider_redirects(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.answers["/token"] = lambda: (307, f"{provider.issuer}/moved".encode())
    provider.answers["/moved"] = lambda: (200, b"{}")
    assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
    assert provider.count("/moved") == 0


def test_a_provider_that_is_down_is_told_of(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = app.extensions["chatapp.oidc"]["open"]
    monkeypatch.setattr(found, "settings", found.settings.model_copy(update={"issuer": "http://127.0.0.1:1"}))
    refusal(client.post("/oidc/open/start", json={}), 503, "provider_unavailable")


def test_a_slow_provider_is_waited_for_only_so_long(
    client: FlaskClient, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CALL_SECONDS", 0.2)
    may_answer = threading.Event()

    def late() -> tuple[int, bytes]:
        may_answer.wait(limits.STEP_SECONDS)
        return 200, b"{}"

    provider.answers["/token"] = late
    at = time.monotonic()
    assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
    assert time.monotonic() - at < limits.STEP_SECONDS - 1
    may_answer.set()


def test_failed_sign_ins_make_the_next_one_wait(client: FlaskClient, provider: ScriptedProvider) -> None:
    provider.answers["/token"] = lambda: (400, b'{"error": "invalid_grant"}')
    for _ in range(11):
        assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"
    asked = provider.count("/token")
    assert sign_in(client, provider) == "sign-in-failed/too_many_attempts"
    assert provider.count("/token") == asked


def test_a_client_that_is_not_set_up_is_no_failure_of_the_person(
    client: FlaskClient, provider: ScriptedProvider
) -> None:
    provider.answers["/token"] = lambda: (401, b'{"error": "invalid_client"}')
    for _ in range(12):
        assert sign_in(client, provider) == "sign-in-failed/provider_unavailable"
