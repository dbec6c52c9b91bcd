"""Fetching a page: what is asked, what is followed, and what a hostile server achieves."""

import gzip
import socket
import ssl
import zlib
from pathlib import Path

import pytest

from chatapp.previews.fetcher import MOST_REDIRECTS, PAGE, PICTURE, NotFetched, fetch
from tests.certificates import self_signed_certificate
from tests.previews.internet import PUBLIC, Site, connect_to, page, pages, redirect, response, site

PAGE_BYTES = PAGE.most_bytes


def test_a_page_is_asked_for_without_anything_that_tells_more_than_necessary() -> None:
    with site(pages({"/a?b=c": response(page(), "text/html; charset=utf-8")})) as one:
        fetched = fetch("http://example.com/a?b=c#part", PAGE, connect_to({"example.com": one.port}))
    assert (fetched.url, fetched.charset, fetched.body) == ("http://example.com/a?b=c", "utf-8", page())
    first, *headers = one.asked[0].strip().split("\r\n")
    assert first == "GET /a?b=c HTTP/1.1"
    names = {header.partition(":")[0] for header in headers}
    assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert "Host: example.com" in headers


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with site(pages({"/": response(page())})) as one, site(pages({})) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    assert one.asked
    assert proxy.asked == []


def test_a_certificate_must_be_that_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed_certificate(tmp_path, "example.com")
    with site(pages({"/": response(page())}), certificate) as one:
        connect = connect_to({"example.com": one.port, "other.example.com": one.port})
        with pytest.raises(NotFetched, match="certificate verify failed"):
            fetch("https://example.com/", PAGE, connect)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert fetch("https://example.com/", PAGE, connect).body == page()
        with pytest.raises(NotFetched, match="certificate is not valid for"):
            fetch("https://other.example.com/", PAGE, connect)
    assert ssl.get_default_verify_paths().openssl_cafile_env == "SSL_CERT_FILE"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_followed(status: str) -> None:
    answers = {"/": redirect("/next?x=1", status), "/next?x=1": response(page())}
    with site(pages(answers)) as one:
        fetched = fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    assert fetched.url == "http://example.com/next?x=1"


def test_redirects_end() -> None:
    with site(pages({"/": redirect("/")})) as one, pytest.raises(NotFetched, match="too many redirects"):
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    assert len(one.asked) == MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://169.254.169.254/latest/meta-data/",
        "http://private.example.com/",
        "http://rebinding.example.com/",
        "//127.0.0.1/",
        "https://user@example.com/",
        "http://example.com:{port}/",
        "file:///etc/passwd",
        "ftp://example.com/",
        "javascript:alert(1)",
        "http://[",
        "",
    ],
)
def test_a_redirect_leads_to_no_private_server(location: str) -> None:
    """Each redirect is checked anew: the name, and the address that is connected to."""
    private = ["10.0.0.1"]
    with site(pages({"/": response(page("Secret"))})) as inside:
        answer = redirect(location.format(port=inside.port))
        with site(pages({"/": answer})) as one:
            answers = {"private.example.com": [private], "rebinding.example.com": [[PUBLIC, "127.0.0.1"]]}
            with pytest.raises(NotFetched):
                fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}, answers))
    assert inside.asked == []
    assert len(one.asked) == 1


def test_a_second_answer_of_the_dns_is_checked_when_it_is_used() -> None:
    """The name resolves to a public address at first, and to this machine when the redirect comes back to it."""
    with site(pages({"/": redirect("/again"), "/again": response(page())})) as one:
        answers = {"rebinding.example.com": [["93.184.215.1"], ["127.0.0.1"]]}
        with pytest.raises(NotFetched, match="not public"):
            fetch("http://rebinding.example.com/", PAGE, connect_to({"example.com": one.port}, answers))
    assert one.paths == ["/"]


@pytest.mark.parametrize("status", ["204 No Content", "206 Partial", "401 No", "403 No", "404 No", "500 No", "999 No"])
def test_only_a_page_that_is_there_is_read(status: str) -> None:
    with site(pages({"/": response(page(), status=status)})) as one, pytest.raises(NotFetched):
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))


