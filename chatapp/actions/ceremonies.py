"""WebAuthn's two ceremonies, making a passkey and signing in with it: what a browser is asked, and whether its answer
is right. Everything here computes; `chatapp.actions.passkeys` reads and writes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    options_to_json_dict,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from chatapp.actions.challenges import LASTS
from chatapp.models import Passkey

TIMEOUT_MILLISECONDS = int(LASTS.total_seconds() * 1_000)
KNOWN_TRANSPORTS = frozenset(one.value for one in AuthenticatorTransport)
ACCEPTED_FORMATS = (AttestationFormat.NONE, AttestationFormat.PACKED)
"""No attestation is asked for, since no maker of authenticators is preferred. A browser then answers `none`, or passes
on what the authenticator says of itself. The other formats would only be code that strangers can reach."""


class AnswerInvalid(Exception):
    """The answer does not fit the question, or cannot be read."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom passkeys are made: the domain, and which origins of pages may ask for them."""

    domain: str
    is_own_origin: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a new passkey is for, as the authenticator will show and know them."""

    handle: bytes
    username: str
    full_name: str


@dataclass(frozen=True, slots=True)
class ClientData:
    """What the browser says of the ceremony. The authenticator has signed it."""

    challenge: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class MadeCredential:
    """A verified new credential."""

    credential_id: str
    public_key: bytes
    sign_count: int
    aaguid: str
    is_backed_up: bool
    transports: str


def creation_options(
    domain: str, system_name: str, challenge: bytes, subject: Subject, existing: Sequence[Passkey]
) -> dict[str, Any]:
    """The argument of `navigator.credentials.create`, as JSON. The authenticator will keep the passkey, so that it
    signs in without a username, and ask for a PIN or a fingerprint each time."""
    options = webauthn.generate_registration_options(
        rp_id=domain,
        rp_name=system_name,
        user_id=subject.handle,
        user_name=subject.username,
        user_display_name=subject.full_name,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(passkey) for passkey in existing],
    )
    return options_to_json_dict(options)


def request_options(domain: str, challenge: bytes) -> dict[str, Any]:
    """The argument of `navigator.credentials.get`, as JSON. It names no credentials, so it tells nobody who has any."""
    options = webauthn.generate_authentication_options(
        rp_id=domain,
        challenge=challenge,
        timeout=TIMEOUT_MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def client_data_of(credential: dict[str, Any], party: RelyingParty) -> ClientData:
    """What the browser says, if the page was one of this server's. Raises AnswerInvalid."""
    try:
        found = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    except Exception as error:
        raise AnswerInvalid from error
    if found.cross_origin or not isinstance(found.origin, str) or not party.is_own_origin(found.origin):
        raise AnswerInvalid
    return ClientData(found.challenge, found.origin)


def verified_creation(credential: dict[str, Any], party: RelyingParty, client_data: ClientData) -> MadeCredential:
    """The new credential of an answer. Raises AnswerInvalid."""
    # Whatever the library raises, it is about its input: it has no other, and half a dozen decoders inside.
    try:
        attested = parse_attestation_object(base64url_to_bytes(credential["response"]["attestationObject"]))
        if attested.fmt not in ACCEPTED_FORMATS:
            raise AnswerInvalid
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=client_data.challenge,
            expected_rp_id=party.domain,
            expected_origin=client_data.origin,
            require_user_verification=True,
        )
    except Exception as error:
        raise AnswerInvalid from error
    if verified.credential_id != base64url_to_bytes(credential["id"]):
        raise AnswerInvalid
    transports = [name for name in credential["response"]["transports"] if name in KNOWN_TRANSPORTS]
    return MadeCredential(
        credential["id"],
        verified.credential_public_key,
        verified.sign_count,
        verified.aaguid,
        verified.credential_backed_up,
        " ".join(dict.fromkeys(transports)),
    )


@dataclass(frozen=True, slots=True)
class Assertion:
    """A verified signature."""

    sign_count: int
    is_backed_up: bool


def verified_assertion(
    credential: dict[str, Any], party: RelyingParty, client_data: ClientData, public_key: bytes
) -> Assertion:
    """What the authenticator says besides its signature, which is right. Raises AnswerInvalid. The count of signatures
    is for the caller to compare, where no other sign-in comes between."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=client_data.challenge,
            expected_rp_id=party.domain,
            expected_origin=client_data.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as error:
        raise AnswerInvalid from error
    return Assertion(verified.new_sign_count, verified.credential_backed_up)


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in passkey.transports.split()]
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id), transports=transports or None)
