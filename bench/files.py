"""`python -m bench.files`: measures what large transfers cost those who chat meanwhile. Needs no other server.

People send each other private messages at a steady rate: first alone, then while one large file is uploaded by tus (in
one request, and in parts) and clients download a file as fast as they can. Prints the latencies of the acks, their
ratio to those without transfers, the memory of the server, and the rates of the transfers: under `chatapp serve`, and
under gunicorn with its eventlet worker.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .crowd import MEGABYTE, Crowd, answer_of, start
from .plan import Transfers
from .search import Client
from .servers import BenchError, Server, Spec, file_specs, free_port
from .table import aligned
from .tools import Load, build

WAYS = {"one request": 0, "parts of 4 MiB": 4 << 20}
"""How the file is uploaded: bytes a request, 0 for all."""
WORK = "private"
CONTENT_BYTES = 100
WARM_SECONDS = 1.0
IDLE_MEASUREMENTS = 3
SHARED_MEGABYTES = 200
"""The file that is downloaded: large enough that the head of a response does not count."""
HEAD = [
    "server",
    "upload in",
    "p50 idle",
    "busy",
    "ratio",
    "p99 idle",
    "busy",
    "ratio",
    "RSS",
    "most",
    "after",
    "up",
    "down",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.files", description=__doc__)
    default = Transfers()
    parser.add_argument("--megabytes", type=int, default=default.megabytes, help="uploaded (default %(default)s)")
    parser.add_argument("--downloads", type=int, default=default.downloads, help="at once (default %(default)s)")
    parser.add_argument("--people", type=int, default=default.people, help="who chat (default %(default)s)")
    parser.add_argument("--rate", type=float, default=default.rate, help="messages a second (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=default.seconds, help="a measurement (default %(default)s)")
    transfers = Transfers(**vars(parser.parse_args()))
    try:
        build()
        rows = [row(one) for one in measured(transfers, lambda text: print(text, file=sys.stderr, flush=True))]
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    print(aligned([HEAD, *rows]))
    print("latencies of acks in ms, resident memory in MB, upload and all downloads together in MB/s")
    return 0


@dataclass(frozen=True)
class Chat:
    """Latencies of acks in milliseconds, medians over the measurements."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Transferred:
    """What one way of uploading did under one server: the chat before and meanwhile, the server's resident bytes
    before, at most and after, and megabytes a second of the upload and of all downloads together."""

    server: str
    way: str
    idle: Chat
    busy: Chat
    memory: tuple[int, int, int]
    rates: tuple[float, float]


def measured(transfers: Transfers, say: Callable[[str], None]) -> Iterator[Transferred]:
    """Each server on the same database, one after the other. The first creates the users. `say` reports progress."""
    with tempfile.TemporaryDirectory(prefix="chatapp-files-") as folder:
        for spec in file_specs():
            yield from measured_on(spec, Path(folder), transfers, say)


def measured_on(spec: Spec, folder: Path, transfers: Transfers, say: Callable[[str], None]) -> Iterator[Transferred]:
    port = free_port()
    with Server(spec, folder, transfers.people, folder / "chat.db", port, port) as server, Load(server) as load:
        load.ask("login", users=transfers.people)
        load.ask("pairs", work=WORK, count=transfers.people // 2)
        # The load generator knows no messages but its own.
        token, file_id = shared_file(server)
        load.ask("connect", users=transfers.people)
        say(f"{transfers.people} people chat, {spec.title}")
        idle = middle([chat(load, transfers) for _ in range(IDLE_MEASUREMENTS)])
        for way, part_bytes in WAYS.items():
            say(f"an upload in {way} and {transfers.downloads} downloads, {spec.title}")
            words = ["--upload-bytes", str(transfers.megabytes * MEGABYTE), "--part-bytes", str(part_bytes)]
            with Crowd(server, token, words, file_id, transfers.downloads) as crowd:
                busy = middle(crowd.meanwhile(lambda: chat(load, transfers)))
            done = Transferred(spec.title, way, idle, busy, crowd.memory, crowd.rates)
            say(f"ack p99 {idle.p99:.2f} ms without transfers, {busy.p99:.2f} ms beside them, {spec.title}")
            yield done


def shared_file(server: Server) -> tuple[str, str]:
    """A token, and the id of a file that its owner has sent to somebody and may download."""
    token = Client(server.http_port, "user0").token
    uploaded = answer_of(start(server, token, ["--upload-bytes", str(SHARED_MEGABYTES * MEGABYTE)]))
    if not uploaded:
        raise BenchError("The file that is downloaded could not be uploaded.")
    message = {"receiver": "user1", "content": "", "files": [{"uploadId": uploaded["upload"]}]}
    # gunicorn has closed the first connection meanwhile.
    sent = Client(server.http_port, "user0").post("/messages", message)
    return token, str(sent["response"]["files"][0]["fileId"])


def chat(load: Load, transfers: Transfers) -> Chat:
    plan = {"rate": transfers.rate, "contentBytes": CONTENT_BYTES, "seconds": transfers.seconds}
    answer = load.ask("open", work=WORK, warmSeconds=WARM_SECONDS, **plan)
    if answer["problems"]:
        raise BenchError(f"Chat beside transfers: {answer['problems']} {' '.join(answer['examples'])}")
    return Chat(answer["p50"], answer["p99"])


def middle(chats: list[Chat]) -> Chat:
    return Chat(median(one.p50 for one in chats), median(one.p99 for one in chats))


def row(one: Transferred) -> list[str]:
    latencies = [
        text
        for idle, busy in ((one.idle.p50, one.busy.p50), (one.idle.p99, one.busy.p99))
        for text in (f"{idle:.2f}", f"{busy:.2f}", f"{busy / idle:.2f}")
    ]
    memory = [f"{size / MEGABYTE:.0f}" for size in one.memory]
    return [one.server, one.way, *latencies, *memory, *(f"{rate:.0f}" for rate in one.rates)]


if __name__ == "__main__":
    sys.exit(main())
