"""The documentation lists everything that exists, and nothing else."""

import re
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask

from chatapp import close_app, create_app
from chatapp.actions.audit import KINDS
from chatapp.api.error_handlers import CODES
from chatapp.config import Settings, variable
from chatapp.errors import every_code
from chatapp.realtime.events import NAMES
from chatapp.realtime.namespace import EVENTS
from tests.servers import ROOT

README = ROOT / "README.md"
PROTOCOL = ROOT / "docs" / "protocol.md"


def tables(page: Path) -> list[list[list[str]]]:
    """Every table of a page as rows of cells, the heading first and the dashes left out."""
    found: list[list[list[str]]] = [[]]
    for line in page.read_text().splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif found[-1]:
            found.append([])
    return [[table[0], *table[2:]] for table in found if table]


def table_under(page: Path, *heading: str) -> list[list[str]]:
    (rows,) = [table[1:] for table in tables(page) if tuple(table[0]) == heading]
    return rows


def code_in(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Method and path of every route but the web client's pages, as they are under the prefix `/`."""
    folder = tmp_path_factory.mktemp("instance")
    app: Flask = create_app({"instance": folder, "async_mode": "threading", "sign_in": "password"})
    try:
        return {
            (method, re.sub(r"<\w+:", "<", rule.rule))
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            if not rule.rule.startswith("/web/") and not rule.endpoint.startswith("web.")
        }
    finally:
        close_app(app)


def test_the_readme_lists_every_setting_with_its_default_and_nothing_else() -> None:
    rows = table_under(README, "Variable", "Default", "Meaning")
    documented = {code_in(row[0])[0]: row[1] for row in rows}
    assert len(documented) == len(rows), "a setting is listed twice"
    assert set(documented) == {variable(one) for one in fields(Settings)}
    for one in fields(Settings):
        default = code_in(documented[variable(one)])
        assert default == ([one.default] if one.default else []), variable(one)


def test_a_computed_default_is_described_in_words() -> None:
    rows = {code_in(row[0])[0]: row for row in table_under(README, "Variable", "Default", "Meaning")}
    for one in fields(Settings):
        meaning = rows[variable(one)][2]
        assert meaning, variable(one)
        assert one.default or "Default:" in meaning, variable(one)


def test_the_listener_page_lists_the_current_limits() -> None:
    rows = table_under(ROOT / "docs" / "decisions" / "0011-own-listener.md", "Limit", "Value", "Constant")
    assert rows
    for _, value, constant in rows:
        module, name = code_in(constant)[0].split(".")
        limit = getattr(import_module(f"chatapp.http_listener.{module}"), name)
        assert value == f"{limit:,.0f}", constant


def test_the_operations_page_lists_every_kind_of_audit_event_and_no_other() -> None:
    rows = table_under(ROOT / "docs" / "operations.md", "Kind", "Recorded when")
    assert sorted(kind for row in rows for kind in code_in(row[0])) == sorted(KINDS)


def test_the_readme_has_the_commands_that_start_and_test() -> None:
    text = README.read_text()
    for command in ("make run", "make test", "chatapp serve", "flask run", "python ws.py"):
        assert command in text
    for target in ("wsgi:app", "ws:app"):
        assert re.search(rf"gunicorn [^`\n]*{target}", text)


def test_the_protocol_names_every_route_and_no_other(routes: set[tuple[str, str]]) -> None:
    named = {
        (match[1], match[2].partition("?")[0])
        for row in table_under(PROTOCOL, "Route", "In", "Out")
        for match in re.finditer(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`]*)`", row[0])
    }
    assert named == routes


def test_the_protocol_names_every_event_of_both_directions_and_no_other() -> None:
    sent = [code_in(row[0])[0] for row in table_under(PROTOCOL, "Client to server", "Payload", "Ack")]
    received = [code_in(row[0])[0] for row in table_under(PROTOCOL, "Server to client", "Payload", "When, and to whom")]
    assert sorted(sent) == sorted(EVENTS)
    assert sorted(received) == sorted(NAMES)


def test_the_protocol_names_every_error_code_with_its_status_and_no_other() -> None:
    rows = table_under(PROTOCOL, "Code", "HTTP", "Meaning")
    documented = {code_in(row[0])[0]: {int(one) for one in re.findall(r"\d+", row[1])} for row in rows}
    existing: dict[str, set[int]] = {code: {status} for code, status in every_code().items()}
    for status, code in CODES.items():
        existing.setdefault(code, set()).add(status)
    assert set(documented) == set(existing)
    for code, statuses in existing.items():
        # The application answers the framework's 415 with a 400. The page may still name the 415.
        assert statuses - {415} <= documented[code] <= statuses, code
    assert all(row[2] for row in rows)


def test_the_protocol_names_every_field_of_the_shapes() -> None:
    from chatapp import personal_shapes, shapes

    text = PROTOCOL.read_text()
    found = {**vars(shapes), **vars(personal_shapes)}
    names = [name for name in found if name.endswith("Shape")]
    assert len(names) >= 20
    for name in names:
        for field in found[name].__annotations__:
            assert re.search(rf"\b{field}\b", text), f"{name}.{field}"


@pytest.mark.parametrize("page", sorted([README, *(ROOT / "docs").rglob("*.md")]), ids=lambda page: page.name)
def test_every_relative_link_of_a_page_has_a_target(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("check", [table_under])
def test_table_under_returns_exactly_the_rows_of_a_table(check: Callable[..., list[list[str]]], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("| A | B |\n| --- | --- |\n| `x` | a \\| b |\n\ntext\n\n| C |\n| --- |\n")
    assert check(page, "A", "B") == [["`x`", "a \\| b"]]
    assert check(page, "C") == []
