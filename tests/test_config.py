"""Settings: their sources, their allowed values, and the error that names a bad one."""

import multiprocessing
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from chatapp.config import BadSetting, Settings, load, variable
from chatapp.secret import secret_key
from chatapp.shown_settings import shown

DEFAULTS: dict[str, Any] = {
    "file_bytes": 1 << 30,
    "user_file_bytes": 10 << 30,
    "all_file_bytes": 0,
    "file_types": (),
    "accel_redirect": "",
    "edit_seconds": 0,
    "http_port": 8088,
    "ws_port": 8087,
    "host": "127.0.0.1",
    "ws_url": "",
    "database_timeout": 10.0,
    "redis_url": "",
    "secret_key": "",
    "signing_keys": (),
    "token_seconds": 604_800,
    "sign_in": "password",
    "joining": "",
    "oidc": "",
    "ldap": "",
    "trust_network": False,
    "origins": (),
    "passkey_domain": "",
    "proxies": 0,
    "api_prefixes": ("/", "/web"),
    "delivery_ack_window": 2.0,
    "durability": "full",
    "join_timeout": 45.0,
    "ping_interval": 25.0,
    "ping_timeout": 20.0,
    "sign_in_limit": "10 per minute",
    "sign_in_address_failures": 100,
    "request_rate": 50,
    "event_rate": 50,
    "user_connections": 50,
    "address_connections": 1000,
    "async_mode": "eventlet",
    "http_listener": "chatapp",
    "smtp_url": "",
    "mail_from": "",
    "public_url": "",
}
GOOD: list[tuple[str, str, Any]] = [
    ("CHATAPP_HTTP_PORT", "80", 80),
    ("CHATAPP_HTTP_PORT", "65535", 65_535),
    ("CHATAPP_TOKEN_SECONDS", "1", 1),
    ("CHATAPP_DELIVERY_ACK_WINDOW", "0.5", 0.5),
    ("CHATAPP_DELIVERY_ACK_WINDOW", "0", 0.0),
    ("CHATAPP_DURABILITY", "normal", "normal"),
    ("CHATAPP_TRUST_NETWORK", "yes", True),
    ("CHATAPP_TRUST_NETWORK", "OFF", False),
    ("CHATAPP_API_PREFIXES", "web", ("/web",)),
    ("CHATAPP_API_PREFIXES", " /, /web/ ,/web,/v1.0", ("/", "/web", "/v1.0")),
    ("CHATAPP_ORIGINS", "https://a.example/, http://b.example:*", ("https://a.example", "http://b.example:*")),
    ("CHATAPP_WS_URL", "https://chat.example/", "https://chat.example"),
    ("CHATAPP_REDIS_URL", "unix:///run/redis.sock", "unix:///run/redis.sock"),
    ("CHATAPP_DATABASE_URL", "postgresql://u:p%40@h/db", "postgresql+psycopg2://u:p%40@h/db"),
    ("CHATAPP_DATABASE_URL", "sqlite:////tmp/x.db", "sqlite:////tmp/x.db"),
    ("CHATAPP_SIGN_IN_LIMIT", "3/second; 100 per hour", "3/second; 100 per hour"),
    ("CHATAPP_DATABASE_TIMEOUT", "2.5", 2.5),
    ("CHATAPP_PASSKEY_DOMAIN", "Chat.Example.org", "chat.example.org"),
    ("CHATAPP_HTTP_LISTENER", "eventlet", "eventlet"),
    ("CHATAPP_FILE_TYPES", "image/*, Application/PDF", ("image/*", "application/pdf")),
    ("CHATAPP_ACCEL_REDIRECT", "/stored-files/", "/stored-files/"),
    ("CHATAPP_PUBLIC_URL", "https://chat.example/", "https://chat.example"),
]
BAD: list[tuple[str, list[str]]] = [
    ("CHATAPP_HTTP_PORT", ["x", "-1", "65536", "80.5", "0x50"]),
    ("CHATAPP_WS_PORT", ["x", "99999"]),
    ("CHATAPP_TOKEN_SECONDS", ["0", "-5", "1e9", "nan", "week"]),
    ("CHATAPP_SIGN_IN", ["Password", "none", "username "]),
    ("CHATAPP_SIGNING_KEYS", ["short", "x" * 32 + ","]),
    ("CHATAPP_JOINING", ["Open", "invited", "0"]),
    ("CHATAPP_TRUST_NETWORK", ["maybe", "2", "y"]),
    (
        "CHATAPP_ORIGINS",
        ["*", "localhost:4200", "ftp://a", "https://a/path", "https://*.example.org", "http://", "null"],
    ),
    ("CHATAPP_PASSKEY_DOMAIN", ["https://example.org", "example.org:443", "192.0.2.1", "a b", ".org", "-x.org"]),
    ("CHATAPP_PROXIES", ["-1", "6", "true"]),
    ("CHATAPP_API_PREFIXES", [",", "/a b", "/<x>", "/a?b", "/%2f"]),
    ("CHATAPP_DELIVERY_ACK_WINDOW", ["-1", "61", "nan", "inf", "2s"]),
    ("CHATAPP_DURABILITY", ["FULL", "off"]),
    ("CHATAPP_JOIN_TIMEOUT", ["0", "nan"]),
    ("CHATAPP_PING_INTERVAL", ["0", "x"]),
    ("CHATAPP_PING_TIMEOUT", ["0", "x"]),
    ("CHATAPP_SIGN_IN_ADDRESS_FAILURES", ["-1", "many", "1.5"]),
    ("CHATAPP_REQUEST_RATE", ["-1", "fast", "1000001"]),
    ("CHATAPP_EVENT_RATE", ["-1", "fast", "1000001"]),
    ("CHATAPP_USER_CONNECTIONS", ["-1", "x"]),
    ("CHATAPP_ADDRESS_CONNECTIONS", ["-1", "x"]),
    ("CHATAPP_SIGN_IN_LIMIT", ["often", "ten per minute", "0x1 per minute", "10", "-1 per minute"]),
    ("CHATAPP_ASYNC_MODE", ["asyncio"]),
    ("CHATAPP_DATABASE_TIMEOUT", ["0", "-1", "x", "3601", "nan"]),
    ("CHATAPP_HTTP_LISTENER", ["gunicorn", "Chatapp", "0"]),
    ("CHATAPP_REDIS_URL", ["localhost:6379", "http://localhost"]),
    ("CHATAPP_WS_URL", ["localhost", "ws://localhost"]),
    ("CHATAPP_SMTP_URL", ["mail.example.org", "http://mail", "smtp://", "smtp://u:p@mail.example.org?starttls=no"]),
    ("CHATAPP_MAIL_FROM", ["chat", "Chat <chat>", "a@example.org\nBcc: b@example.org", "a@example.org, b@example.org"]),
    ("CHATAPP_PUBLIC_URL", ["chat.example.org", "ftp://chat.example.org"]),
    ("CHATAPP_EDIT_SECONDS", ["-1", "soon"]),
    ("CHATAPP_FILE_BYTES", ["0", "-1", "1GB"]),
    ("CHATAPP_USER_FILE_BYTES", ["-1", "1.5"]),
    ("CHATAPP_ALL_FILE_BYTES", ["-1", "all"]),
    ("CHATAPP_FILE_TYPES", ["image", "image/", "*/*", "image/*;text/*", ","]),
    ("CHATAPP_ACCEL_REDIRECT", ["files/", "/files", "https://example.org/"]),
    ("CHATAPP_SECRET_KEY", ["short", "x" * 31]),
    ("CHATAPP_DATABASE_URL", ["mysql://h/d", "chat.db", "sqlite://", "sqlite:///:memory:", "://", "oracle://x"]),
]
EVERY_BAD = [(name, value) for name, values in BAD for value in values]


