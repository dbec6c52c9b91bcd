"""A real S3 server, SeaweedFS from a wheel, on free ports of this machine."""

import os
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store

from chatapp.files.bucket import Bucket
from tests.servers import free_ports

ACCESS_KEY, SECRET_KEY = "chatapp", "a secret key of the tests"
BUCKET = "files"
START_SECONDS = 60.0
PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port.grpc",
)


@contextmanager
def s3_server(name: str = BUCKET) -> Iterator[Bucket]:
    """A server with one empty bucket, which it takes signed requests for; yields the bucket."""
    folder = Path(tempfile.mkdtemp(prefix="chatapp-s3-"))
    port, *others = free_ports(1 + len(PORTS))
    process = subprocess.Popen(
        [
            Path(sysconfig.get_path("scripts"), "weed"),
            "server",
            f"-dir={folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            f"-s3.port={port}",
            *(f"-{name}={number}" for name, number in zip(PORTS, others, strict=True)),
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-volume.max=20",
            "-master.volumeSizeLimitMB=64",
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    bucket = Bucket(f"http://127.0.0.1:{port}", "us-east-1", name, ACCESS_KEY, SECRET_KEY)
    try:
        _wait_until_ready(bucket.endpoint, process)
        make_bucket(bucket)
        yield bucket
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def make_bucket(bucket: Bucket) -> None:
    store = S3Store(
        bucket.name,
        endpoint=bucket.endpoint,
        region=bucket.region,
        access_key_id=bucket.access_key,
        secret_access_key=bucket.secret_key,
        client_options={"allow_http": True},
    )
    address = obstore.sign(store, "PUT", "", timedelta(minutes=1))
    urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=10).close()


def _wait_until_ready(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    """Until it refuses a request that is not signed."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(endpoint, timeout=2)
        except urllib.error.HTTPError as answer:
            if answer.code == 403:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the S3 server does not start")
