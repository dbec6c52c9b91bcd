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
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    limiter.init_app(app)
    for prefix in settings.api_prefixes:
        for noun in (sessions, users, messages, conversations):
            name = noun.blueprint.name + prefix.replace("/", "_")
            app.register_blueprint(noun.blueprint, url_prefix=prefix, name=name)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(openapi.blueprint)
