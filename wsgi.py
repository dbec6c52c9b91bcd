"""The HTTP side, for `flask run` and `gunicorn wsgi:app`. Port 8088."""

import sys

from chatapp import create_app
from chatapp.garbage_collector import tune_garbage_collector
from chatapp.logs.process import begin_log
from chatapp.migrations import create_tables_if_new
from chatapp.serve import warn_of_open_sign_in
from chatapp.start_errors import sentence_of

try:
    app = create_app()
    begin_log(app)
    create_tables_if_new(app)
except Exception as error:
    sentence = sentence_of(error)
    if sentence is None:
        raise
    sys.exit(f"Error: {sentence}")
warn_of_open_sign_in(app)
tune_garbage_collector()
