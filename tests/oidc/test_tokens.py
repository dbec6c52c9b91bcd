"""Which ID tokens of a provider are accepted."""

import base64
import hmac
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.oidc.scripted_provider import CLIENT_ID, CLIENT_SECRET, ScriptedProvider
from tests.oidc.signing_in import begin, sign_in, who


def test_who_goes_back_is_told_so(client: FlaskClient, provider: ScriptedProvider) -> None:
    asked = begin(client)
    answer = client.get("/oidc/open/callback", query_string={"error": "access_denied", "state": asked["state"]})
    assert answer.headers["Location"] == "/#/sign-in-failed/sign_in_denied"
    assert provider.count("/token") == 0


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another client"},
    "audiences without ours": {"aud": ["another client"], "azp": CLIENT_ID},
    "no audience": {"aud": None},
    "issued to another": {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
    "several audiences and no party": {"aud": [CLIENT_ID, "another client"]},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "no issuer": {"iss": None},
    "expired": {"exp": 1},
    "no expiry": {"exp": None},
    "not yet issued": {"iat": 2**33},
    "not yet valid": {"nbf": 2**33},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a long subject": {"sub": "x" * 256},
    "a token of another access token": {"at_hash": "x"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_token_with_wrong_claims_is_refused(
    client: FlaskClient, provider: ScriptedProvider, claims: dict[str, Any]
) -> None:
    assert sign_in(client, provider, **claims) == "sign-in-failed/sign_in_refused"
    assert who(client) is None
    assert sign_in(client, provider) == "signed-in"


def encoded(part: dict[str, Any] | bytes) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_a_token_without_a_signature_is_refused(
    client: FlaskClient, provider: ScriptedProvider, algorithm: str
) -> None:
    provider.metadata = {"id_token_signing_alg_values_supported": ["none"]}
    provider.sign = lambda claims: f"{encoded({'alg': algorithm, 'kid': 'first'})}.{encoded(claims)}."
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


@pytest.mark.parametrize("secret", ["of the client", "the public key"])
def test_a_token_that_a_secret_signed_is_refused(client: FlaskClient, provider: ScriptedProvider, secret: str) -> None:
    key = CLIENT_SECRET.encode() if secret == "of the client" else provider.key.as_pem(private=False)

    def sign(claims: dict[str, Any]) -> str:
        signed = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{encoded(claims)}"
        return f"{signed}.{encoded(hmac.digest(key, signed.encode(), 'sha256'))}"

    provider.metadata = {"id_token_signing_alg_values_supported": ["HS256"]}
    provider.sign = sign
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


def test_a_secret_among_the_published_keys_signs_nothing(client: FlaskClient, provider: ScriptedProvider) -> None:
    secret = OctKey.generate_key(256, {"kid": "published"})
    keys = {"keys": [secret.as_dict(private=True), provider.key.as_dict(private=False)]}
    provider.answers["/jwks"] = lambda: (200, json.dumps(keys).encode())
    provider.sign = lambda claims: jwt.encode(
        {"alg": "HS256", "kid": "published"}, claims, secret, algorithms=["HS256"]
    )
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


def test_a_token_that_another_key_signed_is_refused(client: FlaskClient, provider: ScriptedProvider) -> None:
    forged = RSAKey.generate_key(2048, {"kid": "first"})
    provider.sign = lambda claims: provider.signed(claims, forged)
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"
    # A key that comes with the token proves nothing.
    provider.sign = lambda claims: provider.signed(claims, forged, kid="x", jwk=forged.as_dict(private=False))
    assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "....", "\u00e9.x.y", None, 7, {}, ["x"]])
def test_a_token_that_is_none_is_refused(client: FlaskClient, provider: ScriptedProvider, token: Any) -> None:
    provider.sign = lambda _claims: token
    assert sign_in(client, provider) in ("sign-in-failed/sign_in_refused", "sign-in-failed/provider_unavailable")
    assert who(client) is None


def test_a_new_key_of_the_provider_is_fetched_and_an_unknown_one_only_now_and_then(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    assert sign_in(client, provider) == "signed-in"
    assert provider.count("/jwks") == 1
    new = RSAKey.generate_key(2048, {"kid": "second"})
    provider.published = [provider.key, new]
    provider.sign = lambda claims: provider.signed(claims, new)
    app.extensions["chatapp.oidc"]["open"]._keys_at -= 31
    assert sign_in(client, provider) == "signed-in"
    assert provider.count("/jwks") == 2
    unknown = RSAKey.generate_key(2048, {"kid": "third"})
    provider.sign = lambda claims: provider.signed(claims, unknown)
    for _ in range(3):
        assert sign_in(client, provider) == "sign-in-failed/sign_in_refused"
    assert provider.count("/jwks") == 2
