"""Sign in by an OpenID Connect provider: leave for it, and come back."""

import logging
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, redirect, request

from chatapp.actions.external_identities import sign_in_person
from chatapp.actions.sessions import Caller
from chatapp.api import oidc_cookie
from chatapp.api.authentication import attach_new_session
from chatapp.api.current import current_journal, current_place, current_settings
from chatapp.api.operation import operation
from chatapp.api.sign_in_delays import SignInDelays
from chatapp.errors import ChatError, InvalidInput, MalformedRequest, NotFound
from chatapp.oidc.person import person_of
from chatapp.oidc.shapes import LocationShape
from chatapp.payloads import ProviderStart
from chatapp.sign_in_errors import ProviderUnavailable, SignInDenied, SignInRefused

if TYPE_CHECKING:
    from chatapp.oidc.provider import Provider

log = logging.getLogger(__name__)

blueprint = Blueprint("oidc", __name__)


@blueprint.post("/oidc/<name>/start")
@operation(
    "Begin to sign in by a provider",
    gives=LocationShape,
    body=ProviderStart,
    needs_session=False,
    errors=(NotFound, ProviderUnavailable, MalformedRequest, InvalidInput),
)
def start(name: str, body: ProviderStart) -> Response:
    begun = oidc_cookie.begin(name, body.invite)
    location = _provider(name).sign_in_address(begun.state, begun.nonce, begun.verifier)
    return oidc_cookie.attach(jsonify(location=location), begun)


@blueprint.get("/oidc/<name>/callback")
def callback(name: str) -> Response:
    """Where the provider sends the browser. Failures are told by the page, whose address gets their code."""
    try:
        caller = _signed_in(_provider(name))
    except ChatError as error:
        response = _to_page(f"sign-in-failed/{error.code}")
    else:
        response = attach_new_session(_to_page("signed-in"), caller)
    return oidc_cookie.detach(response)


def _signed_in(provider: "Provider") -> Caller:
    begun = oidc_cookie.require_begun(provider.name, request.args.get("state", ""))
    # Each answer that is not valid costs the provider two requests.
    delays: SignInDelays = current_app.extensions["chatapp.sign_in_delays"]
    with delays.attempt(f"by {provider.name}", request.remote_addr or ""):
        if "code" not in request.args:
            log.info("%s did not sign somebody in: %r", provider.name, request.args.get("error", "")[:100])
            raise SignInDenied("The provider did not sign you in.")
        answer = provider.answer(request.args["code"], begun.nonce, begun.verifier, request.args.get("iss"))
        person = person_of(answer, provider.settings)
        if person is None:
            raise SignInRefused("The provider names nobody.")
        return sign_in_person(
            current_journal(), current_settings(), provider.settings, person, begun.invite, current_place()
        )


def _provider(name: str) -> "Provider":
    providers: dict[str, Provider] = current_app.extensions["chatapp.oidc"]
    if name not in providers:
        raise NotFound("There is no such provider of sign-in.")
    return providers[name]


def _to_page(fragment: str) -> Response:
    response = redirect(f"/#/{fragment}", 303)
    response.headers["Cache-Control"] = "no-store"
    assert isinstance(response, Response)  # noqa: S101 for the type checker
    return response
