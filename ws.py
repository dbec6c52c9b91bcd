"""The Socket.IO side, for `python ws.py` and `gunicorn ws:app`. Port 8087. It answers the HTTP routes as well."""

from chatapp.eventloop.patching import patch

patch()

import sys  # noqa: E402

from chatapp import create_app, realtime  # noqa: E402
from chatapp.garbage_collector import tune_garbage_collector  # noqa: E402
from chatapp.logs.process import begin_log  # noqa: E402
from chatapp.migrations import create_tables_if_new  # noqa: E402
from chatapp.serve import serve_sockets, warn_of_open_sign_in  # noqa: E402
from chatapp.start_errors import sentence_of  # noqa: E402

try:
    app = create_app()
    begin_log(app)
    create_tables_if_new(app)
    warn_of_open_sign_in(app)
    socketio = realtime.init_app(app)
    tune_garbage_collector()
    if __name__ == "__main__":
        serve_sockets(app)
except Exception as error:
    sentence = sentence_of(error)
    if __name__ != "__main__" or sentence is None:
        raise
    sys.exit(f"Error: {sentence}")
