"""Fetching a preview by the worker's process: texts, pictures, and what ends with the process."""

import socket
import time
from pathlib import Path

import pytest

from chatapp.previews import fetching
from chatapp.previews.fetching import Preview, fetch_preview
from tests.pictures import RED, bomb, decoded, encoded, plain
from tests.previews.internet import Answer, Site, page, pages, redirect, response, site, write_worker

URL = "http://example.com/"
PICTURE = encoded(plain(RED, (1_200, 630)), "PNG")


def preview_of(answer: Answer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Preview | None:
    with site(answer) as one:
        monkeypatch.setattr(fetching, "WORKER", write_worker(folder, {"example.com": one.port}))
        return fetch_preview(URL)


def preview_of_page(body: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Preview | None:
    return preview_of(pages({"/": response(body)}), folder, monkeypatch)


def with_picture(body: bytes, kind: str = "image/png") -> Answer:
    return pages({"/": response(page(image="/picture")), "/picture": response(body, kind)})


def test_a_preview_has_texts_and_a_small_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = page(title="Graph", description="Some words", site_name="Site", image="/picture")
    answers = {"/": response(body), "/picture": redirect("/moved"), "/moved": response(PICTURE, "image/png")}
    found = preview_of(pages(answers), tmp_path, monkeypatch)
    assert found is not None
    assert (found.title, found.description, found.site_name) == ("Graph", "Some words", "Site")
    assert found.picture is not None
    assert (found.picture.width, found.picture.height) == (480, 252)
    shown = decoded(found.picture.body)
    assert (shown.format, shown.size) == ("WEBP", (480, 252))


@pytest.mark.parametrize(
    ("size", "mode", "wanted"),
    [((300, 200), "RGB", (300, 200)), ((100, 2_000), "RGBA", (24, 480)), ((4_000, 1), "L", (480, 1))],
)
def test_a_picture_is_scaled_down_as_a_whole(
    size: tuple[int, int], mode: str, wanted: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colour = 90 if mode == "L" else (*RED, 100)[: len(mode)]
    found = preview_of(with_picture(encoded(plain(colour, size, mode), "PNG")), tmp_path, monkeypatch)
    assert found is not None
    assert found.picture is not None
    assert (found.picture.width, found.picture.height) == wanted == decoded(found.picture.body).size


@pytest.mark.parametrize(
    "answer",
    [
        with_picture(bomb(7_000)),
        with_picture(PICTURE[:100]),
        with_picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        with_picture(b"x" * 5_000_001),
        pages({"/": response(page(image="http://127.0.0.1/picture"))}),
        pages({"/": response(page(image="http://169.254.169.254/"))}),
        pages({"/": response(page(image="data:image/png;base64,AAAA"))}),
        pages({"/": response(page(image="/missing"))}),
        pages({"/": response(page(image="/moved")), "/moved": redirect("http://localhost/picture")}),
    ],
    ids=["bomb", "damaged", "SVG", "large", "private", "metadata", "data", "missing", "moved"],
)
def test_a_preview_does_without_a_picture_that_cannot_be_shown(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert preview_of(answer, tmp_path, monkeypatch) == Preview("A title", "", "", None)


TEXTS = {
    "  many \n\t spaces\u00a0here ": "many spaces here",
    "&lt;b&gt;bold&lt;/b&gt;": "<b>bold</b>",
    "\u202egnp.exe\u202c": "gnp.exe",
    "in\u2066vis\u2069i\u200bb\u00adle\ufeff": "invisible",
    "a\x01\x1b[31mb": "a[31mb",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "e\u0301": "\u00e9",
    "x" * 1_000: "x" * 199 + "\u2026",
}


@pytest.mark.parametrize(("written", "shown"), TEXTS.items())
def test_texts_are_one_line_of_what_is_seen(
    written: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = preview_of_page(page(title=written), tmp_path, monkeypatch)
    assert found is not None
    assert found.title == shown


@pytest.mark.parametrize("title", ["", " ", "\u200b", "\u2800", "\u3164"])
def test_a_page_without_a_title_that_is_seen_has_no_preview(
    title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert preview_of_page(page(title, description="Words"), tmp_path, monkeypatch) is None


def dripping(head: bytes, piece: bytes) -> Answer:
    """Sends a piece again and again, each before the reader loses patience."""

    def answer(connection: socket.socket, _path: str) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(0.05)

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        dripping(HEAD, b" "),
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        dripping(b"", b"H"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "header", "first line", "continue"],
)
def test_a_page_that_comes_byte_by_byte_ends_after_a_while(
    answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 2.0)
    one = Site(answer)
    monkeypatch.setattr(fetching, "WORKER", write_worker(tmp_path, {"example.com": one.port}))
    started = time.perf_counter()
    assert fetch_preview(URL) is None
    assert time.perf_counter() - started < 5
    assert one.asked
    assert one.ended.wait(5), "the worker is still there"
    one.close()


def test_a_picture_that_comes_byte_by_byte_costs_the_picture_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 2.0)
    slow = dripping(HEAD.replace(b"text/html", b"image/png"), b"x")

    def answer(connection: socket.socket, path: str) -> None:
        if path == "/picture":
            slow(connection, path)
        connection.sendall(response(page(image="/picture")))

    assert preview_of(answer, tmp_path, monkeypatch) == Preview("A title", "", "", None)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "x = b'x' * (1 << 30)",
        "sys.stdout.buffer.write(b'x' * 20_000_000)",
        "sys.stdout.write('[' * 1_000_000)",
        "sys.stdout.write('[1, 2]')",
        "sys.stdout.write('{\"title\": 7}')",
        "sys.stdout.buffer.write(b'\\xff\\xfe')",
        "os.kill(os.getpid(), 11)",
    ],
)
def test_a_worker_that_a_page_has_got_hold_of_is_limited(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    captured = tmp_path / "captured.py"
    captured.write_text(
        "import os, sys\nfrom chatapp.previews import worker\n"
        f"worker.limit_self(1, worker.MEMORY_BYTES, worker.LARGEST_RESULT_BYTES)\n{body}"
    )
    monkeypatch.setattr(fetching, "WORKER", captured)
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 10.0)
    assert fetch_preview(URL) is None


def test_the_worker_has_neither_the_environment_nor_the_secrets_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATAPP_SECRET_KEY", "x" * 40)
    program = tmp_path / "program.py"
    program.write_text("import json, os\nprint(json.dumps({'title': ' '.join(sorted(os.environ))}))")
    monkeypatch.setattr(fetching, "WORKER", program)
    found = fetch_preview(URL)
    assert found is not None
    assert "PYTHONPATH" in found.title
    assert "CHATAPP" not in found.title
