"""Malformed fields of what a browser answers for a passkey."""

from typing import Any

import cbor2
import pytest

from tests.api.account_people import Owner, asked, changed, who
from tests.api.authenticator import Authenticator, encode

WRONG_FIELDS = [None, 7, "", "!", "ä", "A", "AAAA", "x" * 20_000, [], {}, True]


@pytest.mark.parametrize("field", ["id", "rawId", "type", "response"])
@pytest.mark.parametrize("value", WRONG_FIELDS, ids=lambda value: str(value)[:8])
def test_a_malformed_field_of_a_credential_is_refused(erin: Owner, field: str, value: Any) -> None:
    passkey, browser = erin.add_passkey(), erin.new_browser()
    credential = {**passkey.get(asked(browser)), field: value}
    answer = browser.post("/passkeys/sign-in", json={"credential": credential})
    assert answer.status_code in (401, 422), answer.text
    made = erin.new_passkey(Authenticator())
    answer = erin.browser.post("/passkeys", json={**made, "credential": {**made["credential"], field: value}})
    assert answer.status_code == 422, answer.text


MALFORMED = [
    *WRONG_FIELDS,
    encode(b"\x81" * 12_000),
    encode(b"[" * 12_000),
    encode(b"null"),
    encode(b"{}"),
    encode(b'{"type":[],"challenge":7,"origin":{}}'),
    encode(b'{"type":"webauthn.get","challenge":"\xff","origin":"http://localhost"}'),
    encode(b'{"type":"webauthn.get","challenge":"AAAA","origin":"http://localhost"}'),
    encode(cbor2.dumps({"fmt": ["none"], "attStmt": 7, "authData": {}})),
    encode(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b"x" * 300})),
    encode(bytes(37)),
]


@pytest.mark.parametrize("field", ["clientDataJSON", "authenticatorData", "signature"])
def test_a_malformed_field_of_a_signature_is_refused(erin: Owner, field: str) -> None:
    passkey = erin.add_passkey()
    for value in MALFORMED:
        browser = erin.new_browser()
        credential = changed(passkey.get(asked(browser)), field, value)
        answer = browser.post("/passkeys/sign-in", json={"credential": credential})
        assert answer.status_code in (401, 409, 422), (value, answer.text)
        assert who(browser) is None


@pytest.mark.parametrize("field", ["clientDataJSON", "attestationObject", "transports"])
def test_a_malformed_field_of_a_new_credential_is_refused(erin: Owner, field: str) -> None:
    body = erin.new_passkey(Authenticator())
    for value in MALFORMED:
        if (field, value) == ("transports", []):
            continue
        answer = erin.browser.post("/passkeys", json={**body, "credential": changed(body["credential"], field, value)})
        assert answer.status_code in (409, 422), (value, answer.text)
    assert erin.browser.get("/passkeys").get_json() == {"passkeys": [], "hasPassword": True}
