"""Clusters of one HTTP process and one or more Socket.IO processes on one database."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chatapp import close_app, create_app
from chatapp.actions.accounts import NewUser, add_users
from tests.conftest import CAST
from tests.people import Person
from tests.servers import FLASK, SOCKETS, Server, free_port

EVE = NewUser("eve", "Eve", "Evans")
FAY = NewUser("fay", "Fay", "Fisher")
"""Users of one test each, so that it can deactivate them."""


def add_cast(url: str, instance: Path) -> None:
    app = create_app({"instance": instance, "database_url": url})
    add_users(app.extensions["chatapp.journal"], [*CAST, EVE, FAY])
    close_app(app)


class Cluster:
    """An HTTP process and `count` Socket.IO processes, which share an instance folder, a log and a database."""

    def __init__(self, folder: Path, url: str, count: int = 1, **settings: Any) -> None:
        add_cast(url, folder)
        ports = {"CHATAPP_HTTP_PORT": free_port(), "CHATAPP_DATABASE_URL": url, **settings}
        self.http = Server(folder, [*FLASK, "--port", str(ports["CHATAPP_HTTP_PORT"])], **ports)
        self.nodes = [Server(folder, SOCKETS, **ports) for _ in range(count)]
        self._people: list[Person] = []

    @property
    def log(self) -> str:
        return self.http.log

    def start(self) -> "Cluster":
        starts = [self.http.start, *(self.starter(node) for node in self.nodes)]
        with ThreadPoolExecutor(len(starts)) as pool:
            for started in [pool.submit(one) for one in starts]:
                started.result()
        return self

    @staticmethod
    def starter(node: Server) -> Callable[[], Server]:
        """Waits by /readyz, since the Socket.IO side answers the HTTP routes as well."""
        return lambda: node.start(node.ws + "/readyz")

    def stop(self) -> list[int]:
        """Returns the exit statuses of the Socket.IO processes. The development server has no clean exit."""
        statuses = [node.stop() for node in self.nodes]
        self.http.stop()
        return statuses

    def kill(self) -> None:
        for process in (self.http, *self.nodes):
            if process.process is not None:
                process.kill()

    def arrive(self, username: str, node: int = 0, **options: Any) -> Person:
        """Signs a user in at the HTTP process and connects a socket to a node."""
        person = Person(self.nodes[node], username, **options).connect()
        self._people.append(person)
        return person

    def visit(self, username: str) -> Person:
        """Signs a user in at the HTTP process, without a socket."""
        return Person(self.nodes[0], username)

    def clear(self) -> None:
        """Disconnects all users."""
        people, self._people = self._people, []
        for person in people:
            person.disconnect()

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs `chatapp` on the same database."""
        return self.http.run(*words)


def online(person: Person) -> set[str]:
    """Returns the users that are online according to HTTP."""
    return {one["username"] for one in person.get("/users").json()["users"] if one["isOnline"]}


@contextmanager
def running_cluster(cluster: Cluster) -> Iterator[Cluster]:
    """Starts a cluster, and stops it in the end. Its Socket.IO processes must end cleanly, and none log a traceback."""
    try:
        yield cluster.start()
        assert cluster.stop() == [0] * len(cluster.nodes)
        assert "Traceback" not in cluster.log
    finally:
        cluster.kill()