@pytest.mark.parametrize("kind", ["image/png", "application/json", "text/plain", "", "text/htmlx", "a;b=text/html"])
def test_only_pages_are_read(kind: str) -> None:
    with site(pages({"/": response(page(), kind)})) as one, pytest.raises(NotFetched):
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))


def endless(head: bytes, piece: bytes, one: list[int]) -> "Site":
    def answer(connection: socket.socket, _path: str) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            one.append(len(piece))

    return Site(answer)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def test_of_an_endless_page_the_beginning_is_read() -> None:
    sent: list[int] = []
    one = endless(HEAD + b"\r\n" + page(), b"x" * 65_536, sent)
    fetched = fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    one.close()
    assert len(fetched.body) == PAGE_BYTES
    assert one.ended.wait(5), "the server is still being read from"
    # What the sockets buffer comes on top.
    assert sum(sent) < PAGE_BYTES + 16_000_000


def test_an_endless_page_in_chunks_is_cut_as_well() -> None:
    one = endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"8\r\nxxxxxxxx\r\n" * 1_000, [])
    fetched = fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    one.close()
    assert len(fetched.body) == PAGE_BYTES


@pytest.mark.parametrize("piece", [b"X-Header: y\r\n", b"x" * 100_000], ids=["many", "long"])
def test_endless_headers_are_no_page(piece: bytes) -> None:
    one = endless(b"HTTP/1.1 200 OK\r\n", piece, [])
    with pytest.raises(NotFetched):
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    one.close()


def test_a_packed_page_is_unpacked() -> None:
    with site(pages({"/": response(gzip.compress(page()), Content_Encoding="gzip")})) as one:
        assert fetch("http://example.com/", PAGE, connect_to({"example.com": one.port})).body == page()


def test_of_a_page_that_unpacks_to_very_much_the_beginning_is_unpacked() -> None:
    bomb = gzip.compress(page() + b"\0" * 100_000_000, 9)
    assert len(bomb) < PAGE_BYTES
    with site(pages({"/": response(bomb, Content_Encoding="gzip")})) as one:
        fetched = fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    assert len(fetched.body) == PAGE_BYTES


def test_a_page_of_nothing_but_empty_blocks_ends() -> None:
    """They unpack to nothing, however many there are."""
    packer = zlib.compressobj(wbits=31)
    empty = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    one = endless(HEAD + b"Content-Encoding: gzip\r\n\r\n" + empty, b"\x00\x00\x00\xff\xff" * 10_000, [])
    assert fetch("http://example.com/", PAGE, connect_to({"example.com": one.port})).body == b""
    one.close()


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "compress", "x"])
def test_what_is_packed_in_another_way_is_not_read(encoding: str) -> None:
    with site(pages({"/": response(page(), Content_Encoding=encoding)})) as one, pytest.raises(NotFetched):
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))


@pytest.mark.parametrize(
    "answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200", HEAD + b"Content-Encoding: gzip\r\n\r\nnot packed"]
)
def test_a_broken_answer_is_no_page(answer: bytes) -> None:
    with site(pages({"/": answer})) as one, pytest.raises(NotFetched):
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))


def test_a_page_that_breaks_off_is_read_up_to_there() -> None:
    answer = HEAD + b"Content-Length: 100000\r\n\r\n" + page()
    with site(pages({"/": answer})) as one:
        assert fetch("http://example.com/", PAGE, connect_to({"example.com": one.port})).body == page()


def test_of_a_picture_that_is_too_large_nothing_is_read() -> None:
    body = b"x" * (PICTURE.most_bytes + 1)
    with site(pages({"/": response(body, "image/png"), "/fits": response(body[1:], "image/png")})) as one:
        connect = connect_to({"example.com": one.port})
        with pytest.raises(NotFetched, match="more than 5000000 bytes"):
            fetch("http://example.com/", PICTURE, connect)
        assert len(fetch("http://example.com/fits", PICTURE, connect).body) == PICTURE.most_bytes


def test_a_server_that_says_nothing_costs_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatapp.previews.fetcher.STEP_SECONDS", 0.2)
    one = Site(lambda connection, _path: connection.recv(1) and None)
    with pytest.raises(NotFetched, match="timed out"):
        fetch("http://example.com/", PAGE, connect_to({"example.com": one.port}))
    one.close()
