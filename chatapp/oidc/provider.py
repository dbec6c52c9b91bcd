"""A provider: its published metadata and keys, the address where people sign in, and what it then says of them."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2 import OAuth2Client, OAuth2Error
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from chatapp.clock import monotonic, now
from chatapp.errors import ChatError, ProviderUnavailable, SignInRefused
from chatapp.oidc.limits import LimitedSession, Received, within_limits
from chatapp.oidc.person import Answer, Claims
from chatapp.oidc.settings import ProviderSettings

log = logging.getLogger(__name__)

METADATA_SECONDS = 3_600.0
KEYS_SECONDS = 3_600.0
REFETCH_SECONDS = 30.0
"""Shortest time between two fetches of the keys: each answer with an unknown key would cause one."""
LEEWAY_SECONDS = 60
"""How far the provider's clock may be from ours."""
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures by a key that only the provider has. Never `none`, and never HS256, which who knows the client secret can
make, or who knows a public key where a library takes that for the secret."""

CONFIGURATION_ERRORS = ("invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope")
"""What the token endpoint says where the client id, its secret or its grants are not set up (RFC 6749 section 5.2)."""

Result = TypeVar("Result")


class Provider:
    """One configured provider. Its metadata and keys are fetched when they are first needed, and kept for an hour."""

    def __init__(self, name: str, settings: ProviderSettings, redirect_uri: str) -> None:
        self.name = name
        self.settings = settings
        self.redirect_uri = redirect_uri
        self._metadata: Claims = {}
        self._metadata_at = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    def sign_in_address(self, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes. Raises ProviderUnavailable."""
        with LimitedSession() as session:
            metadata = self._asked(lambda: self._fetched_metadata(session))
        address, _ = self._client(metadata, None).create_authorization_url(
            metadata["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
        return str(address)

    def answer(self, code: str, nonce: str, verifier: str, issuer: str | None) -> Answer:
        """Exchanges the code for what the provider says of the person. `issuer` is the one that the browser came back
        with (RFC 9207), if any.

        Raises SignInRefused for anything that does not belong to this sign-in at this provider, and
        ProviderUnavailable.
        """
        return self._asked(lambda: self._exchange(code, nonce, verifier, issuer))

    def _exchange(self, code: str, nonce: str, verifier: str, issuer: str | None) -> Answer:
        with LimitedSession() as session:
            metadata = self._fetched_metadata(session)
            self._check_issuer(metadata, issuer)
            token = self._client(metadata, session).fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=self.redirect_uri,
            )
            claims = self._verified(session, metadata, token, nonce)
            return Answer(claims, self._userinfo(session, metadata, token, claims))

    def _check_issuer(self, metadata: Claims, issuer: str | None) -> None:
        """A code of one provider must not be sent to another one (RFC 9207 section 2.4)."""
        is_promised = metadata.get("authorization_response_iss_parameter_supported") is True
        if (issuer is None and is_promised) or issuer not in (None, self.settings.issuer):
            raise self._refused(f"it came back with the issuer {issuer!r}")

    def _verified(self, session: LimitedSession, metadata: Claims, token: Claims, nonce: str) -> Claims:
        text = token.get("id_token")
        if not isinstance(text, str):
            raise self._refused("there is no ID token")
        try:
            decoded = jwt.decode(text, self._fetched_keys(session, metadata), registry=_registry())
        except InvalidKeyIdError:
            decoded = jwt.decode(text, self._refetched_keys(session, metadata), registry=_registry())
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            {"client_id": self.settings.client_id, "nonce": nonce, "access_token": token.get("access_token")},
        )
        claims.validate(now=int(now().timestamp()), leeway=LEEWAY_SECONDS)
        return dict(claims)

    def _userinfo(self, session: LimitedSession, metadata: Claims, token: Claims, claims: Claims) -> Claims:
        """Some providers tell the e-mail address and the groups here only."""
        if "userinfo_endpoint" not in metadata:
            return {}
        found = _json(session.get(metadata["userinfo_endpoint"], token["access_token"]))
        if found.get("sub") != claims["sub"]:
            raise self._refused("the userinfo is of somebody else")
        return found

    def _fetched_metadata(self, session: LimitedSession) -> Claims:
        if not self._metadata or monotonic() - self._metadata_at > METADATA_SECONDS:
            found = _json(session.get(self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"))
            self._check_metadata(found)
            self._metadata, self._metadata_at = found, monotonic()
        return self._metadata

    def _check_metadata(self, found: Claims) -> None:
        if found.get("issuer") != self.settings.issuer:
            raise ValueError(f"its metadata is of the issuer {found.get('issuer')!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            if name == "userinfo_endpoint" and name not in found:
                continue
            if urlsplit(found[name]).scheme not in ("https", urlsplit(self.settings.issuer).scheme):
                raise ValueError(f"its {name} is not an https:// address")

    def _fetched_keys(self, session: LimitedSession, metadata: Claims) -> KeySet:
        if self._keys is None or monotonic() - self._keys_at > KEYS_SECONDS:
            self._keys_at = monotonic()
            found: Any = _json(session.get(metadata["jwks_uri"]))
            self._keys = KeySet.import_key_set(found)
        return self._keys

    def _refetched_keys(self, session: LimitedSession, metadata: Claims) -> KeySet:
        """The provider may have changed its keys since they were fetched."""
        if monotonic() - self._keys_at > REFETCH_SECONDS:
            self._keys = None
        return self._fetched_keys(session, metadata)

    def _client(self, metadata: Claims, session: LimitedSession | None) -> OAuth2Client:
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        is_post = "client_secret_basic" not in methods and "client_secret_post" in methods
        method = "client_secret_post" if is_post else "client_secret_basic"
        return OAuth2Client(
            session,
            self.settings.client_id,
            self.settings.client_secret,
            token_endpoint_auth_method=method if self.settings.client_secret else "none",
            scope=self.settings.scopes,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
        )

    def _asked(self, call: Callable[[], Result]) -> Result:
        """Calls the provider. What exactly went wrong is for the operator, and is in the log."""
        try:
            return within_limits(call)
        except (JoseError, AuthlibBaseError) as error:
            if isinstance(error, OAuth2Error) and error.error in CONFIGURATION_ERRORS:
                raise self._unavailable(error) from None
            raise self._refused(str(error)) from None
        except ChatError:
            raise
        except Exception as error:
            # What a broken server answers can break a parser in any way.
            raise self._unavailable(error) from None

    def _unavailable(self, error: Exception) -> ProviderUnavailable:
        log.warning("The provider %s cannot be used: %r", self.name, error)
        return ProviderUnavailable("The provider cannot be reached, or does not work.")

    def _refused(self, reason: str) -> SignInRefused:
        log.warning("A sign-in by %s was refused: %r", self.name, reason)
        return SignInRefused("The provider's answer does not belong to this sign-in.")


def _registry() -> JWSRegistry:
    return JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)


def _json(received: Received) -> Claims:
    received.raise_for_status()
    found = received.json()
    if not isinstance(found, dict):
        raise ValueError("it does not answer with a JSON object")
    return found
