"""The settings of e-mail. See `chatapp.config`."""

from dataclasses import dataclass

from chatapp import config_values as values
from chatapp.mail.addresses import sender
from chatapp.mail.smtp_server import parse_smtp_server
from chatapp.setting_field import setting


def _checked_smtp_url(text: str) -> str:
    parse_smtp_server(text)
    return text


def _checked_sender(text: str) -> str:
    sender(text)
    return text


SMTP_URL = values.Type(
    _checked_smtp_url,
    "smtp://user:password@host:587 or smtps://user:password@host:465. `?starttls=no` is for servers on this machine, "
    "and for those without a password",
)
SENDER = values.Type(_checked_sender, "an address such as chat@example.org or Chat <chat@example.org>")


@dataclass(frozen=True)
class MailSettings:
    """Nothing is sent without `smtp_url`; with it the two others are needed."""

    smtp_url: str = setting(
        "",
        "Mail server that sends e-mail. `smtp://` uses STARTTLS if that is another machine, `smtps://` uses TLS at "
        "once. Default: none, and no e-mail",
        SMTP_URL,
        secret=True,
    )
    mail_from: str = setting("", "Address that e-mail is sent from, which e-mail needs. Default: none", SENDER)
    public_url: str = setting(
        "", "Address of the chat as people open it, for links in e-mail, which needs it. Default: none", values.web_url
    )

    @property
    def can_mail(self) -> bool:
        return bool(self.smtp_url)


def missing_for_mail(settings: MailSettings) -> str | None:
    """The sentence that says which setting e-mail lacks."""
    for name in ("mail_from", "public_url"):
        if settings.can_mail and not getattr(settings, name):
            return f"CHATAPP_SMTP_URL needs CHATAPP_{name.upper()} too."
    return None
