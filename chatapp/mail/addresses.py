"""E-mail addresses to which something is sent."""

import re
from email.headerregistry import Address
from email.utils import parseaddr

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
"""RFC 5321's Mailbox with a dot-string and a domain. A quoted local part or an address literal is nobody's in practice,
and would only be a way to put other characters into a header."""


def is_address(text: str) -> bool:
    """Whether something can be sent there."""
    return len(text.partition("@")[0]) <= 64 and _ADDRESS.fullmatch(text) is not None


def sender(text: str) -> Address:
    """`chat@example.org` or `Chat <chat@example.org>`. Raises ValueError."""
    name, address = parseaddr(text)
    if not text.isprintable() or not is_address(address):
        raise ValueError
    return Address(name, addr_spec=address)
