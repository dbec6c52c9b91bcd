"""Cuts the power at many moments of one recording, in both modes, and adds up what was found."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.power.disk import Disk
from tests.faults.power.inspection import inspect, put_into
from tests.faults.power.traffic import Acked


@dataclass
class Figures:
    """What many cuts have shown. `most_lost` counts the acked messages that a cut has lost, and `oldest_lost_seconds`
    says how long before the cut the first of them was acked."""

    cuts: int = 0
    acked: int = 0
    most_lost: int = 0
    oldest_lost_seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def cut_power(disk: Disk, acked: list[Acked], count: int, folder: Path, seed: int) -> Figures:
    """Each second cut keeps nothing that was not synced, the others keep a random part of it."""
    chance = random.Random(seed)
    figures = Figures()
    for moment in _moments(disk, acked, count, chance):
        is_strict = figures.cuts % 2 == 0
        put_into(folder, disk.content(moment, None if is_strict else chance))
        before = [one for one in acked if one.at < moment]
        found = inspect(folder, before)
        figures.cuts += 1
        figures.acked += len(before)
        figures.faults += [f"{'synced' if is_strict else 'torn'} at {moment:.6f}: {fault}" for fault in found.faults]
        if found.lost:
            figures.most_lost = max(figures.most_lost, len(found.lost))
            age = moment - min(one.at for one in found.lost)
            figures.oldest_lost_seconds = max(figures.oldest_lost_seconds, age)
    return figures


def _moments(disk: Disk, acked: list[Acked], count: int, chance: random.Random) -> Iterator[float]:
    """Half of the moments follow an ack at once, the others any change or sync."""
    acks = [one.at + 1e-6 for one in acked if one.at < disk.moments[-1]]
    for number in range(count):
        yield chance.choice(acks if number % 4 < 2 else disk.moments)
