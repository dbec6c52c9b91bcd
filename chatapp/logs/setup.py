"""Sets the log of a server process up."""

import logging

from chatapp.config import Settings
from chatapp.logs.json_lines import JsonLines

PACKAGE = "chatapp"

OTHERS = ("werkzeug", "gunicorn.access")
"""Loggers of libraries that write a line a request, with its query, which may hold a token."""


def set_up_logging(settings: Settings) -> None:
    """As the settings say. As text, Python's own way is left as it is: warnings and errors go to standard error. As
    JSON, they do too, and so do the events and requests of chatapp, and what gunicorn says of itself."""
    if settings.log_format == "text":
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(settings.node))
    logging.getLogger().handlers = [handler]
    logging.getLogger(PACKAGE).setLevel(logging.INFO)
    for name in OTHERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    server = logging.getLogger("gunicorn.error")
    server.handlers, server.propagate = [], True
