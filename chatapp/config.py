"""Every setting: its name, its type, what it means. A bad value stops the start and names itself."""

import os
import runpy
import socket
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from chatapp import config_values as values
from chatapp.backup.settings import BackupSettings, missing_for_backups
from chatapp.base_path import BasePathSettings, wrong_address
from chatapp.bounds import Bounds
from chatapp.eventloop.patching import DEFAULT_MODE
from chatapp.files.settings import missing_for_files
from chatapp.loopback import is_loopback
from chatapp.mail.settings import MailSettings, missing_for_mail
from chatapp.monitoring_settings import MonitoringSettings
from chatapp.origins import LOOPBACK_ORIGINS
from chatapp.push.settings import PushSettings
from chatapp.setting_field import setting as _setting

PREFIX = "CHATAPP_"
"""What every setting's name begins with, in the environment and in `instance/config.py`."""

ASYNC_MODE = PREFIX + "ASYNC_MODE"

LOAD_LIMITS = {"request_rate": 50, "event_rate": 50, "user_connections": 50, "address_connections": 1_000}
"""The defaults in password mode. Username mode is for a trusted machine, where anybody can sign in as anybody."""

LISTS = ("origins", "push_origins", "signing_keys", "file_types")
"""The settings that are lists, and empty ones by default."""


class BadSetting(Exception):
    """A setting whose value cannot be used; the text names the setting and says what is allowed."""


