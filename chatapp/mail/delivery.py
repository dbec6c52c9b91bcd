"""Hands an e-mail in at the mail server."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from chatapp.clock import now
from chatapp.mail.addresses import sender
from chatapp.mail.headers import POLICY
from chatapp.mail.letters import Letter
from chatapp.mail.settings import MailSettings
from chatapp.mail.smtp_server import SmtpServer, parse_smtp_server

STEP_SECONDS = 10.0
"""Longest wait for a connection, and for each answer."""


class MailFailed(Exception):
    """An e-mail was not handed in. The sentence says why; it holds no address of a person and no secret. `can_retry`:
    it may be taken later."""

    def __init__(self, sentence: str, *, can_retry: bool) -> None:
        super().__init__(sentence)
        self.can_retry = can_retry


def deliver(settings: MailSettings, to: str, letter: Letter) -> None:
    """Raises MailFailed."""
    server = parse_smtp_server(settings.smtp_url)
    try:
        message = _message(settings, to, letter)
        _hand_in(server, message, urlsplit(settings.public_url).hostname or "localhost")
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise MailFailed(_sentence(server, error), can_retry=_can_retry(error)) from None


def _message(settings: MailSettings, to: str, letter: Letter) -> EmailMessage:
    """The headers are typed, and their policy refuses a line break in any of them."""
    author = sender(settings.mail_from)
    message = EmailMessage(policy=POLICY)
    message["From"] = author
    message["To"] = Address(addr_spec=to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now())
    # RFC 3834: no holiday notices are sent back.
    message["Auto-Submitted"] = "auto-generated"
    for name, value in {"Message-ID": make_msgid(domain=author.domain), **letter.headers}.items():
        message[name] = value
    # Not every server takes 8 bits.
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return message


def _hand_in(server: SmtpServer, message: EmailMessage, own_name: str) -> None:
    # By default smtplib looks up this machine's own name, which may take seconds.
    with _connected(server, own_name) as smtp:
        if server.needs_starttls:
            smtp.starttls(context=ssl.create_default_context())
        if server.username:
            smtp.login(server.username, server.password)
        smtp.send_message(message)


def _connected(server: SmtpServer, own_name: str) -> smtplib.SMTP:
    if server.is_tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=STEP_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, own_name, timeout=STEP_SECONDS)


def _can_retry(error: Exception) -> bool:
    """Not if the recipient is refused for good, or if the e-mail cannot be written (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code < 500 for code, _ in error.recipients.values())
    return isinstance(error, OSError)


def _sentence(server: SmtpServer, error: Exception) -> str:
    """What the server said is left out, but its code: servers repeat addresses."""
    place = f"The mail server {server.host}:{server.port}"
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        # What smtplib makes of an answer that does not come.
        error = error.__context__
    match error:
        case TimeoutError():
            return f"{place} does not answer within {STEP_SECONDS:g} seconds."
        case ssl.SSLCertVerificationError():
            return f"{place} has a certificate that cannot be verified: {error.verify_message}."
        case ssl.SSLError():
            return f"{place} does not speak TLS as expected."
        case smtplib.SMTPAuthenticationError():
            return f"{place} refuses the username or the password of CHATAPP_SMTP_URL ({error.smtp_code})."
        case smtplib.SMTPNotSupportedError():
            return f"{place} offers no STARTTLS or no sign-in, which CHATAPP_SMTP_URL asks for."
        case smtplib.SMTPSenderRefused():
            return f"{place} refuses the sender, which CHATAPP_MAIL_FROM names ({error.smtp_code})."
        case smtplib.SMTPRecipientsRefused():
            codes = {code for code, _ in error.recipients.values()}
            return f"{place} refuses the recipient ({', '.join(map(str, sorted(codes)))})."
        case smtplib.SMTPResponseException():
            return f"{place} refuses the e-mail ({error.smtp_code})."
        case smtplib.SMTPException():
            return f"{place} does not speak SMTP as expected."
        case OSError():
            return f"{place} cannot be reached: {error.strerror or type(error).__name__}."
    return "The e-mail cannot be written: an address or the subject is not valid."
