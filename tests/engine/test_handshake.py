"""Opening handshakes: refusals, and frames that a client sends before the response."""

import pytest
import requests

from tests.engine.conftest import Raws
from tests.engine.counted_servers import Observed
from tests.engine.frame_builder import PING, PONG, TEXT, Sent, joined, opening
from tests.people import Cast, wait_until
from tests.servers import Server

PATH = "/socket.io/?EIO=4&transport=websocket"

BAD: dict[str, dict[str, str | None]] = {
    "no key": {"Sec_WebSocket_Key": None},
    "an empty key": {"Sec_WebSocket_Key": ""},
    "a short key": {"Sec_WebSocket_Key": "c2hvcnQ="},
    "a key that is not base64": {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZ!=="},
    "no version": {"Sec_WebSocket_Version": None},
    "version 8": {"Sec_WebSocket_Version": "8"},
    "no upgrade": {"Upgrade": None},
    "an upgrade to something else": {"Upgrade": "h2c"},
    "no connection": {"Connection": None},
    "a connection that only stays": {"Connection": "keep-alive"},
    "a body": {"Content_Length": "3"},
    "a post": {"method": "POST", "Content_Length": "0"},
    "a put": {"method": "PUT", "Content_Length": "0"},
}


@pytest.mark.slow
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_opening_handshake_is_refused_and_leaves_no_session(
    observed: Observed, bad: dict[str, str | None]
) -> None:
    before = observed.counts()["sessions"]
    good = observed.raw()
    good.open()
    assert observed.counts()["sessions"] == before + 1
    refused = observed.raw()
    refused.send(opening(refused.port, PATH, **bad) + (b"abc" if bad.get("Content_Length") == "3" else b""))
    status = refused.read_head().split(b" ")[1]
    assert status == (b"405" if bad.get("method") == "PUT" else b"400")
    assert observed.counts()["sessions"] == before + 1
    good.drop()
    wait_until(lambda: observed.counts()["sessions"] == before, "the session ends")


def test_a_connection_header_of_several_words_is_understood(raws: Raws) -> None:
    raw = raws()
    raw.send(opening(raw.port, PATH, Connection="keep-alive, upgrade", Upgrade="WebSocket"))
    assert raw.read_head().startswith(b"HTTP/1.1 101 ")


def test_the_key_is_answered_as_in_the_example_of_the_rfc(raws: Raws) -> None:
    raw = raws()
    raw.send(opening(raw.port, PATH))
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in raw.read_head()


def test_no_extension_and_no_subprotocol_is_negotiated(raws: Raws) -> None:
    raw = raws()
    headers = {"Sec_WebSocket_Extensions": "permessage-deflate", "Sec_WebSocket_Protocol": "chat"}
    raw.send(opening(raw.port, PATH, **headers))
    head = raw.read_head().lower()
    assert head.startswith(b"http/1.1 101 ")
    assert b"extensions" not in head
    assert b"protocol:" not in head


def test_an_upgrade_of_an_unknown_session_is_refused(raws: Raws) -> None:
    raw = raws()
    raw.send(opening(raw.port, PATH + "&sid=nobody"))
    assert raw.read_head().split(b" ")[1] == b"400"


def test_frames_sent_with_the_opening_handshake_are_read(observed: Observed, cast: Cast) -> None:
    """A client should wait for the response. Frames of one that does not wait must not be lost."""
    (alice,) = cast(1, on=observed.server)
    early = joined(Sent(PING, b"early"), Sent(TEXT, b"40/chat,"), Sent(TEXT, b'42/chat,7["nothing like this"]'))
    for cut in (0, 3, len(early)):
        raw = observed.raw()
        raw.open(token=alice.token, behind=early[:cut])
        raw.send(early[cut:])
        pong = raw.frame()
        assert pong is not None
        assert (int(pong.opcode), bytes(pong.data)) == (PONG, b"early")
        raw.text_that(lambda text: text.startswith('40/chat,{"sid"'))
        raw.text_that(lambda text: text.startswith("43/chat,7["))
        raw.drop()


def test_a_bad_frame_sent_with_the_opening_handshake_is_answered(observed: Observed) -> None:
    raw = observed.raw()
    raw.open(behind=Sent(3).to_bytes())
    assert raw.close_frame()[0] == 1002


def test_a_later_request_of_a_keep_alive_connection_may_upgrade(server: Server, raws: Raws) -> None:
    raw = raws()
    raw.send(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{raw.port}\r\n\r\n".encode())
    head = raw.read_head()
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    raw.socket.recv(length)
    raw.open()
    assert requests.get(server.ws + "/healthz", timeout=5).status_code == 200
