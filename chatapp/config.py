"""Every setting: its name, its type, what it means. A bad value stops the start and names itself."""

import os
import runpy
import socket
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from chatapp.origins import LOOPBACK_ORIGINS, parse_origins

PREFIX = "CHATAPP_"
"""What every setting's name begins with, in the environment and in `instance/config.py`."""


class BadSetting(Exception):
    """A setting whose value cannot be used; the text names the setting and says what is allowed."""


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    parse.allowed = f"a whole number from {low} to {high}"  # type: ignore[attr-defined]
    return parse


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        number = float(text)
        if not low <= number <= high:
            raise ValueError
        return number

    parse.allowed = f"a number of seconds from {low:g} to {high:g}"  # type: ignore[attr-defined]
    return parse


def _choice(*names: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in names:
            raise ValueError
        return text

    parse.allowed = "one of " + ", ".join(names)  # type: ignore[attr-defined]
    return parse


def _flag(text: str) -> bool:
    values = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}
    return values[text.lower()]


_flag.allowed = "1 or 0 (yes, no, true, false, on, off)"  # type: ignore[attr-defined]


def _prefixes(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys("/" + part.strip().strip("/") for part in text.split(",") if part.strip()))
    if not found or any(set(part) & set("<>?#% ") for part in found):
        raise ValueError
    return found


_prefixes.allowed = "URL paths separated by commas, such as /,/web"  # type: ignore[attr-defined]


def _database_url(text: str) -> str:
    """Accepts SQLite files and PostgreSQL; a bare `postgresql://` gets the driver that works on a green hub."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ValueError from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg2")
    if url.drivername not in ("sqlite", "postgresql+psycopg2"):
        raise ValueError
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError
    return url.render_as_string(hide_password=False)


_database_url.allowed = "sqlite:////path/to/file or postgresql://user:password@host/name"  # type: ignore[attr-defined]


def _redis_url(text: str) -> str:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError
    return text


_redis_url.allowed = "redis://host:port/0 (rediss:// for TLS, unix:// for a socket)"  # type: ignore[attr-defined]


def _socket_url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError
    return text.rstrip("/")


_socket_url.allowed = "an http:// or https:// address"  # type: ignore[attr-defined]


def _origins(text: str) -> tuple[str, ...]:
    return parse_origins(text)


_origins.allowed = "origins separated by commas, such as https://chat.example.org; a port may be *"  # type: ignore[attr-defined]


def _text(text: str) -> str:
    return text


_text.allowed = "text"  # type: ignore[attr-defined]


def _setting(default: str, meaning: str, parse: Callable[[str], Any] = _text, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "parse": parse, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """What is in force. Fields whose default is empty text are filled in by `load`, as their meaning says."""

    instance: str = _setting("", "Folder of run-time state. Default: `instance/` beside the code")
    database_url: str = _setting(
        "", "SQLite or PostgreSQL. Default: `chatapp.db` in the instance folder", _database_url, secret=True
    )
    redis_url: str = _setting(
        "",
        "Redis or Valkey as the bus between processes. Default: the database's own change notice",
        _redis_url,
        secret=True,
    )
    host: str = _setting("127.0.0.1", "Address that both listeners bind")
    http_port: int = _setting("8088", "Port of the HTTP side", _integer(0, 65535))
    ws_port: int = _setting(
        "8087", "Port of the Socket.IO side; the same as the HTTP port for one listener", _integer(0, 65535)
    )
    ws_url: str = _setting(
        "", "Socket.IO address that browsers use. Default: the page's host name and the Socket.IO port", _socket_url
    )
    secret_key: str = _setting(
        "",
        "Key that signs tokens, 32 characters or more. Default: made once into the instance folder, mode 0600",
        secret=True,
    )
    token_seconds: int = _setting("604800", "How long a sign-in lasts, in seconds", _integer(1, 31_536_000))
    sign_in: str = _setting(
        "password", "`password`, or `username` (name only, for a trusted machine)", _choice("username", "password")
    )
    trust_network: bool = _setting("0", "Allows `username` sign-in on an address that is not loopback", _flag)
    origins: tuple[str, ...] = _setting(
        "",
        "Origins of other sites that may call with credentials. Default: none; in username mode on loopback `http://localhost:*` and `http://127.0.0.1:*`",
        _origins,
    )
    proxies: int = _setting(
        "0", "How many reverse proxies in front set X-Forwarded-For, -Proto and -Host", _integer(0, 5)
    )
    api_prefixes: tuple[str, ...] = _setting("/,/web", "Prefixes under which the same routes answer", _prefixes)
    delivery_ack_window: float = _setting(
        "2", "Longest wait of a message's ack for the recipients who are online, in seconds", _seconds(0, 60)
    )
    durability: str = _setting(
        "full",
        "`full`: an ack survives power loss; `normal`: it survives a crash of the process (SQLite only)",
        _choice("full", "normal"),
    )
    join_timeout: float = _setting(
        "45", "Seconds after which a connection that joined no namespace is closed", _seconds(0.1, 3600)
    )
    ping_interval: float = _setting("25", "Seconds between heartbeats", _seconds(1, 3600))
    ping_timeout: float = _setting("20", "Seconds that a client has to answer a heartbeat", _seconds(1, 3600))
    sign_in_limit: str = _setting("10 per minute", "Sign-in attempts a name and address may make in password mode")
    async_mode: str = _setting(
        "eventlet",
        "How the Socket.IO side runs: `eventlet`, `gevent` or `threading`",
        _choice("eventlet", "gevent", "threading"),
    )
    node: str = _setting("", "Name of this Socket.IO process among several. Default: host name and port")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach an address."""
    return host in ("localhost", "::1") or host.startswith("127.")


