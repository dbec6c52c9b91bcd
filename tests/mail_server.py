"""Real SMTP servers on loopback, and what they were given."""

import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.people import wait_until
from tests.servers import free_port

USERNAME, PASSWORD = "chat", "p@ss:word"


class _Controller(Controller):
    """Remembers its connections, to close those that clients leave open."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.connections: list[Any] = []

    def factory(self) -> Any:
        self.connections.append(super().factory())
        return self.connections[-1]

    def close_connections(self) -> None:
        for connection in self.connections:
            if connection.transport is not None:
                self.loop.call_soon_threadsafe(connection.transport.close)


class MailServer:
    """Takes e-mail for everybody but those whose address begins with `unknown`. With a certificate it wants STARTTLS,
    and after that the sign-in."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.were_encrypted: list[bool] = []
        self.port = free_port()
        options: dict[str, Any] = {}
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            options = {"tls_context": context, "require_starttls": True, "auth_required": True}
        self._controller = _Controller(
            self, hostname="127.0.0.1", port=self.port, authenticator=_signs_in, auth_require_tls=True, **options
        )

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> "MailServer":
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.close_connections()
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 the name is aiosmtpd's
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("unknown"):
            return f"550 nobody is called {address} here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.recipients.append([*envelope.rcpt_tos])
        self.were_encrypted.append(session.ssl is not None)
        self.received.append(message)
        return "250 OK"

    def wait_for(self, count: int) -> EmailMessage:
        """The last of so many e-mails, when it has arrived."""
        wait_until(lambda: len(self.received) >= count, f"{count} e-mails")
        assert len(self.received) == count, [message["Subject"] for message in self.received]
        return self.received[-1]


def text_of(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")


def link_in(message: EmailMessage) -> str:
    """The address in an e-mail that is a link with a secret."""
    (link,) = (line for line in text_of(message).splitlines() if "/#/" in line)
    return link


def secret_in(message: EmailMessage) -> str:
    return link_in(message).rpartition("/")[2]


def _signs_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    is_right = (given.login, given.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=isinstance(given, LoginPassword) and is_right, handled=False)
