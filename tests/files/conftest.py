"""One S3 server for all tests of files."""

from collections.abc import Iterator

import pytest

from chatapp.files.bucket import Bucket
from tests.files.s3_server import s3_server


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    with s3_server() as found:
        yield found
