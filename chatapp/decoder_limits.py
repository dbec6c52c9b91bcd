"""What a process that decodes the files of strangers may use. It limits itself before it reads a byte."""

import os
import resource

NICENESS = 10


def limit_self(cpu_seconds: int, memory_bytes: int, file_bytes: int) -> None:
    """Limits what this process may use: time of processors, address space, and the length of each file it writes.

    Being hard limits, they cannot be raised again.
    """
    os.nice(NICENESS)
    for kind, limit in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))
