"""Addresses by which a browser fetches a file from a bucket itself: AWS's Signature Version 4 in the query.

Of the header fields that the storage answers with, the client library can sign none, so they are signed here.
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from chatapp import clock
from chatapp.files.bucket import Bucket

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE, END = "s3", "aws4_request"
UNSIGNED = "UNSIGNED-PAYLOAD"


def presigned(bucket: Bucket, key: str, seconds: int, parameters: Mapping[str, str]) -> str:
    """An address that answers to GET for so many seconds. The parameters of the request are signed with it."""
    now = clock.now()
    host, path = _place(bucket, key)
    scope = f"{now:%Y%m%d}/{bucket.region}/{SERVICE}/{END}"
    signed = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{bucket.access_key}/{scope}",
        "X-Amz-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
        **parameters,
    }
    query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(signed.items()))
    request = "\n".join(["GET", path, query, f"host:{host}", "", "host", UNSIGNED])
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join([ALGORITHM, signed["X-Amz-Date"], scope, digest])
    signature = hmac.new(_signing_key(bucket, now), text.encode(), hashlib.sha256).hexdigest()
    return f"{urlsplit(bucket.endpoint).scheme}://{host}{path}?{query}&X-Amz-Signature={signature}"


def _place(bucket: Bucket, key: str) -> tuple[str, str]:
    """The host, and the path below it with the bucket in it."""
    endpoint = urlsplit(bucket.endpoint)
    return endpoint.netloc, quote(f"{endpoint.path.rstrip('/')}/{bucket.name}/{bucket.path_of(key)}", safe="/~")


def _quoted(text: str) -> str:
    return quote(text, safe="~")


def _signing_key(bucket: Bucket, now: datetime) -> bytes:
    key = f"AWS4{bucket.secret_key}".encode()
    for part in (f"{now:%Y%m%d}", bucket.region, SERVICE, END):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
