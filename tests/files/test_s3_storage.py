"""What only a bucket promises: links, flat memory, an event loop that goes on, and errors that say what is wrong."""

import json
import random
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from chatapp import clock
from chatapp.files.bucket import Bucket
from chatapp.files.configured import storage_of
from chatapp.files.s3_storage import S3Missing, S3Storage
from chatapp.files.settings import FileSettings
from chatapp.files.storage import StorageUnavailable
from tests.files.stored import key_of, source_of
from tests.servers import ROOT

DATA = b"what was sent"
KEY = key_of(DATA)
LARGE_BYTES = 300 << 20
MOST_GROWTH_BYTES = 100 << 20
LONGEST_STALL_SECONDS = 0.25
"""Of an event loop that shares two cores with the storage. A put of 20 MB takes longer."""


@pytest.fixture
def storage(bucket: Bucket, tmp_path: Path) -> S3Storage:
    made = S3Storage(bucket)
    made.put(KEY, source_of(tmp_path, DATA))
    return made


def link_to(storage: S3Storage, seconds: int = 60) -> str:
    disposition = "attachment; filename*=UTF-8''f%C3%BCr%20dich.png"
    return storage.link(KEY, seconds, content_type="image/png", disposition=disposition)


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_a_link_gives_the_bytes_with_the_headers_that_it_says(storage: S3Storage) -> None:
    with urllib.request.urlopen(link_to(storage), timeout=10) as answer:
        assert answer.read() == DATA
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''f%C3%BCr%20dich.png"


def test_a_link_gives_a_range(storage: S3Storage) -> None:
    request = urllib.request.Request(link_to(storage), headers={"Range": "bytes=5-7"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert (answer.status, answer.read()) == (206, b"was")


def test_a_link_that_was_changed_gives_nothing(storage: S3Storage, tmp_path: Path) -> None:
    link, other = link_to(storage), key_of(b"other")
    storage.put(other, source_of(tmp_path, b"other"))
    assert status_of(link) == 200, "the premise"
    for changed in (
        link.replace("image%2Fpng", "text%2Fhtml"),
        link.replace("Expires=60", "Expires=600"),
        link.replace(KEY, other),
        link.partition("?")[0],
    ):
        assert changed != link
        assert status_of(changed) == 403


def test_a_link_ends(storage: S3Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    made_at = clock.now().replace(year=clock.now().year - 1)
    monkeypatch.setattr(clock, "now", lambda: made_at)
    assert status_of(link_to(storage)) == 403


def test_a_link_names_no_secret(storage: S3Storage, bucket: Bucket) -> None:
    values = [value for found in parse_qs(urlsplit(link_to(storage)).query).values() for value in found]
    assert not any(bucket.secret_key in value for value in values)
    assert bucket.secret_key not in repr(bucket)


@pytest.mark.slow
def test_a_file_of_many_parts_takes_little_memory(bucket: Bucket, tmp_path: Path) -> None:
    source = tmp_path / "large"
    piece = random.Random(1).randbytes(1 << 20)
    with open(source, "wb") as file:
        for number in range(LARGE_BYTES >> 20):
            file.write(number.to_bytes(4, "big") + piece[4:])
    fields = [bucket.endpoint, bucket.region, bucket.name, bucket.access_key, bucket.secret_key, "large"]
    grown = run("tests.files.memory", *fields, key_of(b"large"), str(source))
    assert int(grown) < MOST_GROWTH_BYTES


@pytest.mark.slow
def test_the_event_loop_goes_on_while_files_are_stored(bucket: Bucket, tmp_path: Path) -> None:
    source = source_of(tmp_path, random.Random(1).randbytes(20 << 20))
    fields = [bucket.endpoint, bucket.region, bucket.name, bucket.access_key, bucket.secret_key, "green"]
    found = json.loads(run("tests.files.in_eventlet", *fields, "8", str(source)))
    assert found["equal"]
    # One call on the event loop would stall it for an eighth of the time. On a busy machine all of it is slower.
    assert found["stall"] < max(LONGEST_STALL_SECONDS, found["seconds"] / 10)


def run(module: str, *arguments: str) -> str:
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("changes", [{"secret_key": "wrong"}, {"access_key": "nobody"}])
def test_a_wrong_key_is_no_missing_file(bucket: Bucket, tmp_path: Path, changes: dict[str, str]) -> None:
    storage = S3Storage(replace(bucket, **changes))
    calls = [
        lambda: storage.put(KEY, source_of(tmp_path, DATA)),
        lambda: storage.size(KEY),
        lambda: storage.read(KEY, 0, 1),
        lambda: list(storage.keys()),
        lambda: storage.delete(KEY),
    ]
    for call in calls:
        with pytest.raises(StorageUnavailable):
            call()


def test_a_storage_that_is_not_there_is_said_so_soon(bucket: Bucket, tmp_path: Path) -> None:
    storage = S3Storage(replace(bucket, endpoint="http://127.0.0.1:1"))
    began_at = time.monotonic()
    with pytest.raises(StorageUnavailable):
        storage.put(KEY, source_of(tmp_path, DATA))
    assert time.monotonic() - began_at < 10


def test_two_prefixes_of_a_bucket_do_not_see_each_other(bucket: Bucket, tmp_path: Path) -> None:
    one, other = (S3Storage(replace(bucket, prefix=prefix)) for prefix in ("chat", "chat2"))
    one.put(KEY, source_of(tmp_path, DATA))
    assert (list(one.keys()), list(other.keys())) == ([KEY], [])


def test_the_package_is_asked_for_by_its_name(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(S3Missing, match=r"chatapp\[s3\]"):
        S3Storage(bucket)


def test_the_settings_choose_the_storage(bucket: Bucket, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(bucket.secret_key + "\n")
    named = FileSettings(
        s3_bucket=bucket.name,
        s3_endpoint=bucket.endpoint,
        s3_access_key=bucket.access_key,
        s3_secret_key_file=str(secret),
        s3_prefix="chosen",
    )
    source = source_of(tmp_path, DATA)
    storage_of(named, tmp_path).put(KEY, source)
    assert S3Storage(replace(bucket, prefix="chosen")).size(KEY) == len(DATA)
    assert not (tmp_path / "uploads").exists()
    storage_of(FileSettings(), tmp_path).put(KEY, source)
    assert (tmp_path / "uploads" / KEY).read_bytes() == DATA
