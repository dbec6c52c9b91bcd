"""What a reverse proxy forwards counts on the Socket.IO side exactly where CHATAPP_PROXIES says so."""

from collections.abc import Iterator

import pytest
import requests
from websockets.exceptions import InvalidStatus

from tests.people import Person
from tests.realtime.wire import Wire
from tests.servers import Server

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"
PAGE = "https://chat.example.org"
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "chat.example.org", "X-Forwarded-For": "203.0.113.5"}
TRUSTED = {"CHATAPP_PROXIES": 1, "CHATAPP_TRUST_NETWORK": 1}


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that trusts one proxy."""
    started = Server(tmp_path_factory.mktemp("proxied"), **TRUSTED).start()
    yield started
    assert started.stop() == 0, started.log


def polls(server: Server, **headers: str) -> int:
    return requests.get(server.ws + HANDSHAKE, headers={"Origin": PAGE, **headers}, timeout=5).status_code


def opens(server: Server, token: str, headers: dict[str, str]) -> bool:
    """Whether a page of PAGE gets a WebSocket."""
    try:
        Wire(server, token, origin=PAGE, additional_headers=headers).joined().close()
    except InvalidStatus:
        return False
    return True


def test_the_page_behind_a_trusted_proxy_gets_a_socket(behind_proxy: Server) -> None:
    token = Person(behind_proxy, "alice").token
    assert polls(behind_proxy, **FORWARDED) == 200
    assert opens(behind_proxy, token, FORWARDED)
    assert polls(behind_proxy) == 400
    assert not opens(behind_proxy, token, {})


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "X-Forwarded-Host"])
def test_the_scheme_and_the_host_are_both_the_proxy_s_word(behind_proxy: Server, name: str) -> None:
    assert polls(behind_proxy, **{key: value for key, value in FORWARDED.items() if key != name}) == 400


def test_of_several_forwarded_values_the_one_of_the_trusted_proxy_counts(behind_proxy: Server) -> None:
    """A client may send the header itself; the proxy appends to it."""
    forged = {**FORWARDED, "X-Forwarded-Host": "chat.example.org, evil.example"}
    assert polls(behind_proxy, **forged) == 400
    appended = {**FORWARDED, "X-Forwarded-Host": "evil.example, chat.example.org"}
    assert polls(behind_proxy, **appended) == 200


def test_without_a_trusted_proxy_forwarded_headers_open_no_socket(server: Server) -> None:
    assert requests.get(server.ws + HANDSHAKE, timeout=5).status_code == 200
    assert polls(server, **FORWARDED) == 400
    assert not opens(server, Person(server, "alice").token, FORWARDED)


def test_one_server_has_one_idea_of_the_scheme_on_both_sides(behind_proxy: Server, server: Server) -> None:
    for one, is_secure in ((behind_proxy, True), (server, False)):
        for address in (one.http, one.ws):
            answer = requests.get(address + "/healthz", headers=FORWARDED, timeout=5)
            assert answer.status_code == 200
            assert ("Strict-Transport-Security" in answer.headers) is is_secure
