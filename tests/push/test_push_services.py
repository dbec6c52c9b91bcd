"""What push services may do: forget a subscription, refuse, be slow; and which of them are called at all."""

import time
from typing import Any

import pytest

from chatapp.push import service as calls
from chatapp.push.addresses import PushAddresses
from chatapp.push.application_key import ApplicationKey, new_private_key
from chatapp.push.service import Answer, Push, answer_of
from tests.people import Cast, Person, wait_until
from tests.push.device import Device, ask, silence
from tests.push_service import PushBrowser, PushService, encode, push_service

ACK_SECONDS = 1.5
"""Far less than the push service takes."""


def subscriptions(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(person, "GET", "/push").json()["subscriptions"]
    return found


@pytest.fixture
def answering(service: PushService) -> Any:
    """Lets the push service answer as a test wants, and afterwards as usual."""
    yield service
    service.status = 201
    service.may_answer.set()


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_dropped(cast: Cast, answering: PushService, status: int) -> None:
    alice, bob = cast(2)
    device = Device(bob, answering)
    answering.status = status
    alice.post("/messages", {"receiver": bob.username, "content": "hello"})
    device.wait_for(1)
    wait_until(lambda: subscriptions(bob) == [], "the subscription is dropped")
    answer = ask(bob, "GET", "/push").json()
    assert (answer["current"], answer["reasons"]) == (None, ["not_subscribed"])


def test_a_message_that_is_not_taken_comes_later(cast: Cast, answering: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, answering)
    answering.status = 503
    alice.post("/messages", {"receiver": bob.username, "content": "hello"})
    device.wait_for(1)
    wait_until(lambda: ask(bob, "GET", "/push").json()["reasons"] == ["failing"], "it is known to fail")
    answering.status = 201
    deadline = time.monotonic() + 20
    while len(device.requests) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [one["body"] for one in device.messages] == ["hello", "hello"]
    wait_until(lambda: ask(bob, "GET", "/push").json()["reasons"] == [], "it is known to work again")


def test_a_slow_push_service_delays_nobodys_message(cast: Cast, answering: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, answering)
    alice.connect()
    answering.may_answer.clear()
    alice.say(bob.username, "first")
    device.wait_for(1)
    began_at = time.monotonic()
    for number in range(10):
        assert alice.say(bob.username, f"message {number}")["success"]
    assert time.monotonic() - began_at < ACK_SECONDS


def test_a_session_that_has_ended_is_sent_nothing(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    again = Person(bob.server, bob.username)
    device, other = Device(bob, service), Device(again, service)
    assert len(subscriptions(again)) == 2
    bob.post("/logout", {})
    assert [one["current"] for one in subscriptions(again)] == [True]
    alice.post("/messages", {"receiver": bob.username, "content": "hello"})
    other.wait_for(1)
    assert device.messages == []
    again.http.close()


def test_the_browser_is_that_of_whoever_signed_in_last(cast: Cast, service: PushService) -> None:
    alice, bob, carol = cast(3)
    device = Device(bob, service)
    body = device.browser.body(service.origin + device.path)
    assert ask(carol, "PUT", "/push/subscription", body).status_code == 200
    assert subscriptions(bob) == []
    alice.post("/messages", {"receiver": bob.username, "content": "for bob"})
    silence(device)
    alice.post("/messages", {"receiver": carol.username, "content": "for carol"})
    assert device.wait_for(1)[0]["body"] == "for carol"
    assert ask(carol, "DELETE", "/push/subscription").status_code == 200
    assert subscriptions(carol) == []


def test_a_test_reaches_this_browser_at_once_and_says_what_became_of_it(cast: Cast, answering: PushService) -> None:
    (bob,) = cast(1)
    assert ask(bob, "POST", "/push/test").status_code == 404
    device = Device(bob, answering, language="de")
    assert ask(bob, "POST", "/push/test").json() == {"outcome": "taken"}
    expected = {"kind": "test", "title": "chatapp", "body": "Benachrichtigungen kommen auf diesem Gerät an."}
    assert device.messages == [expected]
    answering.status = 403
    assert ask(bob, "POST", "/push/test").json() == {"outcome": "refused"}
    answering.status = 410
    assert ask(bob, "POST", "/push/test").json() == {"outcome": "gone"}
    assert subscriptions(bob) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/1",
        "https://127.0.0.1/1",
        "https://10.0.0.1/1",
        "https://[::1]/1",
        "https://169.254.169.254/latest",
        "https://push.example.org:8443/1",
        "https://localhost/1",
        "https://user:password@push.example.org/1",
        "https://[::1/1",
        "ftp://push.example.org/1",
        "https://push.example.org/\u00e4",
    ],
)
def test_internal_services_are_no_push_services(cast: Cast, endpoint: str) -> None:
    (bob,) = cast(1)
    answer = ask(bob, "PUT", "/push/subscription", PushBrowser().body(endpoint))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_input")
    assert subscriptions(bob) == []


@pytest.mark.parametrize("key", [encode(b"x" * 65), encode(b"x" * 16), "not base64url!", ""])
def test_keys_that_no_browser_gives_are_refused(cast: Cast, key: str) -> None:
    (bob,) = cast(1)
    body = {**PushBrowser().body("https://push.example.org/1"), "keys": {"p256dh": key, "auth": encode(b"x" * 16)}}
    assert ask(bob, "PUT", "/push/subscription", body).status_code == 422


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        (201, "", Answer("taken")),
        (429, "120", Answer("later", 120)),
        (429, "99999999", Answer("later", 3600)),
        (503, "Fri, 31 Dec 2027 23:59:59 GMT", Answer("later")),
        (410, "", Answer("gone")),
        (413, "", Answer("refused")),
        (301, "", Answer("refused")),
    ],
)
def test_a_status_says_what_is_done_next(status: int, retry_after: str, expected: Answer) -> None:
    assert answer_of(status, retry_after) == expected


def test_a_push_service_that_does_not_answer_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "CALL_SECONDS", 0.3)
    browser, key = PushBrowser(), ApplicationKey(new_private_key())
    with push_service() as silent, push_service() as working:
        silent.may_answer.clear()
        keys = browser.body("")["keys"]

        def to(one: PushService, count: int) -> list[Push]:
            known = (keys["p256dh"], keys["auth"], "mailto:admin@example.org")
            return [Push(f"{one.origin}/{number}", *known, b"{}", 60, "high") for number in range(count)]

        sender = calls.PushService(PushAddresses((silent.origin, working.origin)))
        answers = sender.send_all(key, [*to(silent, 40), *to(working, 20)])
        assert [one.outcome for one in answers] == ["later"] * 40 + ["taken"] * 20
        called = len(silent.received)
        assert called < 40
        assert sender.send_all(key, to(silent, 3)) == [Answer("later")] * 3
        assert len(silent.received) == called
        assert {one.path for one in working.received} == {f"/{number}" for number in range(20)}