def variable(setting: "Field[Any]") -> str:
    """The name of a setting in the environment: `http_port` is `CHATAPP_HTTP_PORT`."""
    return PREFIX + setting.name.upper()


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from, strongest first: `overrides` (field names), the environment, `instance/config.py`, the defaults.

    Raises BadSetting for a value that cannot be used and for a name that begins with CHATAPP_ and is no setting.
    """
    environ = os.environ if environ is None else environ
    given = {variable(one): str(overrides[one.name]) for one in fields(Settings) if overrides and one.name in overrides}
    instance = given.get("CHATAPP_INSTANCE") or environ.get("CHATAPP_INSTANCE") or str(default_instance())
    sources = [given, _known(environ), _known(_file(Path(instance) / "config.py")), {"CHATAPP_INSTANCE": instance}]
    values = {one.name: _parse(one, sources) for one in fields(Settings)}
    return _check(Settings(**_fill(values)))


def shown(settings: Settings) -> dict[str, str]:
    """Every setting as its variable would be written. Secrets are masked, and of a URL only its password is one."""
    return {variable(one): _masked(one, getattr(settings, one.name)) for one in fields(settings)}


def _masked(setting: "Field[Any]", value: Any) -> str:
    text = ",".join(value) if isinstance(value, tuple) else str(int(value) if isinstance(value, bool) else value)
    if not setting.metadata["secret"] or not text:
        return text
    return make_url(text).render_as_string(hide_password=True) if setting.name.endswith("_url") else "***"


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
    return {name: _as_text(value) for name, value in names.items() if name.startswith(PREFIX)}


def _as_text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _known(source: Mapping[str, str]) -> Mapping[str, str]:
    names = {variable(one) for one in fields(Settings)}
    for name in source:
        if name.startswith(PREFIX) and name not in names:
            raise BadSetting(f"{name} is not a setting of chatapp. `chatapp config` lists all of them.")
    return source


def _parse(setting: "Field[Any]", sources: list[Mapping[str, str]]) -> Any:
    name = variable(setting)
    text = next((source[name] for source in sources if source.get(name, "") != ""), setting.default)
    if text == "":
        return () if setting.name == "origins" else ""
    parse = setting.metadata["parse"]
    try:
        return parse(text)
    except (ValueError, KeyError) as error:
        shown = "this value" if setting.metadata["secret"] else repr(text)
        raise BadSetting(f"{name} cannot be {shown}: it takes {parse.allowed}.") from error


def _fill(values: dict[str, Any]) -> dict[str, Any]:
    """Defaults that depend on other settings."""
    instance = Path(values["instance"]).resolve()
    values["instance"] = str(instance)
    values["database_url"] = values["database_url"] or f"sqlite:///{instance / 'chatapp.db'}"
    if values["sign_in"] == "username" and not values["origins"] and is_loopback(values["host"]):
        values["origins"] = LOOPBACK_ORIGINS
    values["node"] = values["node"] or f"{socket.gethostname()}:{values['ws_port']}"
    return values


def _check(settings: Settings) -> Settings:
    if settings.secret_key and len(settings.secret_key) < 32:
        # RFC 7518 section 3.2: an HS256 key has at least as many bits as the hash.
        raise BadSetting("CHATAPP_SECRET_KEY is too short: it takes 32 characters or more.")
    if settings.sign_in == "username" and not (settings.is_loopback or settings.trust_network):
        raise BadSetting(
            f"CHATAPP_SIGN_IN=username lets anybody who reaches {settings.host} sign in as anyone. "
            "Bind a loopback CHATAPP_HOST, or say CHATAPP_TRUST_NETWORK=1, or use CHATAPP_SIGN_IN=password."
        )
    return settings
