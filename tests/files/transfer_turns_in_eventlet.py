"""A program in eventlet's mode, as `chatapp serve` is, that reads stored files at once.

Its arguments are a folder, the number of readers, and a file. It prints a line of JSON: whether what was read is what
was stored, and the most bytes that all readers together got in one iteration of the event loop.
"""

from chatapp.eventloop.patching import patch

patch()

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import eventlet  # noqa: E402

from chatapp.eventloop.event_loop import current_loop  # noqa: E402
from chatapp.eventloop.transfer_turns import TURN_BYTES  # noqa: E402
from chatapp.files.local_storage import LocalStorage  # noqa: E402
from chatapp.files.stored_file import StoredFile  # noqa: E402

KEY = f"00/{'0' * 64}"


def main() -> None:
    folder, count, path = sys.argv[1:]
    storage, data = LocalStorage(Path(folder)), Path(path).read_bytes()
    storage.put(KEY, Path(path))
    current_loop()
    most = got = 0

    def read() -> bool:
        nonlocal got
        file, found = StoredFile(storage, KEY, len(data)), b""
        while piece := file.read(TURN_BYTES):
            got += len(piece)
            found += piece
        return found == data

    readers = [eventlet.spawn(read) for _ in range(int(count))]
    while not all(reader.dead for reader in readers):
        got = 0
        eventlet.sleep(0)
        most = max(most, got)
    print(json.dumps({"equal": all(reader.wait() for reader in readers), "most": most}))


main()
