"""No address of this server leads a browser to another one."""

from collections.abc import Callable
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask

EVIL = "evil.example"
SITE = "https://chat.example.org"

ADDRESSES = [
    f"//{EVIL}",
    f"//{EVIL}/",
    f"//{EVIL}/..",
    f"//{EVIL}/%2e%2e",
    f"///{EVIL}/",
    f"////{EVIL}//users",
    f"/\\{EVIL}",
    f"/%5c{EVIL}/",
    f"/%2f{EVIL}/",
    f"/%09/{EVIL}",
    f"/.{EVIL}",
    f"/@{EVIL}/",
    f"/users//{EVIL}",
    f"/users/..//{EVIL}/",
    f"/assets//{EVIL}/",
    f"/https://{EVIL}/",
    f"/oidc/{EVIL}/callback",
    f"/oidc//{EVIL}/callback?state=x&iss=https://{EVIL}",
    *(f"/?{name}=https://{EVIL}" for name in ("next", "return", "redirect", "redirect_uri", "url", "continue", "to")),
    f"/login?next=//{EVIL}",
    f"/logout?next=//{EVIL}",
    f"/%0d%0aLocation:%20https://{EVIL}/",
    f"/users%0d%0aLocation:%20https://{EVIL}/",
]


@pytest.mark.parametrize("prefix", ["", "/web"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_redirects_to_another_server(make_app: Callable[..., Flask], method: str, prefix: str) -> None:
    client = make_app().test_client()
    redirects = 0
    for address in ADDRESSES:
        path, _, query = (prefix + address).partition("?")
        # The client would take the host name of `//evil.example` for that of the server.
        environ = {"PATH_INFO": unquote(path)}
        headers = {"X-Forwarded-Host": EVIL}
        answer = client.open(
            base_url=SITE, method=method, query_string=query, environ_overrides=environ, headers=headers
        )
        location = answer.headers.get("Location", "")
        # Browsers take a backslash for a slash.
        target = urljoin(SITE + address, location.replace("\\", "/"))
        assert urlsplit(target).netloc == urlsplit(SITE).netloc, (address, location)
        redirects += answer.status_code in (301, 302, 303, 307, 308)
    assert redirects == (2 if method == "GET" else 0)
