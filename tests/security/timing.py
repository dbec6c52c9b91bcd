"""Whether the time of a refused sign-in tells which usernames exist."""

import random
import time
from dataclasses import dataclass
from statistics import median

import requests

from tests.security.installation import HANG_SECONDS
from tests.servers import Server

ATTEMPTS = 8
"""With each name. After ten failures the server makes the next attempt wait."""

NAMES = {
    "wrong password": ("member", "other", "outsider", "former", "moderator"),
    "unknown name": tuple(f"nobody{number}" for number in range(5)),
}


@dataclass(frozen=True)
class Timing:
    """Milliseconds of refused sign-ins, by the reason."""

    medians: dict[str, float]
    attempts: int

    @property
    def ratio(self) -> float:
        """That of an unknown name to that of a wrong password."""
        return self.medians["unknown name"] / self.medians["wrong password"]


def refused_sign_ins(server: Server, seed: int) -> Timing:
    """Tries wrong passwords of known and of unknown names in a random order. Fails if the answers differ."""
    attempts = [(kind, name) for kind, names in NAMES.items() for name in names for _ in range(ATTEMPTS)]
    random.Random(seed).shuffle(attempts)
    times: dict[str, list[float]] = {kind: [] for kind in NAMES}
    answers: set[tuple[int, str]] = set()
    with requests.Session() as http:
        http.get(server.http + "/healthz", timeout=HANG_SECONDS)
        for number, (kind, name) in enumerate(attempts):
            body = {"username": name, "password": f"a wrong phrase {number}"}
            began = time.perf_counter()
            answer = http.post(server.http + "/login", json=body, timeout=HANG_SECONDS)
            times[kind].append((time.perf_counter() - began) * 1000)
            answers.add((answer.status_code, answer.text))
    assert len(answers) == 1, answers
    return Timing({kind: median(found) for kind, found in times.items()}, len(attempts))
