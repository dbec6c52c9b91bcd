"""What a passkey's ceremony takes from the request: the domain, the origins, and which browser asks."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from pydantic import BaseModel

from chatapp.actions.ceremonies import RelyingParty
from chatapp.actions.passkeys import Ceremony
from chatapp.actions.sessions import Caller
from chatapp.api.authentication import cookie_path, is_own_site, own_cookie, secure_prefix
from chatapp.api.current import PASSKEYS, current_key, current_settings
from chatapp.errors import MalformedRequest

BROWSER_COOKIE = "passkeyBrowser"
"""A random text by which a browser without a session is known again: what one was asked, only that one answers."""
_BROWSER = re.compile(r"[0-9a-f]{32}")


def adding_ceremony(caller: Caller) -> Ceremony:
    """To add a passkey to the account of a session."""
    return _ceremony(f"add {caller.session_id}")


def signing_in_ceremony(browser: str = "") -> Ceremony:
    """To sign in from a browser, by default the one that asks."""
    return _ceremony(f"sign in {browser or _current_browser()}")


def joining_ceremony(username: str, browser: str = "") -> Ceremony:
    """To make an account of this name from a browser, by default the one that asks."""
    return _ceremony(f"join {browser or _current_browser()} {username}")


def known_browser() -> str:
    """The browser that asks, or a new name for it."""
    return _current_browser() or secrets.token_hex(16)


def keep_browser(response: Response, browser: str) -> Response:
    """Lets the browser be known again until it is closed."""
    name = (secure_prefix() if request.is_secure else "") + own_cookie(BROWSER_COOKIE)
    is_secure, path = request.is_secure, cookie_path()
    response.set_cookie(name, browser, path=path, httponly=True, samesite="Strict", secure=is_secure)
    return response


def credential_of(payload: BaseModel) -> dict[str, Any]:
    """A credential as the browser has sent it, without what is not known."""
    return payload.model_dump(by_alias=True, exclude_none=True)


def _ceremony(purpose: str) -> Ceremony:
    environ = request.environ
    party = RelyingParty(_domain(), lambda origin: is_own_site(origin, environ))
    return Ceremony(party, current_key(PASSKEYS), purpose)


def _domain() -> str:
    """The domain that passkeys are for: the configured one, or the host name by which this request came."""
    if configured := current_settings().passkey_domain:
        return configured
    try:
        name = urlsplit(f"//{request.host}").hostname
    except ValueError:
        name = None
    if not name:
        raise MalformedRequest("The Host header is not a host name.")
    return name


def _current_browser() -> str:
    own = own_cookie(BROWSER_COOKIE)
    found = request.cookies.get(secure_prefix() + own) or request.cookies.get(own, "")
    return found if _BROWSER.fullmatch(found) else ""
