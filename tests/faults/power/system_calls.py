"""Reads what strace has written: the calls that change files, with their bytes and the moments at which they ran."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

TRACED = (
    "openat,open,creat,lseek,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,msync,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,sendfile,copy_file_range"
)
"""SQLite also writes its -shm file, by a mapping. That is not traced: nothing reads the file after a power loss."""

LONGEST_BYTES = 2_000_000
"""More than any call writes; strace would cut what is longer."""

OPTIONS = [
    "-f",  # all threads and child processes
    "-D",  # the started process is the traced one, which takes the signals
    "--seccomp-bpf",  # other calls are not slowed down
    "-y",  # the paths of descriptors
    "-xx",  # all bytes as \xNN
    "-ttt",
    "-T",
    *("-s", str(LONGEST_BYTES)),
    *("-e", f"trace={TRACED}"),
]

_UNFINISHED = re.compile(r"(\d+) +(\d+\.\d+ .*) <unfinished \.\.\.>\n?")
_RESUMED = re.compile(r"(\d+) +\d+\.\d+ <\.\.\. \w+ resumed>(.*)", re.DOTALL)
"""strace writes a call in two parts if another thread's comes between. The second part ends it."""
_CALL = re.compile(r"\d+ +(\d+\.\d+) (\w+)\((.*)\) += (\d+)(?:<[^>]*>)?(?: \([^)]*\))? <(\d+\.\d+)>")
_FAILED = re.compile(r"\) += (-1|\?) ")
_DESCRIPTOR = re.compile(r"(AT_FDCWD|\d+)<([^>]*)>")
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Call:
    """A call that succeeded. `began` and `ended` are in seconds since 1970. `descriptors` are pairs of a number and the
    path of what it is, `texts` the quoted arguments: paths, or the bytes that are written."""

    name: str
    began: float
    ended: float
    arguments: str
    descriptors: list[tuple[str, str]]
    texts: list[bytes]
    result: int

    def number(self, index: int) -> int:
        """One of the arguments, as a number; -1 is the last one."""
        return int(self.arguments.split(", ")[index], 0)


def read_calls(lines: Iterable[str], root: str) -> Iterator[Call]:
    """The calls that concern a folder, in the order in which they ended, which is that of strace's lines."""
    escaped = "".join(f"\\x{byte:02x}" for byte in root.encode())
    for line in _joined(lines):
        match = _CALL.match(line) if escaped in line else None
        if match is None:
            if escaped in line and not _FAILED.search(line):
                raise ValueError(f"strace wrote what is not understood: {line[:200]}")
            continue
        began, name, arguments, result, seconds = match.groups()
        opened = re.search(r"\) += (\d+)<([^>]*)>", line) if name in ("openat", "open", "creat") else None
        descriptors = [(number, _decoded(path).decode()) for number, path in _DESCRIPTOR.findall(arguments)]
        if opened is not None:
            descriptors.append((opened[1], _decoded(opened[2]).decode()))
        texts = [_decoded(text) for text in _QUOTED.findall(arguments)]
        yield Call(name, float(began), float(began) + float(seconds), arguments, descriptors, texts, int(result))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines, those of a call in two parts joined where the second one is."""
    begun: dict[str, str] = {}
    for line in lines:
        if match := _UNFINISHED.fullmatch(line):
            begun[match[1]] = f"{match[1]} {match[2]}"
        elif (match := _RESUMED.fullmatch(line)) and match[1] in begun:
            yield begun.pop(match[1]) + match[2]
        else:
            yield line


def _decoded(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
