"""The file of providers: what it may say, and the sentence that names what it may not."""

from pathlib import Path
from typing import Any

import pytest

from chatapp.config import BadSetting, Settings, load
from chatapp.oidc.providers import providers_of
from chatapp.oidc.settings import load_providers

PROVIDER = {"label": "Example Ltd", "issuer": "https://id.example.org", "client_id": "chatapp"}


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {toml(one)}' for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def settings(folder: Path, text: str | None, **given: Any) -> Settings:
    if text is not None:
        (folder / "oidc.toml").write_text(text)
    return load({"instance": folder, **given}, {})


def provider(**changes: Any) -> str:
    keys = {**PROVIDER, **changes}
    lines = [f"{key} = {toml(value)}" for key, value in keys.items() if value is not None]
    return "\n".join(['address = "https://chat.example.org/"', "[staff]", *lines])


def test_without_a_file_there_is_no_provider(tmp_path: Path) -> None:
    assert providers_of(settings(tmp_path, None)) == {}


def test_a_provider_needs_four_lines(tmp_path: Path) -> None:
    found = providers_of(settings(tmp_path, provider()))
    staff = found["staff"]
    assert staff.redirect_uri == "https://chat.example.org/oidc/staff/callback"
    assert staff.settings.scopes == "openid profile email"
    assert (staff.settings.join, staff.settings.link, staff.settings.roles) == ("as-configured", True, None)


def test_several_providers_keep_their_order_and_the_first_prefix_is_in_the_address(tmp_path: Path) -> None:
    text = provider() + "\n" + provider().split("\n", 1)[1].replace("[staff]", "[a-friend]")
    found = providers_of(settings(tmp_path, text, api_prefixes="/web,/"))
    assert list(found) == ["staff", "a-friend"]
    assert found["a-friend"].redirect_uri == "https://chat.example.org/web/oidc/a-friend/callback"


def test_every_key_is_read(tmp_path: Path) -> None:
    text = provider(
        client_secret="secret",
        scopes="profile openid groups",
        join="yes",
        link=False,
        domains=["Example.ORG"],
        groups_claim="realm_access.roles",
        roles={"/staff/admins": "administrator", "a:b,c": "member"},
    )
    found = load_providers(settings(tmp_path, text))
    assert found is not None
    staff = found.providers["staff"]
    assert staff.scopes == "openid profile groups"
    assert (staff.client_secret, staff.domains, staff.groups_claim) == (
        "secret",
        ("example.org",),
        "realm_access.roles",
    )
    assert staff.roles == {"/staff/admins": "administrator", "a:b,c": "member"}


def test_the_file_may_be_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "providers"
    elsewhere.write_text(provider())
    assert set(providers_of(settings(tmp_path, None, oidc=elsewhere))) == {"staff"}


def test_username_mode_has_no_providers(tmp_path: Path) -> None:
    assert providers_of(settings(tmp_path, provider(), sign_in="username")) == {}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"issuer": None}, "staff.issuer"),
    ({"label": None}, "staff.label"),
    ({"client_id": None}, "staff.client_id"),
    ({"issuer": "http://id.example.org"}, "staff.issuer"),
    ({"issuer": "http://localhost.example.org"}, "staff.issuer"),
    ({"issuer": "id.example.org"}, "staff.issuer"),
    ({"issuer": "https://id.example.org/?a=b"}, "staff.issuer"),
    ({"issuer": "https://me:word@id.example.org"}, "staff.issuer"),
    ({"client_secret": "sécret"}, "staff.client_secret"),
    ({"join": "Yes"}, "staff.join"),
    ({"link": "no"}, "staff.link"),
    ({"domains": "example.org"}, "staff.domains"),
    ({"roles": {"admins": "owner"}}, "staff.roles.admins"),
    ({"roles": ["admins"]}, "staff.roles"),
    ({"secret": "secret"}, "staff.secret"),
]


@pytest.mark.parametrize(("changes", "place"), BAD, ids=[f"{changes}" for changes, _ in BAD])
def test_a_bad_value_is_named_and_no_secret_shown(tmp_path: Path, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(BadSetting, match=place) as refused:
        providers_of(settings(tmp_path, provider(**changes)))
    assert "CHATAPP_OIDC" in str(refused.value)
    assert "cret" not in str(refused.value).replace(place, "")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        'address = "http://chat.example.org"\n',
        "[staff]\n",
        provider().replace("[staff]", '["St aff"]'),
        provider().replace("[staff]", "[staff]\n[staff]"),
        "name = 1\n" + provider(),
    ],
)
def test_a_bad_file_stops_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSetting, match="CHATAPP_OIDC"):
        providers_of(settings(tmp_path, text))


def test_a_file_that_is_not_there_or_may_not_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="nowhere"):
        providers_of(settings(tmp_path, None, oidc=tmp_path / "nowhere"))
    with pytest.raises(BadSetting, match="CHATAPP_OIDC"):
        providers_of(settings(tmp_path, None, oidc=tmp_path))
