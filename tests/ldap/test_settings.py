"""The file of the directory: what it may say, and the sentence that names what it may not."""

from pathlib import Path
from typing import Any

import pytest

from chatapp.config import BadSetting, load
from chatapp.ldap.settings import LdapSettings, load_directory

GOOD = {"url": "ldaps://directory.example.org", "label": "Example Ltd", "base_dn": "dc=example,dc=org"}


def loaded(folder: Path, **changes: Any) -> LdapSettings | None:
    keys = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    quoted = {name: str(one).lower() if isinstance(one, bool | int) else f'"{one}"' for name, one in keys.items()}
    (folder / "ldap.toml").write_text("".join(f"{name} = {value}\n" for name, value in quoted.items()))
    return load_directory(load({"instance": folder}, {}))


def test_a_directory_needs_three_lines_and_username_mode_has_none(tmp_path: Path) -> None:
    assert load_directory(load({"instance": tmp_path}, {})) is None
    found = loaded(tmp_path)
    assert found is not None
    assert (found.is_encrypted, found.join, found.link, found.login_attributes) == (True, True, False, ["uid"])
    assert load_directory(load({"instance": tmp_path, "sign_in": "username"}, {})) is None


@pytest.mark.parametrize(
    ("changes", "is_encrypted"),
    [
        ({"url": "ldap://directory.example.org"}, True),
        ({"url": "ldap://127.0.0.1:389", "start_tls": False}, False),
        ({"url": "ldap://directory.example.org", "start_tls": False, "allow_plain_text": True}, False),
    ],
)
def test_a_connection_is_encrypted_unless_the_file_says_otherwise(
    tmp_path: Path, changes: dict[str, Any], is_encrypted: bool
) -> None:
    found = loaded(tmp_path, **changes)
    assert found is not None
    assert found.is_encrypted is is_encrypted


BAD: list[tuple[dict[str, Any], str]] = [
    ({"url": None}, "url"),
    ({"url": "http://directory.example.org"}, "url"),
    ({"url": "ldaps://me:secret@directory.example.org"}, "url"),
    ({"url": "ldaps://directory.example.org:port"}, "url"),
    ({"url": "ldap://directory.example.org", "start_tls": False}, "start_tls"),
    ({"bind_dn": "cn=reader"}, "bind_password"),
    ({"bind_password": "secret"}, "bind_dn"),
    ({"user_filter": "(uid=erin)"}, "user_filter"),
    ({"user_filter": "(uid=*{username}*)"}, "user_filter"),
    ({"user_filter": "(uid={username}"}, "user_filter"),
    ({"group_filter": "(cn=chat)"}, "group_filter"),
    ({"username": "uid)(cn"}, "username"),
    ({"timeout_seconds": 0}, "timeout_seconds"),
    ({"ca_file": "/nowhere.pem"}, "ca_file"),
    ({"join": "yes"}, "join"),
    ({"password": "secret"}, "password"),
]


@pytest.mark.parametrize(("changes", "place"), BAD, ids=[f"{changes}" for changes, _ in BAD])
def test_a_bad_value_is_named_and_no_secret_shown(tmp_path: Path, changes: dict[str, Any], place: str) -> None:
    with pytest.raises(BadSetting, match=f"CHATAPP_LDAP.*{place}") as refused:
        loaded(tmp_path, **changes)
    assert "secret" not in str(refused.value)
