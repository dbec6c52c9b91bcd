"""The phases of the benchmark. Each runs on all servers, one after the other, in rounds."""

import tempfile
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import files as transfers_of
from . import seeds
from .bursts import measured
from .crowd import MEGABYTE
from .plan import Plan, Work
from .results import Results, Row
from .servers import UNINDEXED, BenchError, Server, Spec
from .tools import Load, limit

LIMIT = "limit"
PEER = "peer"
CHATAPP = "chatapp"
STOCK = "stock"
STOCK_ROUNDS = 1
CAPACITY_SHARE = 0.5
MILLI, MICRO = 1e3, 1e6
OPEN_CONTENT_BYTES = 100


@dataclass
class Run:
    """One run of the benchmark: its plan, its servers, its results, and the function that reports progress."""

    plan: Plan
    specs: list[Spec]
    results: Results
    say: Callable[[str], None]
    folder: Path
    stack: ExitStack
    kept: dict[str, Server] = field(default_factory=dict)

    def servers_of_round(self, number: int, among: Container[str] | None = None) -> Iterator[Spec]:
        """The servers of a round, in reverse order in every other round. The stock server gets one round."""
        for spec in self.specs[:: 1 if number % 2 == 0 else -1]:
            is_due = spec.name != STOCK or number < STOCK_ROUNDS
            if is_due and (among is None or spec.name in among):
                yield spec

    @contextmanager
    def recording_failure(self, spec: Spec, loads: dict[str, Load] | None = None) -> Iterator[None]:
        """Records the failure of a server as a problem of the run, so that the other servers are still measured."""
        try:
            yield
        except BenchError as error:
            self.results.problems.append(f"{spec.name} failed: {error}")
            self.say(f"{spec.title} FAILED")
            if loads is not None:
                loads.pop(spec.name, None)

    def of(self, phase: str) -> "Run":
        """The same run with those servers alone that take part in the phase."""
        left_out = {name for name, phases in self._phases_of.items() if phase not in phases}
        return replace(self, specs=[spec for spec in self.specs if spec.name not in left_out])

    @property
    def _phases_of(self) -> dict[str, tuple[str, ...]]:
        """The phases of the servers that do not take part in all of them."""
        return {STOCK: self.plan.stock_phases, UNINDEXED: ("messages",)}

    def launch(self, spec: Spec, users: int, stack: ExitStack, database: Path | None = None) -> Server:
        """Starts a new server, or returns the one that is kept. Does not wait until it is ready."""
        if not self.plan.keeps_servers or database is not None:
            return stack.enter_context(Server(spec, self.scratch(spec), users, database))
        if spec.name not in self.kept:
            self.kept[spec.name] = self.stack.enter_context(Server(spec, self.scratch(spec), self.plan.users))
        return self.kept[spec.name]

    @contextmanager
    def started(self, spec: Spec, users: int) -> Iterator[Load]:
        """Starts one server and a load generator for it."""
        with ExitStack() as stack:
            yield stack.enter_context(Load(self.launch(spec, users, stack)))

    def scratch(self, spec: Spec) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{spec.name}-", dir=self.folder))


def messages(run: Run) -> None:
    """Groups and pairs. Each server keeps running, with all its users connected, from the first round to the last."""
    with ExitStack() as stack:
        servers = {spec: run.launch(spec, run.plan.users, stack) for spec in run.specs}
        loads: dict[str, Load] = {}
        for spec, server in servers.items():
            run.say(f"connecting {run.plan.users} users, {spec.title}")
            with run.recording_failure(spec, loads):
                loads[spec.name] = stack.enter_context(Load(server))
                prepare(run.plan, loads[spec.name])
        for number in range(run.plan.rounds):
            for content in run.plan.contents:
                for work in run.plan.works:
                    measure_closed_loop(run, loads, number, work, content)
        for number in range(run.plan.rounds):
            for work in run.plan.works:
                measure_open_loop(run, loads, number, work)


def prepare(plan: Plan, load: Load) -> None:
    """Signs the users in, creates their groups and connects them."""
    load.ask("login", users=plan.users)
    for work in plan.works:
        load.ask("groups" if work.is_group else "pairs", work=work.name, count=work.count, size=work.size)
    load.ask("connect", users=plan.users)


def measure_closed_loop(run: Run, loads: dict[str, Load], number: int, work: Work, content: int) -> None:
    for spec in run.servers_of_round(number, loads):
        run.say(f"round {number + 1}: {work.title}, {content:,} bytes, {spec.title}")
        plan = {"inFlight": work.in_flight, "contentBytes": content, "seconds": run.plan.seconds}
        with run.recording_failure(spec, loads):
            answer = loads[spec.name].ask("closed", work=work.name, warmSeconds=run.plan.warm_seconds, **plan)
            run.results.note(spec.name, work.name, answer)
            add_throughput(run.results, spec.name, work, content, answer)
    answer = limit(work.count, work.size, work.in_flight, content, run.plan.seconds / 2)
    add_throughput(run.results, LIMIT, work, content, answer)


def add_throughput(results: Results, server: str, work: Work, content: int, answer: dict[str, Any]) -> None:
    """Adds CPU in microseconds, and rates per second of wall time. The smoke run's short window may be empty."""
    if answer["messages"] == 0 or answer["deliveries"] == 0:
        return
    results.add(Row("cpu-delivery", work.name, content), server, MICRO * answer["cpu"] / answer["deliveries"])
    results.add(Row("cpu-message", work.name, content), server, MICRO * answer["cpu"] / answer["messages"])
    results.add(Row("deliveries", work.name, content), server, answer["deliveries"] / answer["seconds"])
    results.add(Row("messages", work.name, content), server, answer["messages"] / answer["seconds"])


