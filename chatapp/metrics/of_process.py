"""The metrics of what every process has: its journal, its database connections, and the disks of its folders."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from chatapp.config import Settings
from chatapp.files.configured import FOLDER
from chatapp.journal import Journal
from chatapp.metrics.family import Family, Part, gauge, gauges
from chatapp.version import VERSION


def of_process(settings: Settings, journal: Journal, engine: Engine) -> Part:
    """See `family.Part`."""

    def part() -> Iterable[Family]:
        labels = ("version", "node")
        yield gauges("chatapp_info", "Always 1.", labels, {(VERSION, settings.node): 1})
        drafts, writes = journal.waiting
        waiting = {("drafts",): drafts, ("writes",): writes}
        yield gauges("chatapp_journal_waiting", "What waits for the next transaction.", ("what",), waiting)
        yield from _of_pool(engine)
        yield from _of_disks(settings, engine)

    return part


def _of_pool(engine: Engine) -> Iterable[Family]:
    pool = engine.pool
    if not isinstance(pool, QueuePool):
        return
    states = {("in_use",): pool.checkedout(), ("idle",): pool.checkedin()}
    yield gauges("chatapp_database_connections", "Connections to the database.", ("state",), states)
    yield gauge("chatapp_database_connections_limit", "The most of them.", pool.size() + pool._max_overflow)


def _of_disks(settings: Settings, engine: Engine) -> Iterable[Family]:
    folders = {"instance": Path(settings.instance), "uploads": Path(settings.instance) / FOLDER}
    usages = {(name,): shutil.disk_usage(path) for name, path in folders.items() if path.is_dir()}
    free = {labels: usage.free for labels, usage in usages.items()}
    yield gauges("chatapp_disk_free_bytes", "Free space of a folder's disk.", ("folder",), free)
    total = {labels: usage.total for labels, usage in usages.items()}
    yield gauges("chatapp_disk_size_bytes", "Size of a folder's disk.", ("folder",), total)
    if settings.is_sqlite:
        path = str(engine.url.database)
        sizes = {("database",): _size(path), ("log",): _size(path + "-wal")}
        yield gauges("chatapp_database_file_bytes", "Sizes of SQLite's files.", ("file",), sizes)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0
