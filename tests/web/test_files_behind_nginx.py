"""Large files through nginx as it is documented: uploads as they arrive, downloads by X-Accel-Redirect."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.people import wait_until
from tests.uploads import TUS, add, begin, upload
from tests.web.nginx import Nginx, running_nginx
from tests.web.proxy import HOST
from tests.web.server import Server

SIZE = 30_000_000
BODY = os.urandom(SIZE)
KEPT = ("Content-Type", "Content-Disposition", "Cache-Control", "Content-Security-Policy", "X-Content-Type-Options")
OTHERS = ("Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Frame-Options", "Permissions-Policy")


class Member:
    """A user whose requests go to one address."""

    def __init__(self, address: str, certificate: str | None, username: str) -> None:
        self._address = address.rstrip("/")
        self._options = {"timeout": 60, "verify": certificate}
        self._headers = {} if certificate is None else {"Host": HOST}
        answer = self.post("/login", json={"username": username})
        assert answer.status_code == 200, answer.text
        self._headers["auth-token"] = answer.headers["auth-token"]

    def get(self, path: str, **options: Any) -> requests.Response:
        return self._request("GET", path, options)

    def head(self, path: str, **options: Any) -> requests.Response:
        return self._request("HEAD", path, options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self._request("POST", path, options)

    def patch(self, path: str, **options: Any) -> requests.Response:
        return self._request("PATCH", path, options)

    def _request(self, method: str, path: str, options: dict[str, Any]) -> requests.Response:
        headers = {**self._headers, **options.pop("headers", {})}
        return requests.request(method, self._address + path, headers=headers, **self._options, **options)


@pytest.fixture(scope="module")
def server(make_server: Callable[..., Server]) -> Server:
    return make_server(users=3, PROXIES=1, ACCEL_REDIRECT="/stored-files/")


@pytest.fixture(scope="module")
def nginx(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with running_nginx(tmp_path_factory.mktemp("nginx"), server) as started:
        yield started


@pytest.fixture(scope="module")
def members(nginx: Nginx) -> list[Member]:
    """Alice, bob, who gets her file, and mallory, who does not."""
    address, certificate = f"https://127.0.0.1:{nginx.https_port}", str(nginx.folder / "server.pem")
    return [Member(address, certificate, f"user{number}") for number in range(3)]


@pytest.fixture(scope="module")
def path(members: list[Member]) -> str:
    """Where the file is that alice has uploaded in one request and sent to bob."""
    named = [{"uploadId": upload(members[0], BODY, "large.bin")}]
    sent = members[0].post("/messages", json={"receiver": "user1", "content": "", "files": named})
    assert sent.status_code == 200, sent.text
    return f"/file/{sent.json()['response']['files'][0]['fileId']}"


def test_a_large_file_goes_up_and_down_whole_and_in_ranges(members: list[Member], path: str) -> None:
    whole = members[1].get(path)
    assert (whole.status_code, whole.content == BODY) == (200, True)
    part = members[1].get(path, headers={"Range": "bytes=1000000-1000999"})
    assert (part.status_code, part.content == BODY[1_000_000:1_001_000]) == (206, True)


def test_nginx_sends_the_bytes_and_the_headers_of_the_process(members: list[Member], server: Server, path: str) -> None:
    by_process = Member(server.http, None, "user1").get(path)
    assert by_process.headers["X-Accel-Redirect"].startswith("/stored-files/")
    assert by_process.content == b""
    by_nginx = members[1].get(path)
    assert "X-Accel-Redirect" not in by_nginx.headers
    assert {name: by_nginx.headers.get(name) for name in (*KEPT, *OTHERS)} == {
        name: by_process.headers[name] for name in (*KEPT, *OTHERS)
    }
    assert by_nginx.headers["Strict-Transport-Security"].startswith("max-age=")


def test_neither_an_outsider_nor_a_guessed_path_gets_the_bytes(
    members: list[Member], server: Server, path: str
) -> None:
    inner = Member(server.http, None, "user1").get(path).headers["X-Accel-Redirect"]
    assert (server.instance / "uploads" / inner.removeprefix("/stored-files/")).stat().st_size == SIZE
    assert members[2].get(path).status_code == 404
    assert members[1].get(inner).status_code == 404


def test_what_has_arrived_of_an_upload_that_is_cut_off_is_kept(members: list[Member]) -> None:
    begun = begin(members[0], SIZE, "cut.bin").headers["Location"]

    def cut_off() -> Iterator[bytes]:
        yield BODY[:5_000_000]
        raise InterruptedError

    with pytest.raises(requests.ConnectionError):
        members[0].patch(
            begun,
            data=cut_off(),
            headers={**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
        )

    def arrived() -> int:
        return int(members[0].head(begun, headers=TUS).headers["Upload-Offset"])

    def goes_on() -> bool:
        # As long as the server has not noticed, the upload is locked.
        offset = arrived()
        return bool(add(members[0], begun, offset, BODY[offset:]).status_code == 204)

    wait_until(lambda: 0 < arrived() <= 5_000_000, "a part has arrived")
    wait_until(goes_on, "the rest is taken")
