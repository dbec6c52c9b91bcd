"""`python -m bench.transfer_client`: a client that sends or fetches a file as fast as it can, in its own process.

It runs at the lowest priority, so that the load generator, which shares its core, is not kept waiting by it. Prints one
line of JSON: `{"bytes": ..., "seconds": ...}`, and for an upload its id.
"""

import argparse
import base64
import http.client
import json
import os
import signal
import sys
import time
from typing import Any

NICENESS = 19
PIECE_BYTES = 262_144
TIMEOUT_SECONDS = 600.0


class Refused(Exception):
    """The server has not done what the client asked for. The message has the status and the body."""


class Stopped(Exception):
    """The client was told to stop."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.transfer_client", description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("token")
    parser.add_argument("--upload-bytes", type=int, help="sends a file of this size, and ends")
    parser.add_argument("--part-bytes", type=int, default=0, help="in requests of this size; 0: in one")
    parser.add_argument("--download", metavar="FILE_ID", help="fetches this file again and again, until SIGTERM")
    options = parser.parse_args()
    os.nice(NICENESS)
    client = http.client.HTTPConnection("127.0.0.1", options.port, timeout=TIMEOUT_SECONDS)
    headers = {"auth-token": options.token}
    if options.download:
        answer = download(client, headers, options.download)
    else:
        answer = upload(client, headers, options.upload_bytes, options.part_bytes or options.upload_bytes)
    print(json.dumps(answer), flush=True)
    return 0


def download(client: http.client.HTTPConnection, headers: dict[str, str], file_id: str) -> dict[str, Any]:
    """Fetches a file until the process is told to stop."""
    signal.signal(signal.SIGTERM, stop)
    buffer = memoryview(bytearray(PIECE_BYTES))
    count, began = 0, time.monotonic()
    try:
        while True:
            client.request("GET", f"/file/{file_id}", headers=headers)
            response = require(client.getresponse(), 200)
            while size := response.readinto(buffer):
                count += size
    except Stopped:
        return {"bytes": count, "seconds": time.monotonic() - began}


def stop(*_signal: object) -> None:
    """Ends a download."""
    raise Stopped


def upload(client: http.client.HTTPConnection, headers: dict[str, str], size: int, part_bytes: int) -> dict[str, Any]:
    """Sends a file by tus. The seconds are those to the last byte; the server then processes the file."""
    named = base64.b64encode(b"large.bin").decode()
    tus = {**headers, "Tus-Resumable": "1.0.0"}
    begun = {**tus, "Upload-Length": str(size), "Upload-Metadata": f"filename {named}"}
    client.request("POST", "/uploads", headers=begun)
    path = str(require(finished(client), 201).headers["Location"])
    # Each upload has other bytes, since the server keeps equal files once.
    piece = os.urandom(PIECE_BYTES)
    began = sent_at = time.monotonic()
    for offset in range(0, size, part_bytes):
        end = min(offset + part_bytes, size)
        client.putrequest("PATCH", path)
        part = {**tus, "Upload-Offset": str(offset), "Content-Length": str(end - offset)}
        for name, value in {**part, "Content-Type": "application/offset+octet-stream"}.items():
            client.putheader(name, value)
        client.endheaders()
        for start in range(offset, end, PIECE_BYTES):
            client.send(piece[: min(PIECE_BYTES, end - start)])
        sent_at = time.monotonic()
        require(finished(client), 204)
    return {"bytes": size, "seconds": sent_at - began, "upload": path.rpartition("/")[2]}


def finished(client: http.client.HTTPConnection) -> http.client.HTTPResponse:
    """A response whose body has arrived. `Refused` shows it."""
    response = client.getresponse()
    if response.status >= 400:
        raise Refused(f"{response.status} {response.read(500)!r}")
    response.read()
    return response


def require(response: http.client.HTTPResponse, status: int) -> http.client.HTTPResponse:
    if response.status != status:
        raise Refused(f"{response.status} instead of {status}")
    return response


if __name__ == "__main__":
    sys.exit(main())
