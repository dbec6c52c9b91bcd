"""`chatapp mail`: e-mail."""

import click

from chatapp.commands.installation import application


@click.group()
def mail() -> None:
    """Look after e-mail."""


@mail.command("test")
@click.argument("address", metavar="ADDRESS")
def send_test(address: str) -> None:
    """Send an e-mail to ADDRESS by the mail server of CHATAPP_SMTP_URL, and say what is wrong if that fails."""
    from chatapp.mail.addresses import is_address
    from chatapp.mail.delivery import MailFailed, deliver
    from chatapp.mail.letters import test_letter

    with application() as app:
        settings = app.extensions["chatapp.settings"]
        if not settings.can_mail:
            raise click.ClickException("CHATAPP_SMTP_URL is not set, so no e-mail is sent.")
        if not is_address(address):
            raise click.ClickException("This is not an e-mail address that something can be sent to.")
        try:
            deliver(settings, address, test_letter("chatapp", settings.public_url))
        except MailFailed as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"The mail server has taken an e-mail to {address}. See whether it arrives.")
