"""A server that somebody else wrote: eventlet's own with its own protocol, as `socketio.run(app)` starts it."""

import os

from ws import app

import eventlet  # isort: skip
import eventlet.wsgi

if __name__ == "__main__":
    address = "127.0.0.1", int(os.environ["CHATAPP_WS_PORT"])
    eventlet.wsgi.server(eventlet.listen(address), app, log_output=False)