@dataclass(frozen=True)
class Settings(BackupSettings, MailSettings, PushSettings, MonitoringSettings, BasePathSettings, Bounds):
    """What is in force. Fields whose default is empty text are filled in by `load`, as their meaning says."""

    instance: str = _setting(
        "", "Folder of run-time state. Default: `instance/` of a checkout, `~/.local/share/chatapp` of an installation"
    )
    database_url: str = _setting(
        "", "SQLite or PostgreSQL. Default: `chatapp.db` in the instance folder", values.database_url, secret=True
    )
    database_timeout: float = _setting(
        "10",
        "Longest wait for an answer of PostgreSQL, in seconds; then the call fails with `unavailable`",
        values.seconds(0.1, 3600),
    )
    redis_url: str = _setting(
        "",
        "Redis or Valkey as the bus between processes. Default: the database's own change notice",
        values.redis_url,
        secret=True,
    )
    host: str = _setting("127.0.0.1", "Address that both listeners bind")
    http_port: int = _setting("8088", "Port of the HTTP side", values.integer(1, 65535))
    ws_port: int = _setting(
        "8087", "Port of the Socket.IO side; the same as the HTTP port for one listener", values.integer(1, 65535)
    )
    ws_url: str = _setting(
        "",
        "Socket.IO address that browsers use. Default: the page's own behind a proxy, else its host name and the "
        "Socket.IO port",
        values.web_url,
    )
    secret_key: str = _setting(
        "",
        "Key that signs tokens, 32 characters or more. Default: made once into the instance folder, mode 0600",
        secret=True,
    )
    signing_keys: tuple[str, ...] = _setting(
        "",
        "Keys that sign tokens instead, 32 characters or more each, separated by commas: the first signs, all are "
        "accepted. Default: those that `chatapp keys rotate` made, else the secret key",
        values.keys,
        secret=True,
    )
    token_seconds: int = _setting("604800", "How long a sign-in lasts, in seconds", values.integer(1, 31_536_000))
    sign_in: str = _setting(
        "password",
        "`password`, or `username` (name only, for a trusted machine)",
        values.choice("username", "password"),
    )
    joining: str = _setting(
        "",
        "Who may make an account: `closed` (nobody; `chatapp users add` does), `invite` (whoever has a link of "
        "`chatapp invites add`), or `open` (everybody). Default: what an administrator chose, at first `invite`",
        values.choice("closed", "invite", "open"),
    )
    oidc: str = _setting(
        "",
        "File of the OpenID Connect providers by which people sign in. Default: `oidc.toml` in the instance folder, "
        "if there is one",
    )
    ldap: str = _setting(
        "",
        "File of the directory (LDAP) by whose passwords people sign in. Default: `ldap.toml` in the instance folder, "
        "if there is one",
    )
    trust_network: bool = _setting("0", "Allows `username` sign-in on an address that is not loopback", values.flag)
    origins: tuple[str, ...] = _setting(
        "",
        "Origins of other sites that may call with credentials. Default: none; in username mode on loopback "
        "`http://localhost:*` and `http://127.0.0.1:*`",
        values.origins,
    )
    passkey_domain: str = _setting(
        "",
        "Domain that passkeys are for, such as `example.org` for a server at `chat.example.org`. Under another domain "
        "existing passkeys do not serve. Default: the host name in the address of the page",
        values.domain,
    )
    proxies: int = _setting(
        "0", "How many reverse proxies in front set X-Forwarded-For, -Proto and -Host", values.integer(0, 5)
    )
    api_prefixes: tuple[str, ...] = _setting("/,/web", "Prefixes under which the same routes answer", values.prefixes)
    delivery_ack_window: float = _setting(
        "2", "Longest wait of a message's ack for the recipients who are online, in seconds", values.seconds(0, 60)
    )
    edit_seconds: int = _setting(
        "0",
        "Seconds after sending in which people may edit or delete their own messages. 0: no limit",
        values.integer(0, 31_536_000),
    )
    link_previews: bool = _setting(
        "0",
        "Shows what linked pages say of themselves. The server then opens the links in messages, and the linked sites "
        "see its address",
        values.flag,
    )
    durability: str = _setting(
        "full",
        "`full`: an ack survives power loss; `normal`: it survives a crash of the process (SQLite only)",
        values.choice("full", "normal"),
    )
    join_timeout: float = _setting(
        "45", "Seconds after which a connection that joined no namespace is closed", values.seconds(0.1, 3600)
    )
    ping_interval: float = _setting("25", "Seconds between heartbeats", values.seconds(1, 3600))
    ping_timeout: float = _setting("20", "Seconds that a client has to answer a heartbeat", values.seconds(1, 3600))
    sign_in_limit: str = _setting(
        "10 per minute", "Sign-in attempts that a name and address may make in password mode", values.rate
    )
    sign_in_address_failures: int = _setting(
        "100",
        "Failed sign-ins of any names that one address may make in a day before each further one has to wait longer. "
        "0: no limit",
        values.integer(0, 1_000_000),
    )
    request_rate: int = _setting(
        "",
        "HTTP requests a second that a signed-in person may make of one process, after a pause ten times as many at "
        "once. 0: no limit. Default: 50; in username mode 0",
        values.integer(0, 1_000_000),
    )
    event_rate: int = _setting(
        "",
        "Events a second that a person may send over sockets, after a pause ten times as many at once. 0: no limit. "
        "Default: 50; in username mode 0",
        values.integer(0, 1_000_000),
    )
    user_connections: int = _setting(
        "",
        "Sockets that a person may have open on one process. 0: no limit. Default: 50; in username mode 0",
        values.integer(0, 1_000_000),
    )
    address_connections: int = _setting(
        "",
        "Sockets that one address may have open on one process. 0: no limit. Default: 1000; in username mode 0",
        values.integer(0, 1_000_000),
    )
    async_mode: str = _setting(
        DEFAULT_MODE,
        "How the Socket.IO side runs: `eventlet` (on Linux), `gevent` or `threading`. Read from the environment only",
        values.choice("eventlet", "gevent", "threading"),
    )
    http_listener: str = _setting(
        "chatapp",
        "HTTP server of `chatapp serve` and `python ws.py` in eventlet mode: `chatapp`, its own listener, or "
        "`eventlet`, eventlet's WSGI server",
        values.choice("chatapp", "eventlet"),
    )
    node: str = _setting("", "Name of this Socket.IO process among several. Default: host name and port")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def has_one_address(self) -> bool:
        """Whether browsers reach both sides at one address, unless `ws_url` says otherwise."""
        return self.proxies > 0 or self.ws_port == self.http_port

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)


