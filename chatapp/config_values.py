"""The types that settings have. Each reads text, raises ValueError for what it cannot be, and says what it takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from limits import parse_many
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from chatapp.origins import parse_origins

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")

FLAGS = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False, "off": False}


@dataclass(frozen=True, slots=True)
class Type:
    """`parse` makes the value of its text; `allowed` completes the sentence "it takes ..."."""

    parse: Callable[[str], Any]
    allowed: str


def integer(low: int, high: int) -> Type:
    return Type(lambda text: _within(int(text), low, high), f"a whole number from {low} to {high}")


def seconds(low: float, high: float) -> Type:
    return Type(lambda text: _within(float(text), low, high), f"a number of seconds from {low:g} to {high:g}")


def _parse_keys(text: str) -> tuple[str, ...]:
    found = tuple(key.strip() for key in text.split(","))
    # RFC 7518 section 3.2: an HS256 key has at least as many bits as the hash.
    if any(len(key) < 32 for key in found):
        raise ValueError
    return found


keys = Type(_parse_keys, "keys of 32 characters or more, separated by commas")


def choice(*names: str) -> Type:
    return Type(lambda text: names[names.index(text)], "one of " + ", ".join(names))


def _within(number: Any, low: float, high: float) -> Any:
    # Written so that NaN, which no comparison holds for, is refused.
    if not low <= number <= high:
        raise ValueError
    return number


def _flag(given: str) -> bool:
    if given.lower() not in FLAGS:
        raise ValueError
    return FLAGS[given.lower()]


def _prefixes(given: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys("/" + part.strip().strip("/") for part in given.split(",") if part.strip()))
    if not found or any(set(part) & set("<>?#% ") for part in found):
        raise ValueError
    return found


def _database_url(given: str) -> str:
    """SQLite files and PostgreSQL; a bare `postgresql://` gets the driver that works on the event loop."""
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise ValueError from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg2")
    if url.drivername not in ("sqlite", "postgresql+psycopg2"):
        raise ValueError
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError
    return url.render_as_string(hide_password=False)


def _beginning_with(*schemes: str) -> Callable[[str], str]:
    def parse(given: str) -> str:
        if not given.startswith(schemes):
            raise ValueError
        return given.rstrip("/")

    return parse


def _rate(given: str) -> str:
    parse_many(given)  # raises ValueError
    return given


def _domain(given: str) -> str:
    name = given.lower()
    if not _DOMAIN.fullmatch(name) or name.rpartition(".")[2].isdigit():
        raise ValueError
    return name


text = Type(str, "text")
flag = Type(_flag, "1 or 0 (yes, no, true, false, on, off)")
prefixes = Type(_prefixes, "URL paths separated by commas, such as /,/web")
origins = Type(parse_origins, "origins separated by commas, such as https://chat.example.org; a port may be *")
database_url = Type(_database_url, "sqlite:////path/to/file or postgresql://user:password@host/name")
redis_url = Type(
    _beginning_with("redis://", "rediss://", "unix://"), "redis://host:port/0 (rediss:// for TLS, unix:// for a socket)"
)
web_url = Type(_beginning_with("http://", "https://"), "an http:// or https:// address")
domain = Type(_domain, "a domain name such as example.org, without a scheme or a port")
rate = Type(_rate, "a rate such as 10 per minute")
