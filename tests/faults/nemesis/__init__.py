"""Who does the harm: one module for each kind of fault, each with a list FAULTS."""

from tests.faults.nemesis import (
    clock,
    database_outage,
    disk,
    duplicates,
    kill,
    network,
    power,
    readers,
    rolling_restart,
    storm,
)
from tests.faults.scene import Fault

FAULTS: list[Fault] = [
    *kill.FAULTS,
    *duplicates.FAULTS,
    *rolling_restart.FAULTS,
    *database_outage.FAULTS,
    *network.FAULTS,
    *clock.FAULTS,
    *disk.FAULTS,
    *power.FAULTS,
    *storm.FAULTS,
    *readers.FAULTS,
]
