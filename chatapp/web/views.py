"""The page, its files, and what makes it installable."""

import json
from dataclasses import asdict
from typing import Any

from flask import Response, abort, current_app, jsonify, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from chatapp.actions.installation_settings import Chosen, chosen, chosen_without_database
from chatapp.actions.setup import is_new
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.web.assets import FIRST_SHEET, AssetLibrary
from chatapp.web.bundle import build_if_stale
from chatapp.web.languages import LANGUAGES, Language, preferred, spoken

ONE_YEAR_SECONDS = 31_536_000

FIRST = "bundle/first.json"
"""Lists the files of the first page. `bundle.py` writes it last."""

CLIENT_MISSING = """The web client has not been built, so there is no page to show. The API works without it.

In a checkout, run `python -m chatapp.web.vendor --install` and start again. For a wheel that has them, `make wheel`.
"""
"""What browsers load is not committed, so a fresh clone has none, nor has what is built of it without `make`."""


def page() -> Response:
    """The client. It works without a session; the script finds out whether there is one."""
    assets = library()
    if not assets.get(FIRST):
        return make_response(CLIENT_MISSING, 503, {"Content-Type": "text/plain; charset=utf-8"})
    language = spoken(request)
    body = render_template(
        "index.html",
        url=assets.url,
        styles=assets.url(FIRST_SHEET),
        home=_base_path() + "/",
        settings=_page_settings(assets),
        modules=_modules_of_first_page(assets),
        language=language,
        say=_sentences(assets, language),
    )
    response = make_response(body)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(["Accept-Language", "Cookie"])
    return response


def asset(version: str, name: str) -> Response:
    """A static file. Kept for good under its own version; under another one (a deployment in progress) not at all."""
    assets = library()
    found = assets.get(name) or abort(404)
    response = Response(found.body, content_type=found.media_type)
    if found.compressed is not None:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip"):
            response.data = found.compressed
            response.content_encoding = "gzip"
    current = version == assets.version
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable" if current else "no-cache"
    return response


def service_worker() -> Response:
    """Beside the page, because a worker may only serve the folder that it is in."""
    response = asset(library().version, "bundle/service-worker.js")
    response.headers["Cache-Control"] = "no-cache"
    return response


def manifest() -> Response:
    """What makes the client installable, in the language that this browser has chosen or prefers."""
    assets = library()
    language = spoken(request)
    icons = [
        {"src": assets.url("icons/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": assets.url("icons/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": assets.url("icons/icon-maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
        {"src": assets.url("icons/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    home = _base_path() + "/"
    body = {
        "id": home,
        "name": "chatapp",
        "short_name": "chatapp",
        "lang": language.code,
        "dir": language.direction,
        "description": _sentences(assets, language)["pageDescription"],
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#f4f2ed",
        "theme_color": "#0b5f73",
        "icons": icons,
    }
    response = jsonify(body)
    response.content_type = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(["Accept-Language", "Cookie"])
    return response


def shell() -> Response:
    """What the service worker keeps, so that the client opens without a network, and what it needs to call the API."""
    assets = library()
    names = [
        *assets.names("bundle/", ".js"),
        *assets.names("css/", ".css"),
        *assets.names("icons/", ".svg"),
        *_fonts(assets),
        *assets.names("locales/", ".json"),
    ]
    files = [assets.url(name) for name in names if name != "bundle/service-worker.js"]
    told = {"apiPrefix": _api_prefix(), "language": spoken(request).code}
    response = jsonify({"version": assets.version, "page": _base_path() + "/", "files": files, **told})
    response.headers["Cache-Control"] = "no-cache"
    return response


def favicon() -> Response:
    return asset(library().version, "icons/icon-192.png")


def library() -> AssetLibrary:
    """The static files: read once by each app, and again for every page while its code is being written."""
    if "chatapp.web.assets" not in current_app.extensions or (current_app.debug and request.endpoint == "web.page"):
        if current_app.debug:
            build_if_stale()
        current_app.extensions["chatapp.web.assets"] = AssetLibrary(base=_base_path())
    found: AssetLibrary = current_app.extensions["chatapp.web.assets"]
    return found


def _base_path() -> str:
    """What comes before every path that a browser asks for, such as "/chat"; empty for the root of the host name."""
    settings: Settings = current_app.extensions["chatapp.settings"]
    return settings.base_path


def _api_prefix() -> str:
    settings: Settings = current_app.extensions["chatapp.settings"]
    return settings.base_path + settings.api_prefixes[0].rstrip("/")


def _page_settings(assets: AssetLibrary) -> dict[str, Any]:
    settings = current_app.extensions["chatapp.settings"]
    choices, is_waiting = _choices(settings)
    return {
        "systemName": choices.name,
        "isNew": is_waiting,
        "assets": assets.url(""),
        "installation": current_app.extensions["chatapp.installation"],
        "signIn": settings.sign_in,
        "joining": choices.joining,
        "isJoiningFixed": choices.is_joining_fixed,
        "retentionDays": choices.retention_days,
        "providers": [
            {"name": one.name, "label": one.settings.label} for one in current_app.extensions["chatapp.oidc"].values()
        ],
        "hasPreviews": settings.link_previews,
        "canMail": settings.can_mail,
        "wsPort": None if settings.has_one_address else settings.ws_port,
        "wsUrl": settings.ws_url,
        "basePath": settings.base_path,
        "apiPrefix": _api_prefix(),
        "language": preferred(request).code,
        "languages": [asdict(one) for one in LANGUAGES],
    }


def _choices(settings: Settings) -> tuple[Chosen, bool]:
    """What an administrator chose, and whether the installation waits to be set up. While the database does not answer
    the page opens all the same, and says so itself."""
    try:
        return chosen(settings), settings.sign_in == "password" and is_new()
    except SQLAlchemyError:
        db.session.remove()
        return chosen_without_database(settings), False


def _sentences(assets: AssetLibrary, language: Language) -> dict[str, Any]:
    """The catalogue of the first page, for what the page says before its script runs."""
    found = assets.get(f"locales/{language.code}.json") or abort(500)
    sentences: dict[str, Any] = json.loads(found.body)
    return sentences


def _fonts(assets: AssetLibrary) -> list[str]:
    return assets.names("vendor/fonts/", ".woff2")


def _modules_of_first_page(assets: AssetLibrary) -> list[str]:
    """The addresses of the main module and of what it imports, so that the browser fetches all of them at once."""
    first = assets.get(FIRST) or abort(500)
    return [assets.url(f"bundle/{name}") for name in json.loads(first.body)]
