"""What only a folder promises: where files are, who may read them, and that they are synced before they have a name."""

import os
import stat
from pathlib import Path

import pytest

from chatapp.files.local_storage import LocalStorage
from tests.files.stored import key_of, source_of


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_moved_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "uploads")
    source = source_of(tmp_path, b"hello")
    source.chmod(0o644)
    storage.put(key_of(b"hello"), source)
    assert not source.exists()
    place = storage.path(key_of(b"hello"))
    assert place.read_bytes() == b"hello"
    assert (mode_of(place), mode_of(place.parent), mode_of(tmp_path / "uploads")) == (0o600, 0o700, 0o700)


def test_file_and_folders_are_synced_in_the_order_that_survives_power_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test cuts the power; what is watched are the calls that a power cut depends on."""
    done: list[tuple[str, str]] = []
    sync, replace = os.fsync, os.replace

    def watched_sync(descriptor: int) -> None:
        done.append(("synced", os.readlink(f"/proc/self/fd/{descriptor}")))
        sync(descriptor)

    def watched_replace(source: Path, place: Path) -> None:
        done.append(("named", str(place)))
        replace(source, place)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(os, "replace", watched_replace)
    source, key = source_of(tmp_path, b"hello"), key_of(b"hello")
    LocalStorage(tmp_path / "uploads").put(key, source)
    place = tmp_path / "uploads" / key
    assert done == [
        ("synced", str(tmp_path)),
        ("synced", str(tmp_path / "uploads")),
        ("synced", str(source)),
        ("named", str(place)),
        ("synced", str(place.parent)),
    ]


def test_a_file_of_another_file_system_is_copied_and_a_failed_copy_leaves_nothing(tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm") / f"chatapp-{os.getpid()}"
    if not elsewhere.parent.is_dir() or elsewhere.parent.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    storage, key = LocalStorage(tmp_path / "uploads"), key_of(b"hello")
    elsewhere.write_bytes(b"hello")
    try:
        storage.put(key, elsewhere)
        assert storage.read(key, 0, 10) == b"hello"
        other = key_of(b"other")
        with pytest.raises(IsADirectoryError):
            storage.put(other, Path("/dev/shm"))
        assert [path.name for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == [key[3:]]
    finally:
        elsewhere.unlink(missing_ok=True)


def test_copies_that_killed_processes_have_left_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    storage, key = LocalStorage(tmp_path), key_of(b"hello")
    storage.put(key, source_of(tmp_path, b"hello"))
    folder, partial = tmp_path / key[:2], tmp_path / "partial"
    partial.mkdir()
    left, fresh, upload, note = folder / ".partial-a", folder / ".partial-b", partial / "upload", tmp_path / "note"
    for path in (left, fresh, upload, note):
        path.write_bytes(b"hel")
    for path in (left, upload, note, storage.path(key)):
        os.utime(path, (1_000, 1_000))
    os.utime(fresh, (3_000, 3_000))
    storage.delete_incomplete(2_000)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == {
        *(key, f"{key[:2]}/.partial-b", "partial/upload", "note")
    }


def test_what_is_no_key_is_not_listed(tmp_path: Path) -> None:
    storage, key = LocalStorage(tmp_path), key_of(b"hello")
    storage.put(key, source_of(tmp_path, b"hello"))
    (tmp_path / key[:2] / ".partial-x").write_bytes(b"")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "note").write_text("")
    assert list(storage.keys()) == [key]
