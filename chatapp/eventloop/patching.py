"""Monkey-patching of the standard library, before anything else is imported."""

import gc
import os
import sys
import warnings

DEFAULT_MODE = "eventlet" if sys.platform == "linux" else "threading"
"""The delivery engine needs epoll, which only Linux has. On other systems, threads use the library's transport."""


def patch() -> None:
    """Monkey-patches for `CHATAPP_ASYNC_MODE`, which is read from the environment, since no settings are loaded yet.

    Also disables the garbage collector until `tune_garbage_collector` enables it. Nearly all objects of the start stay
    alive, and scanning them repeatedly takes a fifth of its time.
    """
    gc.disable()
    mode = os.environ.get("CHATAPP_ASYNC_MODE") or DEFAULT_MODE
    if mode == "eventlet":
        with warnings.catch_warnings():
            # eventlet warns at every import that it only gets bug fixes. See docs/decisions/0006-eventlet.md.
            warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
            import eventlet
        eventlet.monkey_patch(psycopg=False)
    elif mode == "gevent":
        from gevent import monkey

        monkey.patch_all()