def measure_open_loop(run: Run, loads: dict[str, Load], number: int, work: Work) -> None:
    """Measures the ack latency at half of the peer's capacity, on every server that can sustain that rate."""
    capacity = Row("messages", work.name, OPEN_CONTENT_BYTES)
    reference = PEER if PEER in loads else run.specs[0].name
    rate = CAPACITY_SHARE * (run.results.median(capacity, reference) or 1)
    for spec in run.servers_of_round(number, loads):
        if (run.results.median(capacity, spec.name) or 0) < rate:
            continue
        run.say(f"round {number + 1}: {work.title}, {rate:,.0f} messages/s, {spec.title}")
        plan = {"rate": rate, "contentBytes": OPEN_CONTENT_BYTES, "seconds": run.plan.open_seconds}
        with run.recording_failure(spec, loads):
            answer = loads[spec.name].ask("open", work=work.name, warmSeconds=run.plan.warm_seconds, **plan)
            run.results.note(spec.name, work.name, answer)
            run.results.add(Row("latency-p50", work.name), spec.name, answer["p50"])
            run.results.add(Row("latency-p99", work.name), spec.name, answer["p99"])


def idle(run: Run) -> None:
    """Measures the resident memory of idle connections, in a new process each time."""
    plan = run.plan
    for number in range(min(plan.memory_rounds, plan.rounds)):
        for spec in run.servers_of_round(number):
            users, count = plan.stock_idle if spec.name == STOCK else plan.idle
            run.say(f"round {number + 1}: {count:,} idle connections, {spec.title}")
            with run.recording_failure(spec), run.started(spec, users) as load:
                load.ask("login", users=users)
                answer = load.ask("idle", users=users, count=count, settleSeconds=plan.settle_seconds)
                run.results.note(spec.name, "idle", answer)
                run.results.add(Row("memory", "idle"), spec.name, answer["bytes"] / count / 1024)


def storm(run: Run) -> None:
    """All users connect at once and disconnect at once."""
    for number in range(min(run.plan.storm_rounds, run.plan.rounds)):
        for spec in run.servers_of_round(number):
            users = run.plan.stock_storm_users if spec.name == STOCK else run.plan.storm_users
            run.say(f"round {number + 1}: {users:,} users connect and disconnect at once, {spec.title}")
            with run.recording_failure(spec), run.started(spec, users + 1) as load:
                load.ask("login", users=users + 1)
                answer = load.ask("storm", users=users)
                run.results.note(spec.name, "storm", answer)
                run.results.add(Row("cpu-connection", "storm"), spec.name, MICRO * answer["cpu"] / users)


def history(run: Run) -> None:
    """Reads pages at random positions of seeded groups. Each server keeps running from the first round to the last."""
    plan = run.plan
    with ExitStack() as stack:
        loads: dict[str, Load] = {}
        groups: dict[str, list[str]] = {}
        for spec in run.specs:
            run.say(f"seeding {plan.history_messages:,} messages, {spec.title}")
            with run.recording_failure(spec, loads):
                database, groups[spec.name] = seeds.seeded(plan, spec, run.scratch(spec))
                loads[spec.name] = stack.enter_context(Load(run.launch(spec, seeds.MEMBERS, stack, database)))
        for number in range(plan.rounds):
            for spec in run.servers_of_round(number, loads):
                run.say(f"round {number + 1}: history pages, {spec.title}")
                with run.recording_failure(spec, loads):
                    history_pages(run, spec, loads[spec.name], groups[spec.name])


def history_pages(run: Run, spec: Spec, load: Load, groups: list[str]) -> None:
    plan = run.plan
    answer = load.ask(
        "history",
        reader=seeds.READER,
        groups=groups,
        messages=plan.history_messages // plan.history_groups,
        limit=plan.history_limit,
        warmSeconds=plan.warm_seconds,
        seconds=plan.seconds,
    )
    run.results.note(spec.name, "history", answer)
    run.results.add(Row("cpu-page", "history"), spec.name, MICRO * answer["cpu"] / answer["pages"])


def bursts(run: Run) -> None:
    """A burst of reactions or votes against one at a time, in chatapp alone: no other server here has any."""
    if run.plan.burst is None or CHATAPP not in {spec.name for spec in run.specs}:
        return
    run.say(f"{run.plan.burst.count:,} reactions and votes")
    for name, single, many in measured(run.plan.burst):
        run.results.add(Row("cpu-single", name), CHATAPP, MILLI * single.cpu)
        run.results.add(Row("cpu-burst", name), CHATAPP, MILLI * many.cpu)


def files(run: Run) -> None:
    """Chatting beside large transfers, in chatapp alone: no other server here takes files."""
    if run.plan.transfers is None or CHATAPP not in {spec.name for spec in run.specs}:
        return
    for one in transfers_of.measured(run.plan.transfers, run.say):
        work = f"{one.server}, {one.way}"
        figures = {
            "files-p50-idle": one.idle.p50,
            "files-p50": one.busy.p50,
            "files-p99-idle": one.idle.p99,
            "files-p99": one.busy.p99,
            "files-ratio": one.busy.p99 / one.idle.p99,
            "files-before": one.memory[0] / MEGABYTE,
            "files-most": one.memory[1] / MEGABYTE,
            "files-after": one.memory[2] / MEGABYTE,
            "files-up": one.rates[0],
            "files-down": one.rates[1],
        }
        for metric, value in figures.items():
            run.results.add(Row(metric, work), CHATAPP, value)


PHASES: dict[str, Callable[[Run], None]] = {
    "messages": messages,
    "idle": idle,
    "storm": storm,
    "history": history,
    "bursts": bursts,
    "files": files,
}
