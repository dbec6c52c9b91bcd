"""The structure of the code: which module may import, write or emit, and which requirements are pinned."""

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

from tests.servers import ROOT

PACKAGE = ROOT / "chatapp"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
LONGEST_FILE = 300
WRITERS = ("chatapp.actions", "chatapp.journal")
EVENTLET = "chatapp/eventloop/"
STANDARD_LIBRARY = {"collections.abc", "contextlib", "gc", "os", "sys", "typing", "warnings"}
"""What the modules that run before patching may import."""
FORBIDDEN_IMPORTS = {
    "chatapp.models": ["chatapp.actions", "chatapp.journal", "chatapp.api", "chatapp.realtime", "flask"],
    "chatapp.journal": ["chatapp.actions", "chatapp.api", "chatapp.realtime", "chatapp.serializers", "flask"],
    "chatapp.actions": ["chatapp.api", "chatapp.realtime", "chatapp.serializers", "chatapp.factory", "flask"],
    "chatapp.jobs": ["chatapp.api", "chatapp.realtime", "chatapp.serializers", "flask"],
    "chatapp.bus": ["chatapp.actions", "chatapp.api", "chatapp.realtime", "flask"],
    "chatapp.group_serializers": ["chatapp.api", "chatapp.realtime", "flask"],
    "chatapp.serializers": ["chatapp.api", "chatapp.realtime", "flask"],
    "chatapp.group_payloads": [
        "chatapp.actions",
        "chatapp.models",
        "chatapp.api",
        "chatapp.realtime",
        "flask",
    ],
    "chatapp.personal_serializers": ["chatapp.api", "chatapp.realtime", "flask"],
    "chatapp.personal_payloads": ["chatapp.actions", "chatapp.models", "chatapp.api", "chatapp.realtime", "flask"],
    "chatapp.payloads": ["chatapp.actions", "chatapp.models", "chatapp.api", "chatapp.realtime", "flask"],
    "chatapp.payload_fields": ["chatapp.payloads", "chatapp.actions", "chatapp.models", "chatapp.api", "flask"],
    "chatapp.errors": ["chatapp"],
    "chatapp.clock": ["chatapp"],
    "chatapp.api": ["chatapp.realtime", "socketio", "flask_socketio"],
    "chatapp.realtime": [
        "chatapp.api.conversations",
        "chatapp.api.messages",
        "chatapp.api.sessions",
        "chatapp.api.users",
    ],
}


