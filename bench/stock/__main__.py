"""Starts the stock server: `python -m bench.stock`, with the same BENCH_ variables as the peer."""

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402

from .chat import ChatNamespace  # noqa: E402
from .http import web  # noqa: E402
from .models import User, db  # noqa: E402

HOST = "127.0.0.1"


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.urandom(32)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['BENCH_DATABASE']}"
    db.init_app(app)
    app.register_blueprint(web)
    with app.app_context():
        db.create_all()
        add_users(int(os.environ["BENCH_USERS"]))
    return app


def add_users(count: int) -> None:
    known = set(db.session.scalars(db.select(User.username)))
    for username in ["alice", "bob", "carol", *(f"user{index}" for index in range(count))]:
        if username not in known:
            db.session.add(User(username=username, first_name=username, last_name="Demo"))
    db.session.commit()


def serve_http(app: Flask) -> None:
    listener = eventlet.listen((HOST, int(os.environ["BENCH_HTTP_PORT"])))
    eventlet.wsgi.server(listener, app, log_output=False)


app = create_app()
socketio = SocketIO(app, async_mode="eventlet", cors_allowed_origins="*")
socketio.on_namespace(ChatNamespace("/chat", socketio))
eventlet.spawn(serve_http, app)
socketio.run(app, host=HOST, port=int(os.environ["BENCH_WS_PORT"]))
