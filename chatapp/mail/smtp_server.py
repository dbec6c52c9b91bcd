"""The mail server that CHATAPP_SMTP_URL names."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from chatapp.loopback import is_loopback

SUBMISSION_PORT = 587
"""RFC 6409 section 3.1."""
TLS_PORT = 465
"""RFC 8314 section 3.3."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where e-mail is handed in: with `is_tls` by TLS at once, with `needs_starttls` by TLS after STARTTLS."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    is_tls: bool
    needs_starttls: bool


def parse_smtp_server(url: str) -> SmtpServer:
    """Raises ValueError, also for a password that would go over a network in clear text."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or parts.fragment:
        raise ValueError
    is_tls = parts.scheme == "smtps"
    needs_starttls = _needs_starttls(parts, is_tls=is_tls)
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if username and not (is_tls or needs_starttls or is_loopback(parts.hostname)):
        raise ValueError
    port = parts.port or (TLS_PORT if is_tls else SUBMISSION_PORT)
    return SmtpServer(parts.hostname, port, username, password, is_tls, needs_starttls)


def _needs_starttls(parts: SplitResult, *, is_tls: bool) -> bool:
    """As the address says; if it says nothing, wherever another machine is spoken to."""
    query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    if not query:
        return not (is_tls or is_loopback(parts.hostname or ""))
    if is_tls or query not in ([("starttls", "yes")], [("starttls", "no")]):
        raise ValueError
    return query == [("starttls", "yes")]
