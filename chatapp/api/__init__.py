"""The HTTP side: one blueprint a noun. Views parse, call one action, serialize."""

from flask import Flask, request

from chatapp.api import (
    authentication,
    conversations,
    cross_origin,
    error_handlers,
    groups,
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
    error_handlers.init_app(app)
    cross_origin.init_app(app, settings)
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    app.config["RATELIMIT_STORAGE_URI"] = _storage(settings.redis_url)
    # While Redis is down each process counts for itself: people can still sign in, and guessing is still limited.
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)
    _look_only_where_there_is_a_limit(app)
    for number, prefix in enumerate(settings.api_prefixes):
        for noun in (sessions, users, messages, conversations, groups):
            # Numbered, not named after the prefix: a blueprint's name may not hold what a path may.
            name = f"{noun.blueprint.name}_{number}"
            app.register_blueprint(noun.blueprint, url_prefix=prefix, name=name)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(openapi.blueprint)


def _look_only_where_there_is_a_limit(app: Flask) -> None:
    """The limiter's hooks look at every request, for as much as a third of what Flask does with it. There is one limit,
    on signing in, and its decorator looks by itself."""
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    tell, forget = app.after_request_funcs[None].pop(), app.teardown_request_funcs[None].pop()

    def is_limited() -> bool:
        return request.endpoint is not None and request.endpoint.endswith(".login")

    app.after_request(lambda response: tell(response) if is_limited() else response)

    def forget_what_it_saw(error: BaseException | None) -> None:
        if is_limited():
            forget(error)

    app.teardown_request(forget_what_it_saw)


def _storage(redis_url: str) -> str:
    """Where attempts are counted. The limiter has a word of its own for a Unix socket."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url else "memory://"
