"""The HTTP side, for `flask run` and `gunicorn wsgi:app`. Port 8088."""

from chatapp import create_app
from chatapp.migrations import create_tables_if_new
from chatapp.serve import warn_of_open_sign_in

app = create_app()
create_tables_if_new(app)
warn_of_open_sign_in(app)
