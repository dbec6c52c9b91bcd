"""The HTTP side: one blueprint a noun. Views parse, call one action, serialize."""

from flask import Flask

from chatapp.api import (
    authentication,
    conversations,
    cross_origin,
    failures,
    health,
    messages,
    openapi,
    sessions,
    users,
)
from chatapp.config import Settings
from chatapp.extensions import limiter


def init_app(app: Flask, settings: Settings) -> None:
    """Registers the routes, each under every prefix, and what applies to all of them."""
    authentication.init_app(app, settings)
    failures.init_app(app)
    cross_origin.init_app(app, settings)
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    app.config["RATELIMIT_STORAGE_URI"] = _storage(settings.redis_url)
    # While Redis is down each process counts for itself: people can still sign in, and guessing is still limited.
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)
    for number, prefix in enumerate(settings.api_prefixes):
        for noun in (sessions, users, messages, conversations):
            # Numbered, not named after the prefix: a blueprint's name may not hold what a path may.
            name = f"{noun.blueprint.name}_{number}"
            app.register_blueprint(noun.blueprint, url_prefix=prefix, name=name)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(openapi.blueprint)


def _storage(redis_url: str) -> str:
    """Where attempts are counted. The limiter has a word of its own for a Unix socket."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url else "memory://"
