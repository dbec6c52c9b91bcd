"""A program in eventlet's mode, as `chatapp serve` is, that stores and reads through native threads.

Its arguments are the fields of a bucket, the number of calls at once, and a file. It prints a line of JSON: whether all
that was read is what was stored, how many seconds it took, and the longest time that the event loop stood still.
"""

from chatapp.eventloop.patching import patch

patch()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import eventlet  # noqa: E402

from chatapp.eventloop.thread_pool import is_green, run_in_thread  # noqa: E402
from chatapp.files.bucket import Bucket  # noqa: E402
from chatapp.files.s3_storage import S3Storage  # noqa: E402

TICK_SECONDS = 0.005


def main() -> None:
    assert is_green()
    *fields, count, path = sys.argv[1:]
    storage, source, longest = S3Storage(Bucket(*fields)), Path(path), 0.0
    data = source.read_bytes()

    def store_and_read(number: int) -> bool:
        key = f"{number:02x}/{number:02x}{'0' * 62}"
        run_in_thread(storage.put, key, source)
        return run_in_thread(storage.read, key, number, 1000) == data[number : number + 1000]

    began_at = time.monotonic()
    calls = [eventlet.spawn(store_and_read, number) for number in range(int(count))]
    while not all(call.dead for call in calls):
        before = time.monotonic()
        eventlet.sleep(TICK_SECONDS)
        longest = max(longest, time.monotonic() - before - TICK_SECONDS)
    took = time.monotonic() - began_at
    print(json.dumps({"equal": all(call.wait() for call in calls), "seconds": took, "stall": longest}))


main()