def settings(folder: Path, **environment: str) -> Settings:
    return load(environ={"CHATAPP_INSTANCE": str(folder), **environment})


def test_every_setting_has_its_default(tmp_path: Path) -> None:
    found = settings(tmp_path)
    named = {one.name: getattr(found, one.name) for one in fields(Settings)}
    assert named.pop("instance") == str(tmp_path)
    assert named.pop("database_url") == f"sqlite:///{tmp_path}/chatapp.db"
    assert named.pop("node").endswith(":8087")
    assert named == DEFAULTS


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_value_is_read_as_its_type(tmp_path: Path, name: str, text: str, value: Any) -> None:
    assert getattr(settings(tmp_path, **{name: text}), name.removeprefix("CHATAPP_").lower()) == value


@pytest.mark.parametrize(("name", "text"), EVERY_BAD)
def test_a_bad_value_stops_the_start_and_names_its_setting(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=rf"^{name} ") as caught:
        settings(tmp_path, **{name: text})
    assert str(caught.value).endswith(".")


def test_username_mode_limits_no_load_unless_it_is_told_to(tmp_path: Path) -> None:
    found = settings(tmp_path, CHATAPP_SIGN_IN="username", CHATAPP_EVENT_RATE="7")
    assert (found.event_rate, found.request_rate, found.user_connections, found.address_connections) == (7, 0, 0, 0)


def test_every_setting_that_is_not_free_text_is_tried_with_a_bad_value() -> None:
    free_text = {"CHATAPP_INSTANCE", "CHATAPP_HOST", "CHATAPP_NODE", "CHATAPP_OIDC", "CHATAPP_LDAP"}
    assert {name for name, _ in BAD} | free_text == {variable(one) for one in fields(Settings)}


@pytest.mark.parametrize("name", ["CHATAPP_SECRET_KEY", "CHATAPP_DATABASE_URL", "CHATAPP_REDIS_URL"])
def test_a_bad_secret_is_not_repeated(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSetting) as caught:
        settings(tmp_path, **{name: "mysql-hush-hush"})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("name", ["CHATAPP_HTTP_PROT", "CHATAPP_", "CHATAPP_http_port", "CHATAPP_DEBUG"])
def test_an_unknown_setting_stops_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} is not a setting"):
        settings(tmp_path, **{name: "1"})
    (tmp_path / "config.py").write_text(f"{name} = 1\n")
    with pytest.raises(BadSetting, match=f"{name} is not a setting"):
        settings(tmp_path)


