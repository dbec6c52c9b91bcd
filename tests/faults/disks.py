"""Disks that are full, can only be read, are slow, or do not sync."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.web.browser import find

SOURCE = Path(__file__).with_name("faulty_disk.c")

FULL = "full"
READ_ONLY = "read-only"
FAILING_SYNCS = "failing-syncs"
SLOW_SYNCS = "slow-syncs"
SYNC_SECONDS = 0.1
"""How long each sync takes with SLOW_SYNCS."""


class FaultyDisk:
    """The disk of a folder, which fails for a process that is started with `settings`."""

    def __init__(self, folder: Path, faults: Path) -> None:
        """`faults` is a new folder, which is not on the disk."""
        self._faults = faults
        faults.mkdir(parents=True)
        library = faults / "faulty_disk.so"
        compiler = find(("gcc", "cc"), "gcc")
        command = [compiler, "-shared", "-fPIC", "-D_LARGEFILE64_SOURCE", "-o", str(library), str(SOURCE)]
        subprocess.run(command, check=True, capture_output=True)
        self.settings = {"is_cold": True, "LD_PRELOAD": library, "FAULTY_DISK": folder, "FAULTS": faults}

    @contextmanager
    def has(self, fault: str) -> Iterator[None]:
        flag = self._faults / fault
        flag.touch()
        try:
            yield
        finally:
            flag.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own, in memory. Only root can mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "chatapp-test", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Nothing more fits on the disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """The file system can only be read. Nothing has a file open on it that can be written."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True, capture_output=True)
