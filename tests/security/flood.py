"""A flood by one signed-in person and of sign-in attempts, beside two people who chat.

As a program it is the flood alone: it takes a core of its own.
"""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import requests
from websockets.sync.client import connect

from tests.realtime.wire import Wire, private
from tests.security.installation import HANG_SECONDS, SignedIn
from tests.servers import ROOT, Server

WINDOW = 50
"""Events that a flooding connection sends before it reads their acks."""
PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Chat:
    """Milliseconds from the emit of a message to its ack, which waits until the receiver has confirmed it."""

    messages: int
    median: float
    p99: float


@dataclass(frozen=True)
class FloodFigures:
    quiet: Chat
    flooded: Chat
    counts: dict[str, int]
    """What was tried, and what of it was refused."""


def run_flood(server: Server, seconds: float) -> FloodFigures:
    """Two people chat for so long alone, and for so long beside a flood. Fails if a message of theirs is refused or
    does not arrive."""
    flooder, sender, receiver = (SignedIn(server, name) for name in ("outsider", "member", "other"))
    wires = [Wire(server, one.token).joined() for one in (sender, receiver)]
    quiet = _chat(wires, seconds)
    command = [sys.executable, "-m", "tests.security.flood", server.http, server.ws, flooder.token, str(seconds + 1)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        time.sleep(1)
        flooded = _chat(wires, seconds)
        counts = json.loads(process.communicate(timeout=seconds + 30)[0])
    for wire in wires:
        wire.close()
    return FloodFigures(quiet, flooded, counts)


def _chat(wires: list[Wire], seconds: float) -> Chat:
    sender, receiver = wires
    waited: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        content = f"{time.monotonic()}"
        began = time.perf_counter()
        number = sender.emit("privateMessage", private("member", "other", content))
        receiver.confirm(receiver.message(content), {"success": True, "receiver": "other"})
        ack = sender.ack(number)
        waited.append((time.perf_counter() - began) * 1000)
        assert ack["success"], ack
        for wire in wires:
            wire.frames.clear()
        time.sleep(PAUSE_SECONDS)
    cuts = quantiles(waited, n=100, method="inclusive")
    return Chat(len(waited), cuts[49], cuts[98])


class _Flood:
    def __init__(self, http: str, ws: str, token: str, seconds: float) -> None:
        self._http, self._token = http, token
        self._socket = ws.replace("http", "ws", 1) + f"/socket.io/?EIO=4&transport=websocket&token={token}"
        self._until = time.monotonic() + seconds
        self.counts: Counter[str] = Counter()

    def run(self) -> None:
        threads = [threading.Thread(target=one) for one in (self._requests, self._events, self._sign_ins) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _requests(self) -> None:
        with requests.Session() as http:
            http.headers["auth-token"] = self._token
            while time.monotonic() < self._until:
                self._count("requests", http.get(self._http + "/conversations", timeout=HANG_SECONDS))

    def _sign_ins(self) -> None:
        number = 0
        with requests.Session() as http:
            while time.monotonic() < self._until:
                number += 1
                body = {"username": f"nobody{number % 50}", "password": "a wrong password"}
                self._count("sign-ins", http.post(self._http + "/login", json=body, timeout=HANG_SECONDS))

    def _count(self, kind: str, answer: requests.Response) -> None:
        self.counts[kind] += 1
        if answer.status_code == 429:
            self.counts[f"refused {kind}"] += 1
            self.counts["without Retry-After"] += "Retry-After" not in answer.headers

    def _events(self) -> None:
        packet = json.dumps(["privateMessage", private("outsider", "former", "flood")])
        with connect(self._socket, compression=None, max_size=None) as socket:
            socket.send("40/chat,")
            while time.monotonic() < self._until:
                for number in range(WINDOW):
                    socket.send(f"42/chat,{number}{packet}")
                self.counts["events"] += WINDOW
                acks = 0
                while acks < WINDOW:
                    try:
                        text = socket.recv(timeout=max(self._until - time.monotonic(), 0))
                    except TimeoutError:
                        return
                    if text == "2":
                        socket.send("3")
                    acks += str(text).startswith("43/chat,")
                    self.counts["refused events"] += '"too_many_events"' in str(text)


def main(arguments: list[str]) -> Any:
    http, ws, token, seconds = arguments
    flood = _Flood(http, ws, token, float(seconds))
    flood.run()
    print(json.dumps(flood.counts))


if __name__ == "__main__":
    main(sys.argv[1:])