def test_names_without_the_prefix_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("import os\nPORT = 5\nCHATAPP_HTTP_PORT = 80\n")
    assert settings(tmp_path, PATH="/bin", HTTP_PORT="x").http_port == 80


def test_the_environment_overrides_the_file_and_the_factory_overrides_both(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("CHATAPP_HTTP_PORT = 1001\nCHATAPP_WS_PORT = '1002'\nCHATAPP_PROXIES = 1\n")
    environment = {"CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_WS_PORT": "2002", "CHATAPP_PROXIES": "2"}
    found = load({"proxies": 3}, environment)
    assert (found.http_port, found.ws_port, found.proxies) == (1001, 2002, 3)


def test_the_file_may_use_python_types(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text(
        "CHATAPP_TRUST_NETWORK = True\nCHATAPP_ORIGINS = ['https://a.example', 'https://b.example']\n"
        "CHATAPP_API_PREFIXES = ('/', '/api')\nCHATAPP_DELIVERY_ACK_WINDOW = 0.25\n"
    )
    found = settings(tmp_path)
    assert found.trust_network is True
    assert found.origins == ("https://a.example", "https://b.example")
    assert found.api_prefixes == ("/", "/api")
    assert found.delivery_ack_window == 0.25


@pytest.mark.parametrize("text", ["CHATAPP_HTTP_PORT =", "import nothing_of_this_name", "1 / 0", "\x00"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.py").write_text(text)
    with pytest.raises(BadSetting, match=r"config\.py cannot be read as Python"):
        settings(tmp_path)


def test_a_bad_value_in_the_file_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text("CHATAPP_HTTP_PORT = 'x'\n")
    with pytest.raises(BadSetting, match=r"^CHATAPP_HTTP_PORT "):
        settings(tmp_path)


def test_an_empty_environment_variable_counts_as_absent(tmp_path: Path) -> None:
    assert settings(tmp_path, CHATAPP_HTTP_PORT="", CHATAPP_ORIGINS="").http_port == 8088


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "chat.example.org", "127.evil.example.org"])
def test_name_only_sign_in_requires_a_loopback_address(tmp_path: Path, host: str) -> None:
    open_to_all = {"CHATAPP_SIGN_IN": "username", "CHATAPP_HOST": host}
    with pytest.raises(BadSetting, match="CHATAPP_SIGN_IN=username"):
        settings(tmp_path, **open_to_all)
    assert settings(tmp_path, **open_to_all, CHATAPP_TRUST_NETWORK="1").host == host
    assert settings(tmp_path, CHATAPP_HOST=host).sign_in == "password"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_name_only_sign_in_is_allowed_on_loopback(tmp_path: Path, host: str) -> None:
    found = settings(tmp_path, CHATAPP_SIGN_IN="username", CHATAPP_HOST=host)
    assert found.origins == ("http://localhost:*", "http://127.0.0.1:*")


def test_secrets_are_masked_where_settings_are_shown(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        CHATAPP_SECRET_KEY="hush" * 8,
        CHATAPP_DATABASE_URL="postgresql://chat:hush@db.example/chat?password=hush&sslmode=require",
        CHATAPP_REDIS_URL="redis://:hush@redis.example:6379/0?password=hush",
    )
    text = "\n".join(shown(found).values())
    assert "hush" not in text
    assert "db.example" in text
    assert "sslmode=require" in text
    assert "redis.example" in text
    assert set(shown(found)) == {variable(one) for one in fields(Settings)}


def test_the_secret_key_is_created_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    first = secret_key(settings(folder))
    assert len(first) == 64
    assert secret_key(settings(folder)) == first
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == ["secret_key"]
    assert secret_key(settings(tmp_path / "other")) != first


def test_a_configured_secret_key_is_used_and_no_file_is_created(tmp_path: Path) -> None:
    assert secret_key(settings(tmp_path / "new", CHATAPP_SECRET_KEY="k" * 32)) == "k" * 32
    assert not (tmp_path / "new").exists()


def test_processes_that_start_at_once_agree_on_one_secret_key(tmp_path: Path) -> None:
    # Forked from a fresh process: other tests have started threads and eventlet in this one.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for number in range(5):
        folder = tmp_path / str(number)
        start = context.Barrier(6)
        with context.Pool(6, initializer=_share, initargs=(start,)) as pool:
            keys = pool.map(_key_after_the_others, [str(folder)] * 6, chunksize=1)
        assert len(set(keys)) == 1
        assert len(keys[0]) == 64
        assert [one.name for one in folder.iterdir()] == ["secret_key"]


_start: Any = None


def _share(start: Any) -> None:
    global _start
    _start = start


def _key_after_the_others(folder: str) -> str:
    found = settings(Path(folder))
    _start.wait(10)
    return secret_key(found)


def test_a_system_without_epoll_uses_threads() -> None:
    script = (
        "import sys; sys.platform = 'darwin'; from chatapp.eventloop.patching import DEFAULT_MODE; print(DEFAULT_MODE)"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "threading"
