"""The HTTP side: one blueprint a noun. Views parse, call one action, serialize."""

from flask import Flask, Response, request

from chatapp.actions.data_exports import RunningExports
from chatapp.api import (
    account,
    administration,
    authentication,
    bots,
    conversations,
    cross_origin,
    email,
    error_handlers,
    files,
    forwarding,
    groups,
    health,
    joining,
    link_previews,
    message_changes,
    messages,
    metrics,
    oidc,
    openapi,
    own_data,
    passkeys,
    personal,
    polls,
    profile,
    push,
    removals,
    reports,
    request_limit,
    request_log,
    resets,
    saved,
    scheduled,
    search,
    second_factor,
    sessions,
    setup,
    threads,
    uploads,
    users,
)
from chatapp.api.sign_in_delays import SignInDelays
from chatapp.config import Settings
from chatapp.extensions import limiter
from chatapp.ldap.configured import directory_of
from chatapp.oidc.providers import providers_of

NOUNS = (
    sessions,
    account,
    passkeys,
    second_factor,
    profile,
    removals,
    own_data,
    joining,
    oidc,
    setup,
    resets,
    email,
    administration,
    bots,
    reports,
    users,
    messages,
    link_previews,
    message_changes,
    forwarding,
    polls,
    uploads,
    files,
    conversations,
    groups,
    threads,
    personal,
    push,
    saved,
    scheduled,
    search,
)
"""The modules whose blueprint has routes under every prefix."""

LIMITED = (
    *(".login", ".make_account", ".set_up", ".choose_password"),
    *(".forgot_password", ".confirm_email", ".set_email", ".end_digests"),
)
"""How the endpoints end that begin a session, or lead to one, or send e-mail."""


def init_app(app: Flask, settings: Settings) -> None:
    """Registers the routes under every prefix, and what applies to all of them."""
    authentication.init_app(app, settings)
    error_handlers.init_app(app)
    cross_origin.init_app(app, settings)
    request_limit.init_app(app, settings)
    request_log.init_app(app)
    metrics.init_app(settings)
    _limit_attempts(app, settings)
    app.extensions["chatapp.oidc"] = providers_of(settings)
    app.extensions["chatapp.running_exports"] = RunningExports()
    app.extensions["chatapp.directory"] = directory_of(settings)
    for number, prefix in enumerate(settings.api_prefixes):
        for noun in NOUNS:
            # Numbered, because a prefix may contain characters that are not allowed in a blueprint's name.
            name = f"{noun.blueprint.name}_{number}"
            app.register_blueprint(noun.blueprint, url_prefix=prefix, name=name)
    app.extensions["chatapp.large_bodies"] = {
        ("PUT", prefix.rstrip("/") + profile.PICTURE_PATH): profile.LARGEST_PICTURE_BYTES
        for prefix in settings.api_prefixes
    }
    app.extensions["chatapp.streamed_bodies"] = [
        ("PATCH", prefix.rstrip("/") + "/uploads/") for prefix in settings.api_prefixes
    ]
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(openapi.blueprint)


def _limit_attempts(app: Flask, settings: Settings) -> None:
    storage = _storage(settings.redis_url)
    app.config["RATELIMIT_HEADERS_ENABLED"] = True
    app.config["RATELIMIT_STORAGE_URI"] = storage
    # While Redis is down, each process counts attempts by itself. Users can still sign in, and guessing stays limited.
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    limiter.init_app(app)
    _restrict_limiter(app)
    app.extensions["chatapp.sign_in_delays"] = SignInDelays(storage, settings.sign_in_address_failures)


def _restrict_limiter(app: Flask) -> None:
    """Restricts the limiter's hooks to the limited routes, whose decorator checks the limit itself. On every
    request they would cost a third of Flask's own time."""
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    add_headers, reset = app.after_request_funcs[None].pop(), app.teardown_request_funcs[None].pop()

    def is_limited() -> bool:
        return request.endpoint is not None and request.endpoint.endswith(LIMITED)

    def is_told(response: Response) -> bool:
        """Whether a refusal says itself how long to wait, which the limiter would overwrite."""
        return "Retry-After" in response.headers

    app.after_request(lambda response: add_headers(response) if is_limited() and not is_told(response) else response)

    def reset_if_limited(error: BaseException | None) -> None:
        if is_limited():
            reset(error)

    app.teardown_request(reset_if_limited)


def _storage(redis_url: str) -> str:
    """Returns the URI of the store that counts attempts. The limiter has its own scheme for a Unix socket."""
    return redis_url.replace("unix://", "redis+unix://", 1) if redis_url else "memory://"
