"""The form of addresses of buckets."""

import re

BUCKET_SCHEME = "s3://"

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9._-]+)*)/?")


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """The bucket and what all names begin with, of `s3://bucket/prefix`. Raises ValueError for another form."""
    found = _ADDRESS.fullmatch(address)
    if found is None or any(set(part) == {"."} for part in found[2].split("/") if part):
        raise ValueError
    return found[1], found[2].strip("/")
