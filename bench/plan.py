"""The workloads and their sizes, for the full run and the smoke run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """`count` concurrent conversations of `size` users, each with `in_flight` messages in flight."""

    name: str
    title: str
    count: int
    size: int
    in_flight: int
    is_group: bool = True


@dataclass(frozen=True)
class Burst:
    """`count` reactions, and as many votes, by the members of one group at once, against `singles` one by one."""

    members: int
    count: int
    singles: int


@dataclass(frozen=True)
class Transfers:
    """One upload of `megabytes` beside `downloads` clients, while `people` send `rate` messages a second. A measurement
    of their latency takes `seconds`."""

    megabytes: int = 2_000
    downloads: int = 10
    people: int = 50
    rate: float = 100.0
    seconds: float = 10.0


@dataclass(frozen=True)
class Plan:
    """Sizes and times of one run. Seconds are those of one measurement; rounds are those of each workload.

    The stock server takes part in `stock_phases` only. With `keeps_servers`, one process of each server runs all
    phases but history. This saves the time of starting servers and makes the memory reading meaningless.
    """

    stock_phases: tuple[str, ...]
    keeps_servers: bool
    users: int
    works: tuple[Work, ...]
    contents: tuple[int, ...]
    warm_seconds: float
    seconds: float
    open_seconds: float
    rounds: int
    memory_rounds: int
    storm_rounds: int
    idle: tuple[int, int]  # users, connections
    stock_idle: tuple[int, int]  # eventlet's own server stops at 1,024 connections
    settle_seconds: float
    storm_users: int
    stock_storm_users: int  # its presence events are quadratic, at 60 us each
    history_groups: int
    history_messages: int
    history_limit: int
    burst: Burst | None  # None: not measured
    transfers: Transfers | None  # None: not measured


FULL = Plan(
    stock_phases=("messages", "idle", "storm", "history"),
    keeps_servers=False,
    users=1000,
    works=(
        Work("group10", "group of 10", count=40, size=10, in_flight=1),
        Work("group200", "group of 200", count=1, size=200, in_flight=4),
        Work("group1000", "group of 1,000", count=1, size=1000, in_flight=4),
        Work("private", "private", count=128, size=2, in_flight=1, is_group=False),
    ),
    contents=(100, 4096),
    warm_seconds=0.5,
    seconds=2.0,
    open_seconds=3.0,
    rounds=5,
    memory_rounds=3,
    storm_rounds=2,
    idle=(500, 5000),
    stock_idle=(50, 500),
    settle_seconds=2.0,
    storm_users=2000,
    stock_storm_users=200,
    history_groups=20,
    history_messages=1_000_000,
    history_limit=50,
    burst=Burst(members=200, count=1_000, singles=10),
    transfers=Transfers(),
)

SMOKE = Plan(
    stock_phases=("messages",),
    keeps_servers=True,
    users=40,
    works=(
        Work("group10", "group of 10", count=4, size=10, in_flight=1),
        Work("group200", "group of 40", count=1, size=40, in_flight=4),
        Work("private", "private", count=10, size=2, in_flight=1, is_group=False),
    ),
    contents=(100,),
    warm_seconds=0.05,
    seconds=0.1,
    open_seconds=0.1,
    rounds=1,
    memory_rounds=1,
    storm_rounds=1,
    idle=(10, 50),
    stock_idle=(10, 50),
    settle_seconds=0.1,
    storm_users=30,
    stock_storm_users=30,
    history_groups=2,
    history_messages=2_000,
    history_limit=50,
    burst=None,
    transfers=None,
)
