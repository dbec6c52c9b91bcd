"""`python -m bench.search`: measures chatapp's search in a million messages while others chat. Needs no other server.

Inserts the messages into a SQLite file, builds the index by `chatapp search rebuild`, starts a server on it, and sends
searches and messages over HTTP at a fixed rate. Prints the size of the index and the latencies.
"""

import argparse
import http.client
import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

GROUPS = 20
MEMBERS = 10
SENDERS = 4
WORDS = 40_000
HANZI = [chr(0x4E00 + number) for number in range(3_000)]
INSERT = (
    "INSERT INTO message (conversation_id, sequence, revision, sender_id, content, created_at) VALUES (?,?,?,?,?,?)"
)
FINISH = "UPDATE conversation SET last_sequence = ?, revision = ?, last_message_at = ? WHERE id = ?"
FIRST_MOMENT = 1_700_000_000_000_000
INDEX_BYTES = "SELECT SUM(pgsize) FROM dbstat WHERE name LIKE 'search%'"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement (default %(default)s)")
    parser.add_argument("--searches", type=float, default=20.0, help="a second (default %(default)s)")
    parser.add_argument("--sends", type=float, default=200.0, help="messages a second (default %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chatapp-search-") as folder:
        measure(Path(folder), options)
    return 0


class Server:
    """A chatapp server on a SQLite file in a folder."""

    def __init__(self, folder: Path, members: int = MEMBERS) -> None:
        self._members = members
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.database = folder / "chat.db"
        settings = {
            "CHATAPP_INSTANCE": folder,
            "CHATAPP_DATABASE_URL": f"sqlite:///{self.database}",
            "CHATAPP_SIGN_IN": "username",
            "CHATAPP_HTTP_PORT": self.port,
            "CHATAPP_WS_PORT": self.port,
        }
        self.environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> None:
        subprocess.run([sys.executable, "-m", "chatapp", *words], env=self.environment, check=True)

    def __enter__(self) -> "Server":
        command = [sys.executable, "-m", "chatapp", "serve", "--demo", str(self._members)]
        self._process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("The server did not start.")

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def cpu_seconds(self) -> float:
        if self._process is None:
            raise SystemExit("The server is not running.")
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Client:
    """A signed-in user with one connection."""

    def __init__(self, port: int, username: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Content-Type": "application/json"}
        self.token = self._request("POST", "/login", {"username": username})[1]["auth-token"]
        self._headers["auth-token"] = self.token

    def get(self, path: str) -> Any:
        return self._request("GET", path)[0]

    def post(self, path: str, body: Any) -> Any:
        return self._request("POST", path, body)[0]

    def put(self, path: str, body: Any) -> Any:
        return self._request("PUT", path, body)[0]

    def _request(self, method: str, path: str, body: Any = None) -> tuple[Any, Any]:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, self._headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise SystemExit(f"{path}: {answer}")
        return answer, response.headers


class Texts:
    """Random messages: words by Zipf's law, a common word in every third, and Chinese in every tenth."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        letters = self._chance.choices
        self._words = ["".join(letters("etaoinshrdlucmfwypvbgkjqxz", k=2 + number % 9)) for number in range(WORDS)]

    def next(self) -> str:
        chance = self._chance
        if chance.random() < 0.1:
            return "".join(chance.choices(HANZI, k=chance.randint(4, 30)))
        count = chance.randint(3, 20)
        words = [self._words[min(WORDS - 1, int(chance.paretovariate(0.7)) - 1)] for _ in range(count)]
        return " ".join(["meeting", *words] if chance.random() < 0.33 else words)

    def rare(self) -> str:
        return self._words[self._chance.randint(WORDS // 2, WORDS - 1)]

    def pair(self) -> str:
        return "".join(self._chance.choices(HANZI, k=2))


def measure(folder: Path, options: argparse.Namespace) -> None:
    server = Server(folder)
    with server:
        creator = Client(server.port, "user0")
        users = [{"username": f"user{number}"} for number in range(MEMBERS)]
        groups = [
            creator.post("/group", {"groupName": f"Group {number}", "users": users})["newGroup"]["groupId"]
            for number in range(GROUPS)
        ]
    insert(server.database, groups, options.messages)
    began_at = time.monotonic()
    server.run("search", "rebuild")
    seconds = time.monotonic() - began_at
    print(f"rebuild: {seconds:,.0f} s, {options.messages / seconds:,.0f} messages a second")
    print_size(server.database, options.messages)
    with server:
        quiet, cpu = send_and_search(server, groups, options, {})
        print(f"sending alone: ack p50 {at(quiet['send'], 0.5)}, p99 {at(quiet['send'], 0.99)}, CPU {cpu:.0%}")
        busy, cpu = send_and_search(server, groups, options, queries(Texts(7)))
        print(f"with searches: ack p50 {at(busy['send'], 0.5)}, p99 {at(busy['send'], 0.99)}, CPU {cpu:.0%}")
        for name in [name for name in busy if name != "send"]:
            times = busy[name]
            print(f"{name:<34} {len(times):>4} searches, p50 {at(times, 0.5)}, p95 {at(times, 0.95)}")


def insert(database: Path, groups: list[str], messages: int) -> None:
    texts = Texts(1)
    with sqlite3.connect(database) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM user WHERE username LIKE 'user%'")]
        each = messages // len(groups)
        for number, group in enumerate(groups):
            at_first = FIRST_MOMENT + number
            rows = (
                (int(group), n, n + 1, ids[n % MEMBERS], texts.next(), at_first + n * 1_000_000)
                for n in range(1, each + 1)
            )
            connection.executemany(INSERT, rows)
            connection.execute(FINISH, (each, each + 1, at_first + each * 1_000_000, int(group)))
    connection.close()


def print_size(database: Path, messages: int) -> None:
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        index = connection.execute(INDEX_BYTES).fetchone()[0]
    except sqlite3.OperationalError:  # built without dbstat
        index = connection.execute("SELECT SUM(LENGTH(block)) FROM search_text_data").fetchone()[0]
    connection.close()
    size = database.stat().st_size
    print(f"index: {index / 1e6:,.0f} MB, {index / messages:.0f} bytes a message; file: {size / 1e6:,.0f} MB")


def queries(texts: Texts) -> dict[str, Callable[[], str]]:
    """What is searched, by its title."""
    kinds: dict[str, Callable[[], str]] = {
        "two Chinese characters": texts.pair,
        "a common word": lambda: '"meeting"',
        "a rare word": lambda: f'"{texts.rare()}"',
        "the beginning of a word": lambda: texts.rare()[:3],
    }
    found: dict[str, Callable[[], str]] = {}
    for title, query in kinds.items():
        found[f"{title}, everywhere"] = query
        found[f"{title}, in one group"] = lambda query=query: f'{query()} in:"Group 7" '  # type: ignore[misc]
    return found


def send_and_search(
    server: Server, groups: list[str], options: argparse.Namespace, searches: dict[str, Callable[[], str]]
) -> tuple[dict[str, list[float]], float]:
    """The times of the requests by their kind, in milliseconds, and the share of a core that the server took."""
    times: dict[str, list[float]] = {"send": []}
    texts = Texts(3)
    end = time.monotonic() + options.seconds

    def paced(rate: float, work: Callable[[int], None]) -> None:
        due, number = time.monotonic(), 0
        while due < end:
            time.sleep(max(0.0, due - time.monotonic()))
            work(number)
            due += 1 / rate
            number += 1

    def send(client: Client, number: int) -> None:
        began_at = time.perf_counter()
        client.post("/messages", {"receiver": groups[number % GROUPS], "group": True, "content": texts.next()})
        times["send"].append((time.perf_counter() - began_at) * 1000)

    def search(client: Client, number: int) -> None:
        title = list(searches)[number % len(searches)]
        path = f"/search?{urlencode({'q': searches[title]()}, quote_via=quote)}"
        began_at = time.perf_counter()
        client.get(path)
        times.setdefault(title, []).append((time.perf_counter() - began_at) * 1000)

    clients = [Client(server.port, f"user{number}") for number in range(SENDERS + 1)]
    works = [(options.sends / SENDERS, send, client) for client in clients[1:]]
    if searches:
        works.append((options.searches, search, clients[0]))
    threads = [
        threading.Thread(target=paced, args=(rate, lambda number, work=work, client=client: work(client, number)))
        for rate, work, client in works
    ]
    cpu, began_at = server.cpu_seconds(), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, (server.cpu_seconds() - cpu) / (time.monotonic() - began_at)


def at(times: list[float], share: float) -> str:
    ordered = sorted(times)
    return f"{ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
