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
from collections.abc import Callable
from pathlib import Path

import websocket

from .search import Client, Server

EMOJI = ["👍", "🎉", "😀", "🚀", "👀"]
PAUSE_SECONDS = 0.5
"""Longer than the time in which the server joins changes."""
QUIET_SECONDS = 2.0
THREADS = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.bursts", description=__doc__)
    parser.add_argument("--members", type=int, default=200, help="of the group (default %(default)s)")
    parser.add_argument("--burst", type=int, default=1_000, help="reactions or votes (default %(default)s)")
    parser.add_argument("--singles", type=int, default=20, help="with a pause in between (default %(default)s)")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="chatapp-bursts-") as folder,
        Server(Path(folder), options.members) as server,
    ):
        measure(server, options)
    return 0


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


def measure(server: Server, options: argparse.Namespace) -> None:
    clients = [Client(server, f"user{number}") for number in range(options.members)]
    users = [{"username": f"user{number}"} for number in range(options.members)]
    group = clients[0].post("/group", {"groupName": "All", "users": users})["newGroup"]["groupId"]
    listeners = Listeners(server, clients)
    place = {"receiver": group, "group": True}
    message = clients[0].post("/messages", {**place, "content": "hello"})["response"]["messageId"]
    poll = clients[0].post("/polls", {**place, "question": "When?", "options": EMOJI})["message"]["messageId"]
    listeners.wait_until_quiet()

    def react(number: int) -> None:
        emoji = EMOJI[number // options.members % len(EMOJI)]
        clients[number % options.members].post(f"/message/{message}/reactions", {"emoji": emoji})

    def vote(number: int) -> None:
        body = {"options": [number // options.members % len(EMOJI)]}
        clients[number % options.members].put(f"/message/{poll}/vote", body)

    for name, act in (("reactions", react), ("votes", vote)):
        single = cost(server, listeners, options, lambda act=act: one_by_one(act, options))
        burst = cost(server, listeners, options, lambda act=act: at_once(act, options))
        print_row(name, options, single, burst)


def cost(
    server: Server, listeners: Listeners, options: argparse.Namespace, work: Callable[[], None]
) -> tuple[float, float]:
    """The events that a member received on average, and the server's CPU seconds."""
    events, cpu = listeners.events, server.cpu_seconds()
    work()
    listeners.wait_until_quiet()
    return (listeners.events - events) / options.members, server.cpu_seconds() - cpu


def one_by_one(act: Callable[[int], None], options: argparse.Namespace) -> None:
    """The last members act, so that the burst finds most of its reactions new."""
    for number in range(options.singles):
        act(options.members - 1 - number)
        time.sleep(PAUSE_SECONDS)


def at_once(act: Callable[[int], None], options: argparse.Namespace) -> None:
    """Each thread has members of its own, whose connections it uses alone."""

    def run(part: int) -> None:
        for number in range(options.burst):
            if number % options.members % THREADS == part:
                act(number)

    threads = [threading.Thread(target=run, args=(part,)) for part in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def print_row(name: str, options: argparse.Namespace, single: tuple[float, float], burst: tuple[float, float]) -> None:
    one, each = single[1] / options.singles * 1000, burst[1] / options.burst * 1000
    events = single[0] / options.singles
    print(f"{name}, one: {events:.1f} events a member, {one:.1f} ms CPU")
    print(
        f"{name}, {options.burst:,}: {burst[0]:.1f} events a member, {burst[1] * 1000:,.0f} ms CPU, {each:.1f} ms each"
    )
    print(f"{name}, ratio: {burst[0] / events:.1f} times the events, {burst[1] * 1000 / one:.1f} times the CPU")


if __name__ == "__main__":
    sys.exit(main())
