"""Monkey-patching of the standard library, before anything else is imported."""

import gc
import os
import sys
import warnings

DEFAULT_MODE = "eventlet" if sys.platform == "linux" else "threading"
"""The delivery engine polls with epoll, which only Linux has. Elsewhere threads serve, over the library's transport."""


def patch() -> None:
    """Monkey-patches for the configured `CHATAPP_ASYNC_MODE`, which only the environment can say this early.

    Also stops the garbage collector until `realtime.init_app` has finished. The objects that a start makes stay, and
    scanning them again and again takes a fifth of its time.
    """
    gc.disable()
    mode = os.environ.get("CHATAPP_ASYNC_MODE") or DEFAULT_MODE
    if mode == "eventlet":
        with warnings.catch_warnings():
            # eventlet only gets bug fixes, and says so at every import. docs/decisions/0006-eventlet.md says why.
            warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
            import eventlet
        eventlet.monkey_patch(psycopg=False)
    elif mode == "gevent":
        from gevent import monkey

        monkey.patch_all()