def module_of(path: Path, root: Path = ROOT) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever in it; `from a import b` is both `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def import_graph(root: Path, *packages: str) -> dict[str, set[str]]:
    """The modules of some packages, and for each those that it imports: at the top, in a function, or for type checking
    alone. Python also runs the `__init__` of the packages around a module; that is not counted."""
    found = [path for package in packages for path in (root / package).rglob("*.py") if "node_modules" not in str(path)]
    paths = {module_of(path, root): path for path in found}
    graph = {}
    for module, path in paths.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        imported: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported.update(name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = resolve_name("." * node.level + (node.module or ""), package)
                names = [f"{source}.{name.name}" for name in node.names]
                imported.update(name if name in paths else source for name in names)
        graph[module] = imported & paths.keys()
    return graph


def cycle_in(graph: dict[str, set[str]]) -> list[str]:
    """The modules of an import cycle; empty if there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def calls_of(path: Path) -> Iterator[tuple[str, str, int]]:
    """Each method call of a file: what it is called on, as text, the method, and the line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr, node.lineno


@pytest.mark.parametrize("package", FORBIDDEN_IMPORTS)
def test_imports_run_one_way(package: str) -> None:
    inside = [path for path in FILES if is_in(module_of(path), package)]
    assert inside, f"{package} has moved: update this test"
    wrong = [
        f"{module_of(path)} imports {name}"
        for path in inside
        for name in imports_of(path)
        if any(is_in(name, banned) for banned in FORBIDDEN_IMPORTS[package]) and not is_in(name, package)
    ]
    assert wrong == []


def test_there_are_no_import_cycles() -> None:
    graph = import_graph(ROOT, "chatapp", "bench")
    assert "chatapp.eventloop.event_loop" in graph["chatapp.http_listener.listener"]
    assert "bench.servers" in graph["bench.seeds"], "relative imports count"
    assert cycle_in(graph) == []


@pytest.mark.parametrize(
    "back",
    [
        "import library.shelf",
        "from library import shelf",
        "from library.shelf import books",
        "from . import shelf",
        "from .shelf import books",
        "def find():\n    from library import shelf",
        "if TYPE_CHECKING:\n    from library.shelf import books",
    ],
)
def test_an_import_cycle_is_found_wherever_the_import_is(tmp_path: Path, back: str) -> None:
    package = tmp_path / "library"
    package.mkdir()
    (package / "__init__.py").write_text("from library import shelf, catalogue")
    (package / "shelf.py").write_text("import os\nfrom library import catalogue")
    (package / "catalogue.py").write_text("")
    assert cycle_in(import_graph(tmp_path, "library")) == []
    (package / "catalogue.py").write_text(back)
    assert set(cycle_in(import_graph(tmp_path, "library"))) == {"library.shelf", "library.catalogue"}


def test_entry_points_import_only_the_standard_library_before_patching() -> None:
    """An entry point must be able to patch the standard library first."""
    commands = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "commands").glob("*.py")}
    allowed = {"click", "chatapp.cli"} | {f"chatapp.{name[:-3].replace('/', '.')}" for name in commands}
    for name in {"__init__.py", "__main__.py", "cli.py", "eventloop/__init__.py", "eventloop/patching.py"} | commands:
        tree = ast.parse((PACKAGE / name).read_text())
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        named = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in top}
        assert named <= STANDARD_LIBRARY | allowed, name


def test_only_the_catalogue_of_events_emits() -> None:
    emitting = {
        f"{module_of(path)}:{line}"
        for path in FILES
        for target, method, line in calls_of(path)
        if method in ("emit", "send_packet", "call") and not is_in(module_of(path), "chatapp.realtime.engine")
        if re.search(r"server|socket|sockets|manager|namespace|hub", target.lower()) or method == "emit"
    }
    allowed = {one for one in emitting if one.startswith("chatapp.realtime.events:")}
    assert allowed, "no emit was found in the catalogue: update this test"
    assert emitting == allowed


def test_only_actions_and_the_journal_write_through_a_session() -> None:
    writing = ("add", "add_all", "commit", "delete", "merge", "flush", "bulk_save_objects", "bulk_insert_mappings")
    wrong = [
        f"{module_of(path)}:{line} {target}.{method}"
        for path in FILES
        if not any(is_in(module_of(path), package) for package in WRITERS)
        for target, method, line in calls_of(path)
        if method in writing and target.rpartition(".")[2].strip("_") in ("session", "transaction")
    ]
    assert wrong == []


def test_actions_write_through_the_journals_transaction_and_never_commit() -> None:
    for path in FILES:
        if is_in(module_of(path), "chatapp.actions"):
            for target, method, line in calls_of(path):
                assert method != "commit", f"{module_of(path)}:{line}"
                is_write = method in ("add", "add_all", "delete", "merge", "flush")
                assert not (is_write and target == "db.session"), f"{module_of(path)}:{line}"


def test_only_the_journal_the_bus_the_queue_and_a_restore_contain_writing_statements() -> None:
    statement = re.compile(r"\s*(INSERT INTO|UPDATE \w+ SET|DELETE FROM|DROP|ALTER|TRUNCATE)\b")
    # A restore runs without a server, and before there are tables.
    writers = ("chatapp.journal", "chatapp.bus", "chatapp.jobs", "chatapp.backup.postgresql_target")
    wrong = [
        f"{module_of(path)}:{node.lineno}"
        for path in FILES
        if not any(is_in(module_of(path), package) for package in writers)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.match(node.value)
    ]
    assert wrong == []


def test_only_the_eventloop_folder_imports_eventlet() -> None:
    importing = {
        str(path.relative_to(ROOT))
        for path in [*FILES, ROOT / "ws.py", ROOT / "wsgi.py", ROOT / "gunicorn.conf.py"]
        for name in imports_of(path)
        if is_in(name, "eventlet") or is_in(name, "greenlet")
    }
    assert "chatapp/eventloop/patching.py" in importing
    assert [one for one in importing if not one.startswith(EVENTLET)] == []


def test_only_the_clock_reads_the_time() -> None:
    wrong = [
        f"{module_of(path)}:{line} {target}.{method}"
        for path in FILES
        if module_of(path) not in ("chatapp.clock", "chatapp.http_listener.response_writer")
        if not is_in(module_of(path), "chatapp.realtime.engine")
        for target, method, line in calls_of(path)
        if (target, method) in (("datetime", "now"), ("datetime", "utcnow"), ("time", "time"), ("time", "monotonic"))
    ]
    assert wrong == []


def test_no_file_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_gunicorn_stays_below_26() -> None:
    why = (
        "gunicorn 26 dropped the eventlet worker, and gunicorn.conf.py runs wsgi:app and ws:app on that worker: with "
        "26 the two command lines of the README do not start. Lift the pin only together with another worker class, "
        "and say in docs/decisions/ which one and why."
    )
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    ranges = [one for one in setup["options"]["install_requires"].splitlines() if one.startswith("gunicorn")]
    assert len(ranges) == 1
    assert re.search(r"<\s*26\b", ranges[0]), why
    pins = re.findall(r"(?m)^gunicorn==(\d+)", (ROOT / "requirements.txt").read_text())
    assert pins, "requirements.txt pins gunicorn"
    assert int(pins[0]) < 26, why
    assert 'worker_class = "eventlet"' in (ROOT / "gunicorn.conf.py").read_text(), why


def test_every_requirement_is_pinned_and_in_its_range() -> None:
    from packaging.requirements import Requirement

    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    pins = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, separator, version = line.partition("==")
            assert separator, f"{line} is not pinned"
            pins[name.lower().replace("_", "-")] = version
    wanted = [one for one in setup["options"]["install_requires"].splitlines() if one and not one.startswith("#")]
    for requirement in map(Requirement, wanted):
        version = pins.get(requirement.name.lower().replace("_", "-"))
        assert version is not None, f"{requirement.name} is not in requirements.txt"
        assert requirement.specifier.contains(version), f"{requirement} does not allow {version}"
