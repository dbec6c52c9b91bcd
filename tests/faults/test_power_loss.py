"""The power is lost: what was acked is on the disk, and what is on the disk is sound."""

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.power.cuts import cut_power
from tests.faults.power.disk import Disk
from tests.faults.power.inspection import put_into
from tests.faults.power.recording import RecordedServer
from tests.faults.power.system_calls import Call, read_calls
from tests.faults.power.traffic import Acked, Traffic
from tests.people import Person
from tests.servers import SERVE, Server

CUTS = 12
SEED = 17


@dataclass(frozen=True)
class Recording:
    server: RecordedServer
    calls: list[Call]
    acked: list[Acked]

    def disk(self) -> Disk:
        return Disk(self.server.instance).replay(self.calls)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """All changes of files by a server that started in an empty folder, took messages and files, and stopped."""
    server = RecordedServer(tmp_path_factory.mktemp("power") / "instance").start()
    try:
        traffic = Traffic(server, SEED)
        traffic.write(12, a_second=50, files=2)
        traffic.close()
        assert server.stop() == 0, server.log
    finally:
        server.kill()
    return Recording(server, server.calls(), traffic.acked)


@pytest.mark.slow
def test_the_recording_is_complete(recording: Recording) -> None:
    folder = recording.server.instance
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found.pop("server.log")
    assert recording.disk().written() == found
    assert len(recording.acked) == 36
    assert sum(one.file_hash is not None for one in recording.acked) == 6


def test_what_was_acked_survives_every_power_loss(recording: Recording, tmp_path: Path) -> None:
    figures = cut_power(recording.disk(), recording.acked, CUTS, tmp_path / "cut", SEED)
    assert (figures.faults, figures.most_lost) == ([], 0)
    assert figures.cuts == CUTS
    assert figures.acked > 0


def test_a_server_starts_on_what_a_power_loss_leaves(recording: Recording, tmp_path: Path) -> None:
    last = recording.acked[-1]
    put_into(tmp_path / "cut", recording.disk().content(last.at, random.Random(SEED)))
    server = Server(tmp_path / "cut", SERVE).start()
    try:
        alice = Person(server, "alice")
        groups = alice.get("/all/alice").json()["groups"]
        pages = [alice.history("bob"), alice.history("carol"), alice.history(groups[0]["groupId"], group=True)]
        assert {one["clientId"] for page in pages for one in page} <= {one.client_id for one in recording.acked}
        assert sum(map(len, pages)) > 0
        assert "The last run did not end in order" in server.log
        assert server.stop() == 0
        assert "Traceback" not in server.log
    finally:
        server.kill()


def test_a_server_that_synced_nothing_would_be_found_out(recording: Recording, tmp_path: Path) -> None:
    unsynced = [call for call in recording.calls if call.name not in ("fsync", "fdatasync")]
    figures = cut_power(Disk(recording.server.instance).replay(unsynced), recording.acked, 4, tmp_path / "cut", SEED)
    assert figures.most_lost > 0


def test_without_the_syncs_of_folders_files_would_be_lost(recording: Recording, tmp_path: Path) -> None:
    uploads = str(recording.server.instance / "uploads")
    unsynced = [
        call
        for call in recording.calls
        if call.name != "fsync"
        or not (call.descriptors[-1][1].startswith(uploads) and len(call.descriptors[-1][1]) < len(uploads) + 4)
    ]
    figures = cut_power(Disk(recording.server.instance).replay(unsynced), recording.acked, 4, tmp_path / "cut", SEED)
    assert any("of a message is not there" in fault for fault in figures.faults)


def escaped(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def call_of(line: str, root: str = "/r") -> Call:
    """A line of strace, whose quoted words and paths are written without escapes."""

    for mark, end in (('"', '"'), ("<", ">")):
        parts = line.split(mark)
        for index in range(1, len(parts), 2 if mark == '"' else 1):
            text, rest = (parts[index], "") if mark == '"' else parts[index].split(end, 1)
            if not text.replace(".", "").isdigit():
                parts[index] = escaped(text) if mark == '"' else f"{escaped(text)}{end}{rest}"
            elif mark == "<":
                parts[index] = f"{text}{end}{rest}"
        line = mark.join(parts)
    (found,) = read_calls([line], root)
    return found


def disk_of(*lines: str) -> Disk:
    """Line n is a call that begins at second n and takes a tenth of one."""
    calls = [call_of(f"7  {number}.000000 {line} <0.100000>") for number, line in enumerate(lines, 1)]
    return Disk(Path("/r")).replay(calls)


CREATED = 'openat(AT_FDCWD</>, "/r/a", O_RDWR|O_CREAT, 0644) = 3</r/a>'
SYNCED, FOLDER_SYNCED = "fsync(3</r/a>) = 0", "fsync(4</r>) = 0"


def written(data: str, offset: int) -> str:
    return f'pwrite64(3</r/a>, "{data}", {len(data)}, {offset}) = {len(data)}'


def test_only_what_was_synced_is_there() -> None:
    disk = disk_of(CREATED, written("one", 0), SYNCED, FOLDER_SYNCED, written("two", 3))
    assert disk.content(3.5) == {}, "the name of the file is not on the disk"
    assert disk.content(4.5) == {"a": b"one"}
    assert disk.content(9.0) == {"a": b"one"}
    assert disk.written() == {"a": b"onetwo"}


def test_a_call_in_two_parts_is_one_call() -> None:
    root = escaped("/r/a")
    lines = [
        f'7  1.000000 openat(AT_FDCWD<{escaped("/")}>, "{root}", O_RDWR|O_CREAT, 0644) = 3<{root}> <0.1>\n',
        f'7  2.000000 pwrite64(3<{root}>, "{escaped("one")}", 3, 0 <unfinished ...>\n',
        f"8  3.000000 fsync(4<{escaped('/r')}>) = 0 <0.1>\n",
        "7  4.000000 <... pwrite64 resumed>)      = 3 <2.000000>\n",
    ]
    disk = Disk(Path("/r")).replay(read_calls(lines, "/r"))
    assert disk.written() == {"a": b"one"}
    with pytest.raises(ValueError, match="not understood"):
        list(read_calls([f"7  1.000000 fsync(3<{root}>, something new\n"], "/r"))


def test_a_sync_covers_what_was_written_before_it_began() -> None:
    disk = disk_of(CREATED, FOLDER_SYNCED, written("one", 0), SYNCED)
    assert disk.content(4.05) == {"a": b""}
    assert disk.content(4.2) == {"a": b"one"}


def test_a_new_name_is_the_old_one_until_its_folder_is_synced() -> None:
    renamed = 'rename("/r/a", "/r/b") = 0'
    disk = disk_of(CREATED, written("one", 0), SYNCED, FOLDER_SYNCED, renamed, FOLDER_SYNCED)
    assert disk.content(5.5) == {"a": b"one"}
    assert disk.content(6.5) == {"b": b"one"}
    assert disk.content(5.5, random.Random(1)) in ({"a": b"one"}, {"b": b"one"})


def test_unsynced_writes_are_torn_at_sectors() -> None:
    disk = disk_of(CREATED, written("a" * 1024, 0), SYNCED, FOLDER_SYNCED, written("b" * 1024, 0))
    found = {disk.content(6.0, random.Random(seed))["a"] for seed in range(40)}
    sectors = {bytes(content[:512]) + b"|" + bytes(content[512:]) for content in found}
    halves = (b"a" * 512, b"b" * 512)
    assert sectors == {one + b"|" + two for one in halves for two in halves}
