"""The chat below a path of its host name: every address and every cookie is there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from chatapp.config import BadSetting, load
from tests.api.error_bodies import cookies
from tests.uploads import TUS

MakeApp = Callable[..., Flask]
SITE = "https://example.org"
OIDC = """
address = "{address}"
[staff]
label = "Example Ltd"
issuer = "https://id.example.org"
client_id = "chatapp"
"""


@pytest.fixture
def below(make_app: MakeApp) -> Flask:
    return make_app(base_path="/chat")


def test_the_page_names_only_addresses_below_the_path(below: Flask) -> None:
    client = below.test_client()
    page = client.get("/chat/").text
    named = [one for one in re.findall(r'(?:href|src)="([^"]+)"', page) if not one.startswith("#")]
    assert len(named) > 8
    assert [one for one in named if not one.startswith("/chat/")] == []
    for address in named:
        assert client.get(address).status_code == 200, address
    assert '"apiPrefix":"/chat"' in page
    assert '"basePath":"/chat"' in page


def test_what_installs_the_client_is_below_the_path(below: Flask) -> None:
    client = below.test_client()
    manifest = client.get("/chat/manifest.webmanifest").get_json(force=True)
    assert [manifest[name] for name in ("id", "start_url", "scope")] == ["/chat/"] * 3
    shell = client.get("/chat/shell.json").get_json()
    assert (shell["page"], shell["apiPrefix"]) == ("/chat/", "/chat")
    for address in [*shell["files"], *(icon["src"] for icon in manifest["icons"])]:
        assert address.startswith("/chat/assets/"), address
    assert client.get("/chat/service-worker.js").status_code == 200


def test_the_path_without_its_slash_leads_to_the_page(below: Flask) -> None:
    answer = below.test_client().get("/chat?from=mail")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/chat/?from=mail")


def test_a_proxy_may_leave_the_path_out(below: Flask) -> None:
    client = below.test_client()
    for path in ("/users", "/web/users", "/readyz", "/"):
        assert client.get(path).get_data() == client.get("/chat" + path).get_data(), path


def test_a_name_that_only_begins_like_the_path_is_none_of_its(below: Flask) -> None:
    assert below.test_client().get("/chatter/users").status_code == 404
    assert below.test_client().get("/chat/chat/users").status_code == 404


def test_the_cookies_are_not_sent_to_other_services_of_the_host_name(below: Flask) -> None:
    installation = below.extensions["chatapp.installation"]
    for site, prefix in (("http://localhost", ""), (SITE, "__Secure-")):
        client = below.test_client()
        answer = client.post("/chat/login", json={"username": "alice"}, base_url=site)
        found = cookies(answer)
        plain = ("chatToken", "XSRF-TOKEN")
        names = [*plain, *(f"{prefix}{name}-{installation}" for name in plain)]
        assert {name: cookie["path"] for name, cookie in found.items()} == dict.fromkeys(names, "/chat")
        assert client.get("/chat/loggedIn", base_url=site).get_json()["username"] == "alice"
        csrf = {"X-XSRF-TOKEN": found["XSRF-TOKEN"]["value"]}
        gone = cookies(client.post("/chat/logout", json={}, base_url=site, headers=csrf))
        assert {(name, cookie["path"]) for name, cookie in gone.items()} >= {(name, "/chat") for name in found}
        assert client.get("/chat/loggedIn", base_url=site).status_code == 401


def test_an_upload_goes_on_below_the_path(below: Flask) -> None:
    client = below.test_client()
    token = client.post("/chat/login", json={"username": "alice"}).headers["auth-token"]
    headers = {**TUS, "auth-token": token}
    for prefix in ("/chat", "/chat/web", ""):
        begun = client.post(prefix + "/uploads", headers={**headers, "Upload-Length": "3", "Upload-Metadata": ""})
        assert begun.status_code == 201, begun.text
        # What a proxy has left out is in the address all the same: browsers ask the proxy.
        assert begun.headers["Location"].startswith((prefix or "/chat") + "/uploads/")
        assert client.head(begun.headers["Location"], headers=headers).status_code == 200


def test_the_description_of_the_api_says_where_it_is(below: Flask, make_app: MakeApp) -> None:
    assert below.test_client().get("/chat/openapi.json").get_json()["servers"] == [{"url": "/chat"}]
    assert make_app().test_client().get("/openapi.json").get_json()["servers"] == [{"url": "/"}]


def test_a_provider_leads_back_below_the_path(make_app: MakeApp, tmp_path: Path) -> None:
    file = tmp_path / "oidc.toml"
    file.write_text(OIDC.format(address="https://example.org/chat/"))
    app = make_app(base_path="/chat", sign_in="password", oidc=str(file))
    assert app.extensions["chatapp.oidc"]["staff"].redirect_uri == "https://example.org/chat/oidc/staff/callback"
    back = app.test_client().get("/chat/oidc/staff/callback?error=access_denied&state=x")
    assert back.headers["Location"].startswith("/chat/#/")
    file.write_text(OIDC.format(address="https://example.org"))
    with pytest.raises(BadSetting, match=r"`address` cannot be .* ends with CHATAPP_BASE_PATH, which is /chat\."):
        make_app(base_path="/chat", sign_in="password", oidc=str(file))


def test_links_in_e_mail_have_to_name_the_path(tmp_path: Path) -> None:
    def public_url(address: str) -> str:
        environment = {"CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_BASE_PATH": "/chat", "CHATAPP_PUBLIC_URL": address}
        return load(environ=environment).public_url

    assert public_url("https://example.org/chat/") == "https://example.org/chat"
    for wrong in ("https://example.org", "https://example.org/other/chat"):
        with pytest.raises(BadSetting, match=r"^CHATAPP_PUBLIC_URL cannot be .*/chat\.$"):
            public_url(wrong)


def test_below_no_path_all_is_at_the_root(app: Flask) -> None:
    client = app.test_client()
    assert '"basePath":""' in client.get("/").text
    assert client.get("/manifest.webmanifest").get_json(force=True)["scope"] == "/"
    assert client.get("/chat/users").status_code == 404
