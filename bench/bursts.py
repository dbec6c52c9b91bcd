"""`python -m bench.bursts`: measures what a burst of reactions or votes costs, against one at a time. Needs no other
server.

The members of a group are connected by WebSocket. They react to one message, or vote in one poll, first one after the
other with a pause in between, then as fast as they can. Prints for both the events that each member received and the
server's CPU time, and their ratios.
"""

import argparse
import selectors
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import websocket

from .plan import Burst
from .search import Client, Server

EMOJI = ["👍", "🎉", "😀", "🚀", "👀"]
PAUSE_SECONDS = 0.5
"""Longer than the time in which the server joins changes."""
QUIET_SECONDS = 2.0
THREADS = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.bursts", description=__doc__)
    parser.add_argument("--members", type=int, default=200, help="of the group (default %(default)s)")
    parser.add_argument("--count", type=int, default=1_000, help="reactions or votes (default %(default)s)")
    parser.add_argument("--singles", type=int, default=20, help="with a pause in between (default %(default)s)")
    burst = Burst(**vars(parser.parse_args()))
    for name, single, many in measured(burst):
        print_row(name, burst, single, many)
    return 0


@dataclass(frozen=True)
class Cost:
    """The events that a member received on average, and the server's CPU seconds."""

    events: float
    cpu: float


def measured(burst: Burst) -> Iterator[tuple[str, Cost, Cost]]:
    """For reactions and for votes the cost of one alone, and that of the burst."""
    with (
        tempfile.TemporaryDirectory(prefix="chatapp-bursts-") as folder,
        Server(Path(folder), burst.members) as server,
    ):
        yield from measure(server, burst)


class Listeners:
    """The members' connections. `events` counts the changed messages that all of them received."""

    def __init__(self, server: Server, clients: list[Client]) -> None:
        self.events = 0
        self._selector = selectors.DefaultSelector()
        for client in clients:
            address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
            connection = websocket.create_connection(address, header={"auth-token": client.token}, timeout=30)
            connection.send("40/chat,")
            self._selector.register(connection.sock, selectors.EVENT_READ, connection)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            for key, _ in self._selector.select():
                try:
                    packet = key.data.recv()
                except websocket.WebSocketConnectionClosedException:
                    return  # the server has stopped
                if packet == "2":
                    key.data.send("3")
                elif packet.startswith('42/chat,["change"') and '"kind":"update"' in packet:
                    self.events += 1

    def wait_until_quiet(self) -> None:
        before = -1
        while before != self.events:
            before = self.events
            time.sleep(QUIET_SECONDS)


def measure(server: Server, burst: Burst) -> Iterator[tuple[str, Cost, Cost]]:
    clients = [Client(server.port, f"user{number}") for number in range(burst.members)]
    users = [{"username": f"user{number}"} for number in range(burst.members)]
    group = clients[0].post("/group", {"groupName": "All", "users": users})["newGroup"]["groupId"]
    listeners = Listeners(server, clients)
    place = {"receiver": group, "group": True}
    message = clients[0].post("/messages", {**place, "content": "hello"})["response"]["messageId"]
    poll = clients[0].post("/polls", {**place, "question": "When?", "options": EMOJI})["message"]["messageId"]
    listeners.wait_until_quiet()

    def react(number: int) -> None:
        emoji = EMOJI[number // burst.members % len(EMOJI)]
        clients[number % burst.members].post(f"/message/{message}/reactions", {"emoji": emoji})

    def vote(number: int) -> None:
        body = {"options": [number // burst.members % len(EMOJI)]}
        clients[number % burst.members].put(f"/message/{poll}/vote", body)

    for name, act in (("reactions", react), ("votes", vote)):
        singles = cost(server, listeners, burst, lambda act=act: one_by_one(act, burst))
        many = cost(server, listeners, burst, lambda act=act: at_once(act, burst))
        yield name, Cost(singles.events / burst.singles, singles.cpu / burst.singles), many


def cost(server: Server, listeners: Listeners, burst: Burst, work: Callable[[], None]) -> Cost:
    events, cpu = listeners.events, server.cpu_seconds()
    work()
    listeners.wait_until_quiet()
    return Cost((listeners.events - events) / burst.members, server.cpu_seconds() - cpu)


def one_by_one(act: Callable[[int], None], burst: Burst) -> None:
    """The last members act, so that the burst finds most of its reactions new."""
    for number in range(burst.singles):
        act(burst.members - 1 - number)
        time.sleep(PAUSE_SECONDS)


def at_once(act: Callable[[int], None], burst: Burst) -> None:
    """Each thread has members of its own, whose connections it uses alone."""

    def run(part: int) -> None:
        for number in range(burst.count):
            if number % burst.members % THREADS == part:
                act(number)

    threads = [threading.Thread(target=run, args=(part,)) for part in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def print_row(name: str, burst: Burst, single: Cost, many: Cost) -> None:
    one, all_of_them = single.cpu * 1000, many.cpu * 1000
    each = all_of_them / burst.count
    print(f"{name}, one: {single.events:.1f} events a member, {one:.1f} ms CPU")
    print(f"{name}, {burst.count:,}: {many.events:.1f} events a member, {all_of_them:,.0f} ms CPU, {each:.1f} ms each")
    print(
        f"{name}, ratio: {many.events / single.events:.1f} times the events, {many.cpu / single.cpu:.1f} times the CPU"
    )


if __name__ == "__main__":
    sys.exit(main())
