"""The HTTP side, for `flask run` and `gunicorn wsgi:app`. Port 8088."""

import sys

from chatapp import create_app
from chatapp.config import BadSetting
from chatapp.garbage_collector import tune_garbage_collector
from chatapp.logs.process import begin_log
from chatapp.migrations import create_tables_if_new
from chatapp.serve import warn_of_open_sign_in

try:
    app = create_app()
except BadSetting as error:
    sys.exit(f"Error: {error}")
begin_log(app)
create_tables_if_new(app)
warn_of_open_sign_in(app)
tune_garbage_collector()
