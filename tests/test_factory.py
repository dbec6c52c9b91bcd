"""Applications in a process that makes several."""

import gc
import weakref
from pathlib import Path

from chatapp import close_app, create_app
from tests.databases import Databases


def test_a_closed_application_takes_no_memory(sqlite_only: Databases, tmp_path: Path) -> None:
    settings = {"instance": tmp_path, "database_url": sqlite_only.new(), "async_mode": "threading"}
    app = create_app(settings)
    held = weakref.ref(app)
    assert held() is not None
    close_app(app)
    del app
    gc.collect()
    assert held() is None


def test_an_application_may_be_closed_twice(sqlite_only: Databases, tmp_path: Path) -> None:
    app = create_app({"instance": tmp_path, "database_url": sqlite_only.new(), "async_mode": "threading"})
    close_app(app)
    close_app(app)
