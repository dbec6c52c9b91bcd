"""Makes the standard library cooperative, before anything else is imported."""

import gc
import os
import sys
import warnings

DEFAULT_MODE = "eventlet" if sys.platform == "linux" else "threading"
"""The delivery engine polls by epoll, which is Linux's. Elsewhere threads serve, over the library's own transport."""


def patch() -> None:
    """Monkey-patches for the configured `CHATAPP_ASYNC_MODE`. Only the environment can say it this early.

    Also stops the garbage collector until `realtime.init_app` is done: what a start makes stays, and looking through it
    again and again takes a fifth of the time.
    """
    gc.disable()
    mode = os.environ.get("CHATAPP_ASYNC_MODE") or DEFAULT_MODE
    if mode == "eventlet":
        with warnings.catch_warnings():
            # eventlet is in bugfix mode and says so at every import; docs/decisions/ says why it is used all the same.
            warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
            import eventlet
        eventlet.monkey_patch(psycopg=False)
    elif mode == "gevent":
        from gevent import monkey

        monkey.patch_all()


def patch_postgresql() -> None:
    """Makes PostgreSQL's driver cooperative too, in a process that is. With SQLite it is not even loaded."""
    import eventlet

    eventlet.monkey_patch(psycopg=True)
