"""The clients of `bench.files`: one upload and many downloads, each a process of its own, and the server's memory."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from .servers import HERE, LOAD_CORE, BenchError, Server

Measurement = TypeVar("Measurement")

MEGABYTE = 1_000_000
MOST_SECONDS = 900
SAMPLE_SECONDS = 0.05
STOP_SECONDS = 30


class Crowd:
    """The upload and the downloads start with the context. After it `memory` has the server's resident bytes before, at
    most and after, and `rates` the megabytes a second of the upload and of all downloads together."""

    def __init__(self, server: Server, token: str, upload_words: list[str], file_id: str, downloads: int) -> None:
        self._server = server
        self._token = token
        self._words = [upload_words, *[["--download", file_id]] * downloads]
        self._memory = Memory(server)
        self._clients: list[subprocess.Popen[str]] = []
        self.memory = (0, 0, 0)
        self.rates = (0.0, 0.0)

    def __enter__(self) -> "Crowd":
        self._memory.start()
        self._clients = [start(self._server, self._token, words) for words in self._words]
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.terminate()
        answers = [answer_of(client) for client in self._clients]
        self.memory = self._memory.stop()
        self.rates = (rate(answers[0]), sum(rate(answer) for answer in answers[1:]))

    def meanwhile(self, measure: Callable[[], Measurement]) -> list[Measurement]:
        """Measures again and again until the upload has ended and is processed. It ends during the last measurement,
        which counts only if there is no other. Raises BenchError for a client that failed."""
        upload, *downloads = self._clients
        found: list[Measurement] = []
        end = time.monotonic() + MOST_SECONDS
        while upload.poll() is None:
            found.append(measure())
            if time.monotonic() > end:
                raise BenchError(f"The upload did not end within {MOST_SECONDS} s.")
        if upload.returncode or any(client.poll() is not None for client in downloads):
            raise BenchError("A transfer failed.")
        return found[:-1] or found


class Memory:
    """Reads the resident bytes of a server's processes, without those that inspect files, in a thread."""

    def __init__(self, server: Server) -> None:
        self._processes = server.processes()
        self._samples: list[int] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def start(self) -> None:
        self._samples.append(self._resident_bytes())
        self._thread.start()

    def stop(self) -> tuple[int, int, int]:
        """Bytes before, at most and after."""
        self._is_over.set()
        self._thread.join()
        return self._samples[0], max(self._samples), self._resident_bytes()

    def _sample(self) -> None:
        while not self._is_over.wait(SAMPLE_SECONDS):
            self._samples.append(self._resident_bytes())

    def _resident_bytes(self) -> int:
        pages = sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in self._processes)
        return pages * os.sysconf("SC_PAGE_SIZE")


def start(server: Server, token: str, words: list[str]) -> "subprocess.Popen[str]":
    """Starts a client on the core of the load generator."""
    command = [sys.executable, "-m", "bench.transfer_client", str(server.http_port), token, *words]
    process = subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(process.pid, {LOAD_CORE})
    return process


def answer_of(client: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a client printed; nothing if it failed."""
    try:
        printed, _ = client.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        client.kill()
        printed, _ = client.communicate()
    found: dict[str, Any] = json.loads(printed) if printed and not client.returncode else {}
    return found


def rate(answer: dict[str, Any]) -> float:
    """Megabytes a second."""
    return answer["bytes"] / MEGABYTE / answer["seconds"] if answer else 0.0