def variable(setting: "Field[Any]") -> str:
    """The name of a setting in the environment: `http_port` is `CHATAPP_HTTP_PORT`."""
    return PREFIX + setting.name.upper()


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from, strongest first: `overrides` (field names), the environment, `instance/config.py`, the defaults.

    Raises BadSetting for a value that cannot be used and for a name that begins with CHATAPP_ and is no setting.
    """
    environ = os.environ if environ is None else environ
    given = {
        variable(setting): str(overrides[setting.name])
        for setting in fields(Settings)
        if overrides and setting.name in overrides
    }
    instance = given.get("CHATAPP_INSTANCE") or environ.get("CHATAPP_INSTANCE") or str(default_instance())
    sources = [given, _known(environ), _known(_file(Path(instance) / "config.py")), {"CHATAPP_INSTANCE": instance}]
    parsed = {setting.name: _parse(setting, sources) for setting in fields(Settings)}
    return _check(Settings(**_fill(parsed)))


def default_instance() -> Path:
    """`instance/` beside the package in a checkout; a `chatapp` folder in the user's data home when installed."""
    root = Path(__file__).resolve().parent.parent
    if (root / "setup.cfg").exists():
        return root / "instance"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "chatapp"


def _file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        names = runpy.run_path(str(path))
    except Exception as error:
        raise BadSetting(f"{path} cannot be read as Python: {error}") from error
    if ASYNC_MODE in names:
        # The standard library is made cooperative before this file can be read.
        raise BadSetting(f"{ASYNC_MODE} can only be set in the environment, not in {path}.")
    return {name: _as_text(value) for name, value in names.items() if name.startswith(PREFIX)}


def _as_text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _known(source: Mapping[str, str]) -> Mapping[str, str]:
    names = {variable(setting) for setting in fields(Settings)}
    for name in source:
        if name.startswith(PREFIX) and name not in names:
            raise BadSetting(f"{name} is not a setting of chatapp. `chatapp config` lists all of them.")
    return source


def _parse(setting: "Field[Any]", sources: list[Mapping[str, str]]) -> Any:
    name = variable(setting)
    given: str = next((source[name] for source in sources if source.get(name, "") != ""), str(setting.default))
    if given == "":
        return () if setting.name in LISTS else ""
    kind: values.Type = setting.metadata["type"]
    try:
        return kind.parse(given)
    except ValueError as error:
        said = "what it is" if setting.metadata["secret"] else repr(given)
        raise BadSetting(f"{name} cannot be {said}: it takes {kind.allowed}.") from error


def _fill(parsed: dict[str, Any]) -> dict[str, Any]:
    """Defaults that depend on other settings."""
    instance = Path(parsed["instance"]).resolve()
    parsed["instance"] = str(instance)
    parsed["database_url"] = parsed["database_url"] or f"sqlite:///{instance / 'chatapp.db'}"
    parsed["node"] = parsed["node"] or f"{socket.gethostname()}:{parsed['ws_port']}"
    if parsed["sign_in"] == "username" and not parsed["origins"] and is_loopback(parsed["host"]):
        parsed["origins"] = LOOPBACK_ORIGINS
    for name, limit in LOAD_LIMITS.items():
        if parsed[name] == "":
            parsed[name] = limit if parsed["sign_in"] == "password" else 0
    return parsed


def _check(settings: Settings) -> Settings:
    if settings.secret_key and len(settings.secret_key) < 32:
        # RFC 7518 section 3.2: an HS256 key has at least as many bits as the hash.
        raise BadSetting("CHATAPP_SECRET_KEY is too short: it takes 32 characters or more.")
    if settings.sign_in == "username" and not (settings.is_loopback or settings.trust_network):
        raise BadSetting(
            f"CHATAPP_SIGN_IN=username lets anybody who reaches {settings.host} sign in as anyone. "
            "Bind a loopback CHATAPP_HOST, or say CHATAPP_TRUST_NETWORK=1, or use CHATAPP_SIGN_IN=password."
        )
    missing = missing_for_mail(settings) or missing_for_files(settings) or missing_for_backups(settings)
    if wrong := missing or wrong_address("CHATAPP_PUBLIC_URL", settings.public_url, settings):
        raise BadSetting(wrong)
    return settings
