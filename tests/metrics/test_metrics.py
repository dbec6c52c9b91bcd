"""What /metrics says, of a real server."""

import time
from collections.abc import Callable

import pytest
import requests

from tests.conftest import Cast
from tests.metrics.scrape import Scraped, scrape
from tests.people import PATIENCE_SECONDS
from tests.realtime.wire import Wire, private
from tests.servers import Server


def wait_for(server: Server, is_reached: Callable[[Scraped], bool]) -> Scraped:
    """Asks until the metrics say so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_reached(found := scrape(server)):
        assert time.monotonic() < deadline, found.values
        time.sleep(0.05)
    return found


def test_a_message_is_counted_where_it_is_stored_delivered_and_acked(server: Server, cast: Cast) -> None:
    alice, bob = cast(2)
    before = scrape(server)
    wires = [Wire(server, person.token).joined() for person in (alice, bob, bob)]
    assert wires[0].call("privateMessage", private(alice.username, bob.username, "hello"))["success"]
    after = scrape(server)
    rises = {
        "chatapp_messages_stored_total": 1,
        "chatapp_deliveries_total": len(wires),
        "chatapp_ack_seconds_count": 1,
        "chatapp_journal_batch_drafts_sum": 1,
    }
    assert {name: after.value(name) - before.value(name) for name in rises} == rises
    assert after.value("chatapp_ack_seconds_sum") - before.value("chatapp_ack_seconds_sum") > 1, "the ack window"
    assert after.value("chatapp_journal_commit_seconds_count") > before.value("chatapp_journal_commit_seconds_count")
    for wire in wires:
        wire.close()


def test_connections_and_online_users_rise_and_fall(server: Server, cast: Cast) -> None:
    (alice,) = cast(1)
    before = scrape(server)
    wire = Wire(server, alice.token).joined()
    polled = requests.get(server.ws + "/socket.io/?EIO=4&transport=polling", timeout=10)
    assert polled.status_code == 200
    during = wait_for(server, lambda found: _online(found) == _online(before) + 1)
    for transport in ("websocket", "polling"):
        assert _open(during, transport) == _open(before, transport) + 1
    wire.close()
    wait_for(server, lambda found: _online(found) == _online(before) and _open(found, "polling") == 0)


def test_refusals_are_counted_by_door_and_code(server: Server, cast: Cast) -> None:
    (alice,) = cast(1)
    before = scrape(server)
    assert alice.post("/messages", {"receiver": "nobody", "content": "x"}).status_code == 404
    wire = Wire(server, alice.token).joined()
    assert not wire.call("privateMessage", private(alice.username, "nobody", "x"))["success"]
    assert not wire.call("inventedEvent", {})["success"]
    wire.close()
    raw = requests.get(server.http + "/healthz", headers={"X-Large": "x" * 40_000}, timeout=10)
    assert raw.status_code == 431
    after = scrape(server)
    name = "chatapp_refusals_total"
    doors = [("http", "not_found"), ("socket", "not_found"), ("socket", "unknown_event"), ("transport", "malformed")]
    for door, code in doors:
        rise = after.value(name, door=door, code=code) - before.value(name, door=door, code=code)
        assert rise == 1, (door, code)


def test_requests_are_counted_by_the_pattern_of_their_route(server: Server, cast: Cast) -> None:
    alice, bob = cast(2)
    before = scrape(server)
    for _ in range(2):
        assert alice.get(f"/messages/{alice.username}/{bob.username}").status_code == 200
    assert requests.request("PROPFIND", server.http + "/coffee", timeout=10).status_code in (404, 405)
    after = scrape(server)
    name, route = "chatapp_http_requests_total", "/messages/<sender>/<receiver>"
    labels = {"method": "GET", "route": route, "status": "200"}
    assert after.value(name, **labels) - before.value(name, **labels) == 2
    routes = {dict(labels).get("route", "") for (found, labels) in after.values if found == name}
    assert "unmatched" in routes
    assert not any("coffee" in one or alice.username in one for one in routes)
    methods = {dict(labels).get("method", "") for (found, labels) in after.values if found == name}
    assert "other" in methods
    assert "PROPFIND" not in methods


@pytest.mark.parametrize("limit", ["join_timeout", "message_bytes"])
def test_a_connection_that_reaches_a_limit_is_counted(server: Server, cast: Cast, limit: str) -> None:
    (alice,) = cast(1)
    name = "chatapp_connections_closed_total"
    before = scrape(server).value(name, limit=limit)
    wire = Wire(server, alice.token, joins=limit != "join_timeout")
    if limit == "message_bytes":
        wire.joined().send("4" + "x" * 1_100_000)
    wire.wait_until_closed()
    assert scrape(server).value(name, limit=limit) == before + 1


def test_jobs_of_every_kind_are_counted(server: Server) -> None:
    found = wait_for(server, lambda now: now.value("chatapp_job_runs_total", kind="dead_letters", outcome="done") > 0)
    assert found.value("chatapp_jobs", kind="dead_letters", state="waiting") == 1
    assert found.value("chatapp_database_up") == 1
    assert found.value("chatapp_disk_free_bytes", folder="instance") > 0


def test_without_the_token_nobody_reads_metrics(server: Server, cast: Cast) -> None:
    (alice,) = cast(1)
    assert alice.get("/metrics").status_code == 403
    for given in ("", "Bearer ", "Bearer wrong", "Basic prometheus"):
        answer = requests.get(server.http + "/metrics", headers={"Authorization": given}, timeout=10)
        assert answer.status_code == 403, given
        assert "chatapp_" not in answer.text


def _online(found: Scraped) -> float:
    return found.value("chatapp_online_users")


def _open(found: Scraped, transport: str) -> float:
    return found.value("chatapp_connections", transport=transport)
