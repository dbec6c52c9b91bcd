"""The page, its files, and what makes it installable."""

import json
from dataclasses import asdict
from typing import Any

from flask import Response, abort, current_app, g, jsonify, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from chatapp.actions.installation_settings import Chosen, chosen, chosen_without_database
from chatapp.actions.setup import is_new
from chatapp.config import Settings
from chatapp.extensions import db
from chatapp.web.assets import AssetLibrary
from chatapp.web.headers import script_hash
from chatapp.web.languages import LANGUAGES, Language, preferred, spoken

ONE_YEAR_SECONDS = 31_536_000

MODULES = {
    "preact": "vendor/preact.js",
    "preact/hooks": "vendor/preact-hooks.js",
    "htm": "vendor/htm.js",
    "@preact/signals-core": "vendor/signals-core.js",
    "@preact/signals": "vendor/signals.js",
    "socket.io-client": "vendor/socket.io-client.js",
    "@ultraq/icu-message-formatter": "vendor/icu-message-formatter.js",
    "markdown-it": "vendor/later/markdown-it.js",
    "highlight.js": "vendor/later/highlight.js",
    "dompurify": "vendor/later/dompurify.js",
    "turndown": "vendor/later/turndown.js",
}
"""The import map: what modules call a library, and the file that it is."""

LOADED_LATER = (
    *("js/views/dialogs/", "js/views/setup/", "js/views/reset/"),
    *("js/markdown/", "js/pasting/", "js/polls/", "vendor/later/"),
)
"""Modules that the page imports when it has drawn the rest, or when they are first needed."""

LIBRARIES_MISSING = """The web client's libraries are missing, so there is no page to show. The API works without them.

In a checkout, run `python -m chatapp.web.vendor --install` and start again. For a wheel that has them, `make wheel`.
"""
"""They are not committed, so a fresh clone has none, nor has what is built of it without `make`."""


def page() -> Response:
    """The client. It works without a session; the script finds out whether there is one."""
    assets = library()
    if not all(assets.get(file) for file in MODULES.values()):
        return make_response(LIBRARIES_MISSING, 503, {"Content-Type": "text/plain; charset=utf-8"})
    import_map = json.dumps({"imports": {name: assets.url(file) for name, file in MODULES.items()}})
    g.web_script_hashes = [script_hash(import_map)]
    language = spoken(request)
    body = render_template(
        "index.html",
        url=assets.url,
        import_map=import_map,
        settings=_page_settings(),
        preload=_preload(assets),
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
    """At the root, because a worker may only serve the folder that it is in."""
    response = asset(library().version, "js/service-worker.js")
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
    body = {
        "id": "/",
        "name": "chatapp",
        "short_name": "chatapp",
        "lang": language.code,
        "dir": language.direction,
        "description": _sentences(assets, language)["pageDescription"],
        "start_url": "/",
        "scope": "/",
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
    """What the service worker keeps, so that the client opens without a network."""
    assets = library()
    names = [
        *_modules(assets),
        *assets.names("css/", ".css"),
        *assets.names("icons/", ".svg"),
        *_fonts(assets),
        *assets.names("locales/", ".json"),
    ]
    files = [assets.url(name) for name in [*names, "js/theme.js"]]
    response = jsonify({"version": assets.version, "page": "/", "files": files})
    response.headers["Cache-Control"] = "no-cache"
    return response


def favicon() -> Response:
    return asset(library().version, "icons/icon-192.png")


def library() -> AssetLibrary:
    """The static files: read once by each app, and again for every page while its code is being written."""
    if "chatapp.web.assets" not in current_app.extensions or (current_app.debug and request.endpoint == "web.page"):
        current_app.extensions["chatapp.web.assets"] = AssetLibrary()
    found: AssetLibrary = current_app.extensions["chatapp.web.assets"]
    return found


def _page_settings() -> dict[str, Any]:
    settings = current_app.extensions["chatapp.settings"]
    choices, is_waiting = _choices(settings)
    return {
        "systemName": choices.name,
        "isNew": is_waiting,
        "installation": current_app.extensions["chatapp.installation"],
        "signIn": settings.sign_in,
        "joining": choices.joining,
        "isJoiningFixed": choices.is_joining_fixed,
        "providers": [
            {"name": one.name, "label": one.settings.label} for one in current_app.extensions["chatapp.oidc"].values()
        ],
        "canMail": settings.can_mail,
        "httpPort": settings.http_port,
        "wsPort": settings.ws_port,
        "wsUrl": settings.ws_url,
        "apiPrefix": settings.api_prefixes[0].rstrip("/"),
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


def _modules(assets: AssetLibrary) -> list[str]:
    own = [name for name in assets.names("js/", ".js") if name not in ("js/service-worker.js", "js/theme.js")]
    return [*MODULES.values(), *own]


def _fonts(assets: AssetLibrary) -> list[str]:
    return assets.names("vendor/fonts/", ".woff2")


def _preload(assets: AssetLibrary) -> list[str]:
    """Every module that the first page runs, so that the browser fetches them at once rather than one level of imports
    after the other."""
    return [assets.url(name) for name in _modules(assets) if not name.startswith(LOADED_LATER)]
