"""What every storage promises, of a folder and of a bucket on a real server."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from chatapp.files.bucket import Bucket
from chatapp.files.local_storage import LocalStorage
from chatapp.files.s3_storage import S3Storage
from chatapp.files.storage import NotStored, Storage
from tests.files.stored import key_of, source_of

DATA = bytes(range(256)) * 100
KEY = key_of(DATA)
PREFIXES = itertools.count()


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return LocalStorage(tmp_path / "uploads")
    bucket: Bucket = request.getfixturevalue("bucket")
    return S3Storage(replace(bucket, prefix=f"test/{next(PREFIXES)}"))


def test_what_is_put_is_read_back(storage: Storage, tmp_path: Path) -> None:
    storage.put(KEY, source_of(tmp_path, DATA))
    assert storage.size(KEY) == len(DATA)
    assert storage.read(KEY, 0, len(DATA)) == DATA


@pytest.mark.parametrize(
    ("first", "count"), [(0, 1), (255, 2), (25_599, 1), (25_599, 100), (25_600, 1), (30_000, 5), (0, 10**9)]
)
def test_a_range_is_read_up_to_the_end(storage: Storage, tmp_path: Path, first: int, count: int) -> None:
    storage.put(KEY, source_of(tmp_path, DATA))
    assert storage.read(KEY, first, count) == DATA[first : first + count]


def test_an_empty_file_is_a_file(storage: Storage, tmp_path: Path) -> None:
    storage.put(key_of(b""), source_of(tmp_path, b""))
    assert (storage.size(key_of(b"")), storage.read(key_of(b""), 0, 10)) == (0, b"")


def test_putting_again_is_harmless(storage: Storage, tmp_path: Path) -> None:
    for _ in range(2):
        storage.put(KEY, source_of(tmp_path, DATA))
    assert storage.read(KEY, 0, len(DATA)) == DATA
    assert list(storage.keys()) == [KEY]


def test_what_is_not_there_is_said_so_and_deleting_it_is_no_error(storage: Storage, tmp_path: Path) -> None:
    storage.delete(KEY)
    storage.put(KEY, source_of(tmp_path, DATA))
    storage.delete(KEY)
    storage.delete(KEY)
    for call in (lambda: storage.size(KEY), lambda: storage.read(KEY, 0, 1)):
        with pytest.raises(NotStored):
            call()


def test_all_keys_are_listed_with_those_of_previews(storage: Storage, tmp_path: Path) -> None:
    assert list(storage.keys()) == []
    keys = [KEY, f"{KEY}.preview-1", f"{KEY}.preview-3", key_of(b"other")]
    for key in keys:
        storage.put(key, source_of(tmp_path, DATA))
    storage.delete(keys[1])
    assert sorted(storage.keys()) == sorted([keys[0], *keys[2:]])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "x",
        "../" + KEY,
        "/etc/passwd",
        KEY.upper(),
        KEY + "/..",
        KEY + ".preview-4",
        "00" + KEY[2:],
        KEY + "\n",
        KEY[3:],
    ],
)
def test_no_other_key_is_taken(storage: Storage, tmp_path: Path, key: str) -> None:
    source = source_of(tmp_path, DATA)
    calls = [
        lambda: storage.put(key, source),
        lambda: storage.read(key, 0, 1),
        lambda: storage.size(key),
        lambda: storage.delete(key),
        lambda: storage.path(key),
        lambda: storage.link(key, 60, content_type="text/plain", disposition="inline"),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="key"):
            call()


def test_a_file_is_reached_by_its_path_or_by_a_link_but_not_by_both(storage: Storage, tmp_path: Path) -> None:
    storage.put(KEY, source_of(tmp_path, DATA))
    path = storage.path(KEY)
    link = storage.link(KEY, 60, content_type="text/plain", disposition="inline")
    assert (path is None) != (link is None)
