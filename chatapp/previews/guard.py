"""Which servers may be asked for what users link to: those that everybody on the internet reaches, and no others.

A user chooses the address, and this server may reach what users may not: itself, its neighbours, the service that
gives a rented machine its secrets. So the check is on the address that is connected to. A name is resolved once, all
its addresses are checked, and the connection is made to one of these. A second answer of the DNS changes nothing.
"""

import re
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import quote, urlsplit

import idna

LONGEST_URL_CHARACTERS = 2_048
PORTS = {"http": 80, "https": 443}
"""The schemes, each with its port. A service on another port was not made for everybody."""
MOST_ADDRESSES = 8
"""Of one name that are looked at; with more it is refused."""


class Refused(Exception):
    """An address that is not reached. The text says why."""


Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host name and port. Raises OSError."""
Dial = Callable[[str, int, float], socket.socket]
"""A TCP connection to an address (which is no name) and a port, within some seconds. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL leads to: `host` in ASCII, an address of version 6 without its brackets; `path` with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The host as HTTP names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.path}"


def target_of(url: str) -> Target:
    """Takes a URL apart. Raises Refused for one that is not http or https, or names credentials, another port, or a
    host that is not on the internet."""
    if len(url) > LONGEST_URL_CHARACTERS:
        raise Refused("the address is too long")
    if _NOT_IN_URL.search(url):
        # `urlsplit` takes some of these out, and other readers of URLs do other things.
        raise Refused("the address has spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("the address cannot be read") from None
    if parts.scheme not in PORTS:
        raise Refused("only http and https are followed")
    if "@" in parts.netloc:
        raise Refused("the address has credentials")
    host = _host_of(parts.netloc)
    if _is_address(host) and not is_public(host):
        raise Refused("the address is not public")
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values():
        raise Refused("only the ports 80 and 443 are reached")
    path = quote(parts.path, safe=_KEPT) or "/"
    query = "?" + quote(parts.query, safe=_KEPT) if parts.query else ""
    return Target(parts.scheme, host, port, path + query)


def is_public(address: str) -> bool:
    """Whether everybody on the internet reaches this address, which is one of version 4 or 6 and no name."""
    try:
        return _is_public_4(IPv4Address(address)) if ":" not in address else _is_public_6(IPv6Address(address))
    except AddressValueError:
        return False


def resolve_name(host: str, port: int) -> Sequence[str]:
    """The addresses of a host by the system's resolver, without repeats. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(str(error)) from None
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """Connects to an address. Raises OSError."""
    return socket.create_connection((address, port), seconds)


def public_addresses(target: Target, resolve: Resolve = resolve_name) -> Sequence[str]:
    """All addresses of the target's host, from one look-up.

    Raises Refused if any of them is not public: who answers with both tries where the connection goes to. Raises
    OSError for a name without an address.
    """
    found = [target.host] if _is_address(target.host) else list(resolve(target.host, target.port))
    if not found:
        raise OSError("the name has no address")
    if len(found) > MOST_ADDRESSES:
        raise Refused("the name has too many addresses")
    for address in found:
        if not is_public(address):
            raise Refused("the address is not public")
    return found


def connect(
    target: Target, seconds: float, *, resolve: Resolve = resolve_name, dial: Dial = dial
) -> socket.socket | ssl.SSLSocket:
    """A connection to the target, with TLS and the host's certificate for https. `seconds` limit each step.

    Raises Refused, and OSError if no address can be connected to.
    """
    addresses = public_addresses(target, resolve)
    failure = OSError("no address answers")
    for address in addresses:
        try:
            connection = dial(address, target.port, seconds)
        except OSError as error:
            failure = error
            continue
        return connection if target.scheme == "http" else with_tls(connection, target.host)
    raise failure


def with_tls(connection: socket.socket, host: str) -> ssl.SSLSocket:
    """The connection with TLS and the host's certificate. It is closed if that fails. Raises OSError."""
    with ExitStack() as on_failure:
        on_failure.callback(connection.close)
        context = ssl.create_default_context()
        secured = context.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
        # From here on the descriptor is its own. Eventlet's class leaves it open when a handshake fails.
        on_failure.callback(secured.close)
        secured.do_handshake()
        on_failure.pop_all()
    return secured


_NOT_IN_URL = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)
_KEPT = "/%:=&?~#+!$,;'@()*[]"
"""Characters of a path and a query that stay as they are; those beyond ASCII are encoded."""
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last part of a host that makes resolvers read the host as an address: 127.1, 0x7f000001, 0177.0.0.1, 2130706433."""

_LOCAL_NAMES = {
    # RFC 6761, 6762, 7686, 8375, 9476, and ICANN's name for private use.
    *("localhost", "local", "internal", "alt", "arpa", "onion", "test", "example", "invalid"),
    # What routers and companies name their own.
    *("localdomain", "lan", "home", "corp", "mail", "intranet", "private", "domain", "workgroup"),
}
"""Last parts of names that lead into one's own network, if anywhere."""

# IANA's registry of special-purpose addresses, whether or not its entries are "globally reachable".
_REFUSED_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by the customers of a provider
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's service for its machines
        "169.254.0.0/16",  # link-local, where cloud machines find their secrets
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_UNICAST_6 = IPv6Network("2000::/3")
"""What is handed out. All else is loopback, private, link-local, multicast, or holds an address of version 4."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: how a machine without version 4 reaches the public addresses of version 4, and possibly others."""
_REFUSED_6 = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""RFC 5214 section 6.1: before an embedded address of version 4."""


def _host_of(netloc: str) -> str:
    if netloc.startswith("["):
        host, bracket, rest = netloc[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")) or not _is_address(host):
            raise Refused("the host is no address of version 6")
        return str(IPv6Address(host))
    name = netloc.partition(":")[0]
    host = _in_ascii(name)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # Only the one form that nobody reads otherwise.
        if not _is_address(name):
            raise Refused("the host is a number")
        return host
    if len(labels) < 2 or labels[-1] in _LOCAL_NAMES:
        raise Refused("the host has no public name")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise Refused("the host is no name")
    return host


def _in_ascii(name: str) -> str:
    """A host name as the DNS has it, by the rules of browsers (UTS 46). Raises Refused."""
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise Refused("the host is no name") from None


def _is_address(host: str) -> bool:
    """Whether it is an address in its usual form: of version 4 four decimal numbers, of version 6 without a zone."""
    try:
        if ":" in host:
            return "%" not in host and host.isascii() and bool(IPv6Address(host).exploded)
        return str(IPv4Address(host)) == host
    except AddressValueError:
        return False


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _REFUSED_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    embedded = int(address) & 0xFFFF_FFFF
    if address in _NAT64:
        return _is_public_4(IPv4Address(embedded))
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    return address in _UNICAST_6 and not any(address in network for network in _REFUSED_6)
