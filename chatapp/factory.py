"""The application factory, and the function that closes an application."""

import atexit
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from flask import Flask, Request, Response
from flask.json.provider import JSONProvider
from flask.sessions import SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from chatapp import api, database
from chatapp.api.fast_path import FastPath
from chatapp.api.request_log import RequestLog
from chatapp.base_path import BasePath
from chatapp.bus import make_bus
from chatapp.config import Settings, load
from chatapp.eventloop.thread_pool import is_green
from chatapp.extensions import db
from chatapp.files.file_store import make_file_store
from chatapp.installation import installation_id
from chatapp.jobs.metrics import of_jobs
from chatapp.journal import Journal, StoredMessage
from chatapp.json_depth import require_depth
from chatapp.metrics.counted import counted
from chatapp.metrics.counters import counters
from chatapp.metrics.of_process import of_process
from chatapp.notices import Notice
from chatapp.prepared_statements import StatementRunner
from chatapp.push.sender import PushSender
from chatapp.search.indexer import Indexer
from chatapp.secret import derived_key, secret_key
from chatapp.signing_keys import KeyRing
from chatapp.sqlite_files import found_log
from chatapp.web.blueprint import blueprint

PUSH = "push"
"""Purpose of the key that the application key of web push is encrypted with."""


class NoSessions(SessionInterface):
    """Disables Flask's cookie sessions. They are not used, and opening one would cost more than finding the caller."""

    def open_session(self, _app: Flask, _request: Request) -> None:
        return None


class OrJsonProvider(JSONProvider):
    """Flask's JSON by orjson, as on the Socket.IO side: it is fast and rejects lone surrogates."""

    depth = 0
    """CHATAPP_JSON_DEPTH."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        value = orjson.loads(s)
        require_depth(value, self.depth)
        return value

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")


class MatchingRule(Rule):
    """A rule that matches URLs. No code builds any: compiling the functions for it would be two thirds of `build`."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_builder = super()._compile_builder

        def build_url(rule: Rule, **values: Any) -> tuple[str, str]:
            return compile_builder(append_unknown)(rule, **values)

        return build_url


def build(overrides: dict[str, Any] | None) -> Flask:
    """See `chatapp.create_app`."""
    settings = load(overrides)
    app = Flask(__name__, instance_path=settings.instance, static_folder=None)
    app.url_rule_class = MatchingRule
    app.json = provider = OrJsonProvider(app)
    provider.depth = settings.json_depth
    app.session_interface = NoSessions()
    app.secret_key = secret_key(settings)
    app.config.update(MAX_CONTENT_LENGTH=settings.request_bytes, SQLALCHEMY_DATABASE_URI=settings.database_url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(settings)
    app.extensions["chatapp.settings"] = settings
    app.extensions["chatapp.signing_keys"] = KeyRing(settings, app.secret_key)
    app.extensions["chatapp.installation"] = installation_id(app.secret_key)
    app.extensions["chatapp.files"] = make_file_store(settings)
    db.init_app(app)
    _open_database(app, settings)
    api.init_app(app, settings)
    app.register_blueprint(blueprint)
    app.wsgi_app = RequestLog(FastPath(app), trusts_id=settings.proxies > 0)  # type: ignore[method-assign]
    serve_below_path(app, settings)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def serve_below_path(app: Flask, settings: Settings) -> None:
    """Serves what `app.wsgi_app` is by now below CHATAPP_BASE_PATH, if there is one."""
    if settings.base_path:
        app.wsgi_app = BasePath(app.wsgi_app, settings.base_path)  # type: ignore[method-assign]


def close(app: Flask) -> None:
    """See `chatapp.close_app`."""
    closers: list[Callable[[], None]] = app.extensions["chatapp.close"]
    while closers:
        closers.pop()()
    with app.app_context():
        db.engine.dispose()
    # The process would otherwise hold the application until it ends.
    atexit.unregister(app.extensions["chatapp.at_exit"])


def _open_database(app: Flask, settings: Settings) -> None:
    with app.app_context():
        engine = db.engine
        app.extensions["chatapp.found_log"] = found_log(engine.url.database) if settings.is_sqlite else None
        database.prepare(engine, settings)
    bus = make_bus(settings, engine)
    journal = Journal(engine, bus, has_previews=settings.link_previews, size=settings.journal_bytes)
    app.extensions["chatapp.bus"] = bus
    app.extensions["chatapp.journal"] = journal
    is_shared = settings.is_sqlite and is_green() and bool(engine.url.database)
    app.extensions["chatapp.statements"] = statements = StatementRunner(engine, shares_connection=is_shared)
    app.extensions["chatapp.indexer"] = indexer = Indexer(app.app_context, journal)
    app.extensions["chatapp.push"] = PushSender(journal, settings, derived_key(str(app.secret_key), PUSH))
    journal.listen(indexer.committed)
    journal.listen(_count_messages)
    app.extensions["chatapp.metrics"] = [counted, of_process(settings, journal, engine), of_jobs(engine)]
    app.extensions["chatapp.close"] = [statements.close, journal.close, indexer.close]
    app.extensions["chatapp.at_exit"] = atexit.register(partial(close, app))


def _count_messages(messages: list[StoredMessage], _notices: list[Notice]) -> None:
    counters.messages += len(messages)
