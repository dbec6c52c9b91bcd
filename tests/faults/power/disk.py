"""What of a folder is on the disk at some moment, by the calls that changed it: what was synced, and perhaps more."""

import math
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.power.system_calls import Call

SECTOR_BYTES = 512
"""What a disk writes as a whole."""

NEVER = math.inf
IGNORED = ("-shm", ".log")
"""How names end of files that nobody reads after a power loss."""


@dataclass(eq=False)
class Step:
    """A change, and when it was certain to be on the disk, in seconds since 1970."""

    began: float
    ended: float
    durable_at: float = field(default=NEVER, init=False)


@dataclass(eq=False)
class Writing(Step):
    offset: int
    data: bytes


@dataclass(eq=False)
class Cutting(Step):
    """The file gets this size, in bytes."""

    size: int


@dataclass(eq=False)
class File:
    """The content of a file, whatever its name is."""

    steps: list[Writing | Cutting] = field(default_factory=list)


@dataclass(eq=False)
class Naming(Step):
    """A folder's entries change. `file` is None for a name that is gone, and a folder is a File without steps."""

    folder: str
    entries: dict[str, "File | Folder | None"]


class Folder:
    """Stands for a folder among the entries of another one."""


class Disk:
    """The content of `root`, which is empty before the first call."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._names: list[Naming] = []
        self._present: dict[str, File | Folder] = {}
        self._offsets: dict[tuple[str, str], int] = {}
        self._unsynced: dict[File | str, list[Step]] = defaultdict(list)
        self.moments: list[float] = []
        """When each change and each sync ended, in seconds since 1970."""

    def replay(self, calls: Iterable[Call]) -> "Disk":
        for call in calls:
            if self._concerns(call):
                self._apply(call)
                self.moments.append(call.ended)
        return self

    def content(self, moment: float, chance: random.Random | None = None) -> dict[str, bytes]:
        """The files of this moment after a power loss, by their paths below the root.

        Without `chance` nothing is there that was not synced. With it, the entries of folders are there up to a random
        one, and each written sector of a file or not.
        """
        found: dict[str, bytes] = {}
        for path, file in self._entries(moment, chance).items():
            if isinstance(file, File):
                found[self._below(path)] = _bytes_of(file, moment, chance)
        return found

    def written(self) -> dict[str, bytes]:
        """The files as they are without a power loss."""
        return {
            self._below(path): _bytes_of(file, NEVER, None)
            for path, file in self._present.items()
            if isinstance(file, File)
        }

    def _below(self, path: str) -> str:
        return path[len(self._root) + 1 :]

    def _entries(self, moment: float, chance: random.Random | None) -> dict[str, File | Folder]:
        undecided = [one for one in self._names if one.began < moment < one.durable_at]
        extra = set(undecided[: chance.randint(0, len(undecided))]) if chance is not None else set()
        present: dict[str, File | Folder] = {}
        for one in self._names:
            if one.durable_at <= moment or one in extra:
                for path, file in one.entries.items():
                    if file is None:
                        present.pop(path, None)
                    else:
                        present[path] = file
        return {path: file for path, file in present.items() if self._is_reachable(path, present)}

    def _is_reachable(self, path: str, present: dict[str, File | Folder]) -> bool:
        folder = path.rpartition("/")[0]
        return folder == self._root or (folder in present and self._is_reachable(folder, present))

    def _concerns(self, call: Call) -> bool:
        paths = [path for _, path in call.descriptors] + [text.decode(errors="replace") for text in call.texts[:2]]
        return any(
            path == self._root or (path.startswith(self._root + "/") and not path.endswith(IGNORED)) for path in paths
        )

    def _apply(self, call: Call) -> None:
        match call.name:
            case "openat":
                self._open(call)
            case "lseek":
                self._offsets[call.descriptors[0]] = call.result
            case "write":
                at = self._offsets[call.descriptors[0]]
                self._offsets[call.descriptors[0]] = at + call.result
                self._change(call, Writing(call.began, call.ended, at, call.texts[-1][: call.result]))
            case "pwrite64":
                self._change(call, Writing(call.began, call.ended, call.number(-1), call.texts[-1][: call.result]))
            case "ftruncate":
                self._change(call, Cutting(call.began, call.ended, call.number(-1)))
            case "fsync" | "fdatasync":
                self._sync(call)
            case "mkdir" | "mkdirat":
                self._name(call, {_path(call, 0): Folder()})
            case "rename":
                self._rename(call, *(text.decode() for text in call.texts))
            case "link":
                before, after = (text.decode() for text in call.texts)
                self._name(call, {after: self._present[before]})
            case "unlink" | "unlinkat" | "rmdir":
                self._name(call, {_path(call, 0): None})
            case _:
                raise NotImplementedError(f"{call.name} of a recorded file: {call.arguments[:200]}")

    def _open(self, call: Call) -> None:
        descriptor = call.descriptors[-1]
        path, flags = descriptor[1], call.arguments.rpartition('"')[2]
        self._offsets[descriptor] = 0
        if "O_CREAT" in flags and path not in self._present:
            self._name(call, {path: File()})
        if "O_TRUNC" in flags:
            self._change(call, Cutting(call.began, call.ended, 0))

    def _change(self, call: Call, step: Writing | Cutting) -> None:
        file = self._file(call.descriptors[-1][1])
        if file is not None:
            file.steps.append(step)
            self._unsynced[file].append(step)

    def _file(self, path: str) -> File | None:
        """None for a file without a name, which nobody finds after a power loss."""
        found = self._present.get(path)
        if found is None and not path.endswith(" (deleted)"):
            raise LookupError(f"{path} was not seen to be made")
        return found if isinstance(found, File) else None

    def _rename(self, call: Call, before: str, after: str) -> None:
        file = self._present[before]
        if _folder(before) == _folder(after):
            self._name(call, {after: file, before: None})
        else:
            self._name(call, {after: file})
            self._name(call, {before: None})

    def _name(self, call: Call, entries: dict[str, File | Folder | None]) -> None:
        folder = _folder(next(iter(entries)))
        step = Naming(call.began, call.ended, folder, entries)
        self._names.append(step)
        self._unsynced[folder].append(step)
        for path, file in entries.items():
            if file is None:
                self._present.pop(path, None)
            else:
                self._present[path] = file

    def _sync(self, call: Call) -> None:
        """What ended before a sync began is on the disk when the sync has ended."""
        path = call.descriptors[-1][1]
        found = self._present.get(path)
        synced: File | str | None = found if isinstance(found, File) else path
        for step in self._unsynced[synced]:
            if step.ended <= call.began:
                step.durable_at = min(step.durable_at, call.ended)
        self._unsynced[synced] = [step for step in self._unsynced[synced] if step.durable_at == NEVER]


def _bytes_of(file: File, moment: float, chance: random.Random | None) -> bytes:
    content = bytearray()
    for step in file.steps:
        is_there = step.durable_at <= moment
        if not is_there and (chance is None or step.began >= moment):
            continue
        if isinstance(step, Cutting):
            if is_there or (chance is not None and chance.random() < 0.5):
                _resize(content, step.size)
        elif is_there:
            _write(content, step.offset, step.data)
        else:
            assert chance is not None
            _write_some_sectors(content, step, chance)
    return bytes(content)


def _write_some_sectors(content: bytearray, step: Writing, chance: random.Random) -> None:
    share = chance.choice((0.0, 0.5, 1.0))
    at, end = step.offset, step.offset + len(step.data)
    while at < end:
        next_at = min(end, (at // SECTOR_BYTES + 1) * SECTOR_BYTES)
        if chance.random() < share:
            _write(content, at, step.data[at - step.offset : next_at - step.offset])
        at = next_at


def _write(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        _resize(content, offset)
    content[offset : offset + len(data)] = data


def _resize(content: bytearray, size: int) -> None:
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


def _path(call: Call, index: int) -> str:
    text = call.texts[index].decode()
    if text.startswith("/"):
        return text
    return f"{call.descriptors[0][1]}/{text}"


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
