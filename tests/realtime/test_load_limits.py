"""What one person and one address may ask of the Socket.IO side, and how they are refused."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
from websockets.exceptions import InvalidStatus

from chatapp import token_bucket
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.realtime.connections import Connections
from chatapp.realtime.load_limits import AddressLimit
from chatapp.token_bucket import TokenBucket
from tests.people import Person, wait_until
from tests.realtime.wire import CONNECTED, REFUSED, Frame, Wire
from tests.servers import Server

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"
RATE, OF_USER, OF_ADDRESS = 2, 3, 5
BURST = RATE * int(token_bucket.BURST_SECONDS)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with low limits, which trusts a proxy so that clients can have addresses."""
    started = Server(
        tmp_path_factory.mktemp("strict"),
        CHATAPP_EVENT_RATE=RATE,
        CHATAPP_USER_CONNECTIONS=OF_USER,
        CHATAPP_ADDRESS_CONNECTIONS=OF_ADDRESS,
        CHATAPP_PROXIES=1,
        CHATAPP_JOIN_TIMEOUT=60,
    ).start()
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def wire(opened: ExitStack, server: Server, token: str | None, address: str) -> Wire:
    found = Wire(server, token, additional_headers={"X-Forwarded-For": address})
    opened.callback(found.close)
    return found


def is_refusal(frame: Frame) -> bool:
    return frame.kind == REFUSED


def is_accepted(own: Wire) -> bool:
    found = own.read(lambda frame: frame.kind in (CONNECTED, REFUSED)).kind == CONNECTED
    if not found:
        own.close()
    return found


def send(own: Wire, username: str, times: int) -> list[dict[str, object]]:
    body = {"sender": username, "receiver": username, "content": "x"}
    ids = [own.emit("privateMessage", body) for _ in range(times)]
    return [own.ack(number) for number in ids]


def test_events_beyond_the_rate_are_refused_with_the_time_to_wait(strict: Server, opened: ExitStack) -> None:
    own = wire(opened, strict, Person(strict, "user1").token, "203.0.113.1").joined()
    acks = send(own, "user1", BURST + 5)
    refused = [ack for ack in acks if not ack["success"]]
    assert all(ack["success"] for ack in acks[:BURST])
    assert 3 <= len(refused) <= 5
    for ack in refused:
        error = ack["error"]
        assert isinstance(error, dict)
        assert error["code"] == "too_many_events"
        assert 0 < error["details"]["retryAfter"] <= 1 / RATE
    time.sleep(1 / RATE)
    assert send(own, "user1", 1)[0]["success"]


def test_all_sockets_of_a_person_share_one_rate_and_others_have_their_own(strict: Server, opened: ExitStack) -> None:
    token = Person(strict, "user2").token
    first, second = (wire(opened, strict, token, "203.0.113.2").joined() for _ in range(2))
    assert all(ack["success"] for ack in send(first, "user2", BURST))
    assert not all(ack["success"] for ack in send(second, "user2", 3))
    other = wire(opened, strict, Person(strict, "user3").token, "203.0.113.2").joined()
    assert send(other, "user3", 1)[0]["success"]


def test_a_client_that_keeps_sending_what_is_refused_is_not_read_for_a_while(strict: Server, opened: ExitStack) -> None:
    own = wire(opened, strict, Person(strict, "user7").token, "203.0.113.7").joined()
    body = {"sender": "user7", "receiver": "user7", "content": "x"}
    ids = [own.emit("privateMessage", body) for _ in range(2 * BURST + 1)]
    waits = [own.ack(number)["error"]["details"]["retryAfter"] for number in ids[BURST:]]
    assert max(waits[:-1]) <= 1 / RATE
    assert waits[-1] == token_bucket.BURST_SECONDS
    later = own.emit("privateMessage", body)
    with pytest.raises(AssertionError, match="in vain"):
        own.ack(later, seconds=token_bucket.BURST_SECONDS - 2)
    assert own.ack(later)["success"]
    assert send(own, "user7", 1)[0]["success"]


def test_a_person_with_too_many_sockets_is_refused_one_more(strict: Server, opened: ExitStack) -> None:
    token = Person(strict, "user4").token
    own = [wire(opened, strict, token, f"203.0.113.{10 + number}").joined() for number in range(OF_USER)]
    refused = wire(opened, strict, token, "203.0.113.20").read(is_refusal)
    assert refused.data["data"]["code"] == "too_many_connections"
    assert refused.data["data"]["details"] == {"limit": OF_USER}
    wire(opened, strict, Person(strict, "user5").token, "203.0.113.20").joined()
    own[0].close()
    wait_until(lambda: is_accepted(wire(opened, strict, token, "203.0.113.21")), "a place is free")


def test_an_address_with_too_many_sockets_is_refused_one_more_on_both_transports(
    strict: Server, opened: ExitStack
) -> None:
    address = {"X-Forwarded-For": "203.0.113.30"}
    own = [wire(opened, strict, None, "203.0.113.30") for _ in range(OF_ADDRESS)]
    polled = requests.get(strict.ws + HANDSHAKE, headers=address, timeout=5)
    assert polled.status_code == 429
    assert polled.json()["error"]["code"] == "too_many_connections"
    assert int(polled.headers["Retry-After"]) > 0
    with pytest.raises(InvalidStatus) as refused:
        wire(opened, strict, None, "203.0.113.30")
    assert refused.value.response.status_code == 429
    wire(opened, strict, None, "203.0.113.31")
    own[0].close()
    wait_until(
        lambda: requests.get(strict.ws + HANDSHAKE, headers=address, timeout=5).status_code == 200, "a place is free"
    )


def test_a_budget_refills_at_its_rate_and_not_beyond_its_burst(monkeypatch: pytest.MonkeyPatch) -> None:
    at = [1000.0]
    monkeypatch.setattr(token_bucket, "monotonic", lambda: at[0])
    budget = TokenBucket(4)

    def taken() -> int:
        count = 0
        while budget.spend() == 0:
            count += 1
        return count

    assert taken() == 40
    assert budget.spend() == pytest.approx(0.25)
    at[0] += 1
    assert taken() == 4
    at[0] += 1000
    assert taken() == 40


def test_the_budget_of_a_person_outlives_their_sockets() -> None:
    connections = Connections(RATE)
    caller = Caller(1, "alice", "session", now(), now())
    spent = []
    for number in range(3):
        connections.add(f"{number}", caller)
        connection = connections.get(f"{number}")
        assert connection is not None
        assert connection.budget is not None
        spent += [connection.budget.allowed.spend() for _ in range(BURST)]
        connections.remove(f"{number}")
    assert spent.count(0) == BURST


def test_an_address_is_forgotten_with_its_last_transport() -> None:
    limit = AddressLimit(2)
    assert [limit.enter(sid, "a") for sid in ("1", "2", "3")] == [True, True, False]
    assert limit.enter("4", "b")
    for sid in ("3", "1", "1", "2", "4"):
        limit.leave(sid)
    assert not limit._counts
    assert not limit._address_of
