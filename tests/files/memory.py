"""A program that stores a file and reads it back in pieces. Its arguments are the fields of a bucket, a key and a file.

It prints in bytes by how much its memory has grown at most.
"""

import resource
import sys
from pathlib import Path

from chatapp.files.bucket import Bucket
from chatapp.files.s3_storage import S3Storage

PIECE_BYTES = 1 << 20
PAGE_BYTES = 1024
"""Of the unit that Linux gives the largest memory in."""


def largest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PAGE_BYTES


*fields, key, path = sys.argv[1:]
storage = S3Storage(Bucket(*fields))
storage.put(f"00/{'0' * 64}", Path(__file__))
before = largest()
storage.put(key, Path(path))
with open(path, "rb") as file:
    first = 0
    while piece := file.read(PIECE_BYTES):
        assert storage.read(key, first, PIECE_BYTES) == piece, first
        first += len(piece)
assert storage.size(key) == first
print(largest() - before)
