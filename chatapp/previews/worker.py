"""Fetches what a page says of itself: reads its URL from standard input, and writes the preview to standard output.

Runs as a program of its own, `python worker.py`, because everything that it reads is chosen by others: a slow answer
ends with the process, a parser that goes wrong has nothing to take, and neither holds up the chat. It limits itself
before it reads a byte. The output is a line of JSON with texts, and behind it the bytes of a picture, if there is one.
The exit status says whether there is a preview.
"""

import json
import sys

from chatapp.decoder_limits import limit_self
from chatapp.previews import guard
from chatapp.previews.fetcher import PAGE, PICTURE, Connect, NotFetched, fetch
from chatapp.previews.page import read_page

NO_PREVIEW = 3
"""The exit status for a page that cannot be had, or says nothing of itself."""

CPU_SECONDS = 5
MEMORY_BYTES = 1 << 29
"""Address space. A page of the largest size takes some 60 MB with its parser."""
LARGEST_RESULT_BYTES = PICTURE.most_bytes + 100_000


def main(connect: Connect = guard.connect) -> int:
    """Returns the exit status."""
    limit_self(CPU_SECONDS, MEMORY_BYTES, LARGEST_RESULT_BYTES)
    url = sys.stdin.buffer.read().decode()
    try:
        fetched = fetch(url, PAGE, connect)
        page = read_page(fetched.body, fetched.charset, fetched.url)
    except (NotFetched, MemoryError, RecursionError):
        return NO_PREVIEW
    if not page.title:
        return NO_PREVIEW
    texts = {"title": page.title, "description": page.description, "siteName": page.site_name}
    sys.stdout.buffer.write(json.dumps(texts).encode() + b"\n")
    # Written before the picture is asked for: a slow picture costs the picture alone.
    sys.stdout.buffer.flush()
    sys.stdout.buffer.write(_picture(page.picture, connect))
    return 0


def _picture(url: str, connect: Connect) -> bytes:
    if not url:
        return b""
    try:
        return fetch(url, PICTURE, connect).body
    except (NotFetched, MemoryError):
        return b""


if __name__ == "__main__":
    sys.exit(main())
