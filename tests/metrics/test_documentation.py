"""The table of metrics, the table of bounds and the dashboard name what a server answers, and nothing else."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from flask import Flask

from chatapp.errors import every_code
from chatapp.metrics.counters import CLOSING, DROPPED, PAUSING
from tests.api.routes import OPEN
from tests.conftest import Cast
from tests.metrics.scrape import Scraped, scrape
from tests.servers import ROOT, Server
from tests.test_documentation import code_in, table_under
from tests.uploads import SignedIn, begin

OPERATIONS = ROOT / "docs" / "operations.md"
DASHBOARD = ROOT / "docs" / "grafana-dashboard.json"
METRIC = re.compile(r"\b((?:chatapp|process|python)_\w+)")


@pytest.fixture(scope="module")
def scraped(server: Server) -> Scraped:
    """After a refusal, so that each metric with labels has a value."""
    scrape(server)
    requests.get(server.http + "/nowhere", timeout=10)
    return scrape(server)


def documented() -> dict[str, tuple[str, set[str]]]:
    rows = table_under(OPERATIONS, "Metric", "Type", "Labels", "What it says")
    assert all(row[3] for row in rows)
    found = {code_in(row[0])[0]: (row[1], set(code_in(row[2]))) for row in rows}
    assert len(found) == len(rows), "a metric is listed twice"
    return found


def test_the_table_lists_every_metric_with_its_type_and_labels_and_no_other(scraped: Scraped) -> None:
    answered = {name: (scraped.types[name], scraped.labels[name]) for name in scraped.types}
    assert documented() == answered


def test_names_follow_the_conventions(scraped: Scraped) -> None:
    for name, kind in scraped.types.items():
        assert name.startswith(("chatapp_", "process_", "python_")), name
        assert name.endswith("_total") == (kind == "counter"), name
        assert not re.search(r"_(milliseconds|ms|kb|mb|minutes)(_|$)", name), name


def test_each_bound_has_a_counter_that_exists(scraped: Scraped) -> None:
    counters = [code_in(row[1])[0] for row in table_under(OPERATIONS, "Bound", "Its counter")]
    named = {(METRIC.findall(one)[0], *pair) for one in counters for pair in re.findall(r'(\w+)="([^"]+)"', one)}
    limits = {(name, value) for _, name, value in named if name in ("limit", "what")}
    assert limits == {("limit", one) for one in (*CLOSING, *PAUSING)} | {("what", one) for one in DROPPED}
    assert {name for name, *_ in named} <= set(scraped.types)
    assert {value for _, label, value in named if label == "code"} <= {*every_code(), "too_large"}
    for name, label, value in named:
        if label in ("limit", "what"):
            assert (name, frozenset({(label, value)})) in scraped.values, "it is shown before it is reached"


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DASHBOARD.read_text())
    return found


def test_the_dashboard_names_only_metrics_that_exist_and_shows_all_of_chatapps_own(scraped: Scraped) -> None:
    queries = [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]
    named = {re.sub(r"_(bucket|count|sum)$", "", name) for query in queries for name in METRIC.findall(query)}
    assert named <= set(scraped.types)
    assert {name for name in scraped.types if name.startswith("chatapp_")} <= named
    for query in queries:
        for labels, metric in re.findall(r"by \(([^)]*)\)[^{]*?((?:chatapp|process)_\w+)", query):
            own = documented()[re.sub(r"_(bucket|count|sum)$", "", metric)][1]
            assert {one.strip() for one in labels.split(",")} <= own | {"le"}, query


def test_the_dashboard_is_what_grafana_takes() -> None:
    found = dashboard()
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time"} <= set(found)
    assert "id" not in found, "Grafana gives a dashboard its id when it is imported"
    panels = found["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    variables = {one["name"] for one in found["templating"]["list"]}
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        assert panel["type"] == "timeseries"
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        for target in panel["targets"]:
            assert target["expr"].count("(") == target["expr"].count(")")
            used = {name for name in re.findall(r"\$\{?(\w+)", json.dumps(target)) if not name.startswith("__")}
            assert used <= variables, target["expr"]


def test_metrics_are_off_without_a_token(make_app: Callable[..., Flask]) -> None:
    assert "GET /metrics" in OPEN, "it is answered before a sign-in"
    client = make_app().test_client()
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code == 404
        assert answer.get_json()["error"]["code"] == "not_found"


def test_an_upload_is_counted(server: Server, cast: Cast) -> None:
    (alice,) = cast(1)
    before = scrape(server)
    token = {"auth-token": alice.token}

    class Http:
        def post(self, path: str, **options: Any) -> Any:
            return requests.post(server.http + path, timeout=10, **options)

        def patch(self, path: str, **options: Any) -> Any:
            return requests.patch(server.http + path, timeout=10, **options)

    client = SignedIn(Http(), token)
    where = begin(client, 5).headers["Location"]
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    path = where.removeprefix(server.http)
    assert client.patch(path, data=b"bytes", headers=headers).status_code in (200, 204)
    after = scrape(server)
    assert after.value("chatapp_upload_bytes_total") - before.value("chatapp_upload_bytes_total") == 5
    assert after.value("chatapp_uploads_total") - before.value("chatapp_uploads_total") == 1
