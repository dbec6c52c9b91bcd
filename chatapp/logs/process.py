"""The log from the start of a server process to its end."""

import logging
import os

from flask import Flask

from chatapp.config import Settings
from chatapp.logs.events import event
from chatapp.logs.setup import set_up_logging
from chatapp.version import VERSION

log = logging.getLogger(__name__)


def begin_log(app: Flask) -> None:
    """Sets the log up, and logs the start of the process, and its end when the application is closed."""
    settings: Settings = app.extensions["chatapp.settings"]
    set_up_logging(settings)
    about = {"version": VERSION, "process": os.getpid()}
    log.info("chatapp %s starts.", VERSION, extra=event("start", **about))
    # The first of the functions that close an application is called last.
    app.extensions["chatapp.close"].insert(0, lambda: log.info("chatapp stops.", extra=event("stop", **about)))
