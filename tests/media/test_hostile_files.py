"""Files made to harm: what they cost, what they leave behind, and what a worker that one has got hold of can do."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chatapp.errors import Unavailable
from chatapp.media import inspection
from chatapp.media.inspection import Media, inspect
from chatapp.media.worker import CPU_SECONDS
from tests.media.conftest import Inspect
from tests.media.endurance import inspect_malformed, workers
from tests.media.malformed import malformed
from tests.media.samples import TYPES, drawn, encoded, with_metadata
from tests.media.test_other_files import pdf

PICTURE = encoded(drawn(), "PNG")
DAMAGED = Media("other", "application/octet-stream")


@pytest.mark.slow
def test_malformed_files_leave_no_process_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "WORKER_SECONDS", 3.0)
    outcome = inspect_malformed(60, tmp_path, seed=7)
    assert sum(outcome.kinds.values()) == 60
    assert len(outcome.kinds) > 2, "the premise: some are still pictures, or films"
    assert max(outcome.seconds)[0] < 15


@pytest.mark.slow
@pytest.mark.parametrize("what", ["PNG of 900 megapixels", "PNG with a huge head", "JPEG with a huge head"])
def test_a_bomb_is_refused_by_its_head(look: Inspect, what: str) -> None:
    data = next(data for said, _, data in malformed(15) if said == what)
    assert len(data) < 1_000_000
    began_at = time.monotonic()
    assert look(data) == DAMAGED
    assert time.monotonic() - began_at < CPU_SECONDS / 2


@pytest.mark.parametrize("kind", TYPES)
def test_a_file_that_is_two_is_the_one_that_its_first_bytes_say(look: Inspect, kind: str) -> None:
    picture, page, document = encoded(drawn(), kind), b"<script>alert(1)</script>", pdf()
    assert look(picture + page + document, "page.html").content_type in (TYPES[kind], "application/octet-stream")
    assert look(page + picture, "picture.png") == DAMAGED
    assert look(document + picture, "picture.png").content_type == "application/pdf"


def test_only_the_first_bytes_of_a_picture_make_none(look: Inspect) -> None:
    for head in (b"\xff\xd8\xff\xe0", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBP"):
        found = look(head + b"<script>alert(1)</script>", "picture.jpg")
        assert (found.kind, found.content_type, found.previews) == ("other", "application/octet-stream", ())


def test_a_worker_that_hangs_is_killed(look: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "WORKER_SECONDS", 0.5)
    use(monkeypatch, tmp_path, "import time; time.sleep(60)")
    began_at = time.monotonic()
    assert look(PICTURE) == DAMAGED
    assert time.monotonic() - began_at < 5
    assert workers() == []


def test_a_worker_that_somebody_kills_costs_one_file_its_previews(
    look: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = pdf(content=b"0 0 m 9 9 l S " * 2_000_000)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(look, slow)
        while not (running := workers()):
            time.sleep(0.01)
        os.kill(running[0], signal.SIGKILL)
        assert found.result() == DAMAGED
    assert look(PICTURE).previews


def use(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str) -> None:
    """Lets a program stand for a worker that a file has got hold of, after it has limited itself."""
    path = folder / "captured.py"
    path.write_text(
        "import json, os, sys\nfrom chatapp.media import worker\nfrom chatapp.decoder_limits import limit_self\n"
        f"limit_self(1, worker.MEMORY_BYTES, 1_000_000)\n{program}"
    )
    monkeypatch.setattr(inspection, "WORKER", path)


LIES: dict[str, list[Any]] = {
    "no JSON": ["}{", "[1]", "null", '"x"'],
    "no size": ['{"readable": true, "width": -1, "height": "x", "placeholder": "<script>"}'],
    "a size beyond all": ['{"readable": true, "width": 1e308, "height": 99999999999}'],
    "a placeholder that is long": ['{"readable": true, "placeholder": "%s"}' % ("A" * 41)],
    "previews that are none": ['{"readable": true, "preview": [10, 10]}', '{"preview": "x"}', '{"previews": 5}'],
    "another type": ['{"readable": true, "content_type": "text/html"}'],
    "a copy that is empty": ['{"readable": true, "cleaned": true}'],
}


@pytest.mark.parametrize("lines", LIES.values(), ids=LIES.keys())
def test_a_report_that_lies_is_not_believed(
    look: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    use(monkeypatch, tmp_path, f"os.write(1, {chr(10).join(lines).encode()!r})")
    found = look(PICTURE)
    assert found in (DAMAGED, Media("picture", "image/png"))


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "data = bytearray(10**10)",
        "os.write(1, b'x' * 2_000_000); os.write(3, b'x' * 2_000_000)",
        "os.abort()",
        "sys.exit(7)",
    ],
    ids=["computes for ever", "takes all memory", "writes too much", "aborts", "fails"],
)
def test_a_worker_that_a_file_has_got_hold_of_is_limited(
    look: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    use(monkeypatch, tmp_path, program)
    assert look(PICTURE) == DAMAGED


def test_the_worker_gets_nothing_of_the_environment_and_no_other_file(
    look: Inspect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATAPP_SECRET_KEY", "secret")
    use(
        monkeypatch,
        tmp_path,
        "files = {int(name) for name in os.listdir('/proc/self/fd')} - {os.open('/', os.O_RDONLY)}\n"
        "is_alone = set(os.environ) <= {'PYTHONPATH', 'LC_CTYPE'} and files <= set(range(7))\n"
        "os.write(1, json.dumps({'readable': is_alone, 'width': 1, 'height': len(files)}).encode())",
    )
    with open(tmp_path / "secret", "w") as secret:
        os.set_inheritable(secret.fileno(), True)
        assert look(PICTURE).width == 1


def test_what_was_removed_counts_even_if_the_decoder_fails(look: Inspect) -> None:
    """A picture of too many pixels has no preview, and no place either."""
    data = with_metadata("JPEG")
    at = data.index(b"\xff\xc0") + 5
    found = look(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :])
    assert found.kind == "other"
    assert found.cleaned is not None
    assert b"Secretcam" not in found.cleaned.read_bytes()


@pytest.mark.slow
def test_files_are_inspected_at_once_and_do_not_mix(tmp_path: Path) -> None:
    def one(number: int) -> tuple[int, Media]:
        folder = tmp_path / str(number)
        folder.mkdir()
        source = folder / "source"
        source.write_bytes(encoded(drawn(100 + number, 50), "PNG"))
        return number, inspect(source, "picture.png", folder)

    with ThreadPoolExecutor(6) as pool:
        for number, found in pool.map(one, range(12)):
            assert found.width == 100 + number


def test_two_files_at_a_time_are_inspected_and_others_wait_no_longer_than_they_may(
    look: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "QUEUE_SECONDS", 0.05)
    for _ in range(inspection.MOST_WORKERS):
        assert inspection._turns.acquire(blocking=False)
    try:
        with pytest.raises(Unavailable):
            look(PICTURE)
        assert look(b"words", "notes.txt").kind == "text", "what needs no worker needs no turn"
    finally:
        inspection._turns.release(inspection.MOST_WORKERS)
    assert look(PICTURE).kind == "picture"


def test_a_wait_that_is_broken_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class BrokenOff(BaseException):
        pass

    def interrupted(_seconds: float) -> None:
        raise BrokenOff

    monkeypatch.setattr("chatapp.decoder_process.time.sleep", interrupted)
    source = tmp_path / "source"
    source.write_bytes(PICTURE)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with pytest.raises(BrokenOff):
        inspect(source, "picture.png", workspace)
    assert list(workspace.iterdir()) == []
    assert workers() == []
    assert threading.active_count() < 20
