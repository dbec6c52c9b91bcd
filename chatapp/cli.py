"""The command `chatapp`. Heavy imports wait for a command: `serve` patches the standard library first."""

import sys
from typing import TYPE_CHECKING, Any

import click

from chatapp.commands.audit import audit
from chatapp.commands.backup import backup, restore
from chatapp.commands.bots import bots
from chatapp.commands.database import database
from chatapp.commands.files import files
from chatapp.commands.groups import groups
from chatapp.commands.installation import address, installation
from chatapp.commands.invites import invites
from chatapp.commands.jobs import jobs
from chatapp.commands.keys import keys
from chatapp.commands.ldap import ldap
from chatapp.commands.mail import mail
from chatapp.commands.retention import retention
from chatapp.commands.suspensions import reports
from chatapp.commands.users import users

if TYPE_CHECKING:
    from flask import Flask

DEMO_USERS = (("alice", "Alice", "Ardern"), ("bob", "Bob", "Brandt"), ("carol", "Carol", "Chen"))


class Sentences(click.Group):
    """Turns what a user can mend into a sentence and exit status 1; click's own usage errors exit with 2."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Exception as error:
            from chatapp.start_errors import sentence_of

            sentence = sentence_of(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from None


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="chatapp")
def main() -> None:
    """chatapp: a self-hosted chat server. Settings come from CHATAPP_* variables; `chatapp config` shows them."""


@main.command()
@click.option(
    "--demo",
    is_flag=False,
    flag_value=0,
    default=None,
    type=click.IntRange(0, 100_000),
    metavar="[N]",
    help="Add alice, bob and carol, and with N also user0 to userN-1, all without a password.",
)
def serve(demo: int | None) -> None:
    """Serve HTTP and Socket.IO from this process until Ctrl-C."""
    from chatapp.eventloop.patching import patch

    patch()
    from chatapp import create_app, realtime
    from chatapp.garbage_collector import tune_garbage_collector
    from chatapp.logs.process import begin_log
    from chatapp.migrations import bring_up_to_date
    from chatapp.serve import serve_all

    app = create_app()
    begin_log(app)
    bring_up_to_date(app)
    if demo is not None:
        _add_demo_users(app, demo)
    http = app.wsgi_app
    realtime.init_app(app)
    tune_garbage_collector()
    serve_all(app, http, _greet)


main.add_command(users)
main.add_command(bots)
main.add_command(reports)
main.add_command(audit)
main.add_command(jobs)
main.add_command(keys)
main.add_command(groups)
main.add_command(retention)
main.add_command(files)
main.add_command(invites)
main.add_command(mail)
main.add_command(ldap)
main.add_command(database)
main.add_command(backup)
main.add_command(restore)


@main.group("search")
def search() -> None:
    """Look after the index of the search."""


@search.command("rebuild")
def rebuild_index() -> None:
    """Build the index of the search anew. A server may run meanwhile; it finds more and more."""
    from chatapp.search.rebuild import rebuild, revisions_to_index

    with installation() as app:
        journal = app.extensions["chatapp.journal"]
        with click.progressbar(length=revisions_to_index(), label="Indexing") as bar:
            for count in rebuild(journal):
                bar.update(count)
    click.echo("The index of the search is complete.")


@main.command("setup-link")
@click.option("--url", help="Address of the chat, as people open it. Default: this server's own.")
def print_setup_link(url: str | None) -> None:
    """Print a link by which the first administrator is made, where there is no account yet."""
    with installation() as app:
        link = _setup_link(app, (url or address(app)).rstrip("/"))
    if link is None:
        raise click.ClickException("There are accounts already. `chatapp users add --admin` makes an administrator.")
    click.echo(link)


@main.command("config")
def show_config() -> None:
    """Print every setting that is in force. Secrets are masked."""
    from chatapp.config import load
    from chatapp.shown_settings import shown

    for name, value in shown(load()).items():
        click.echo(f"{name}={value}")


def _add_demo_users(app: "Flask", count: int) -> None:
    from chatapp.actions.accounts import NewUser, add_missing_users

    named = [NewUser(*names) for names in DEMO_USERS]
    numbered = [NewUser(f"user{number}", "User", str(number)) for number in range(count)]
    with app.app_context():
        add_missing_users(app.extensions["chatapp.journal"], named + numbered)


def _greet(app: "Flask") -> None:
    from chatapp.serve import OPEN_SIGN_IN, warn_of_open_sign_in

    settings = app.extensions["chatapp.settings"]
    if settings.log_format == "json":
        # The output is read by a program, and is no place for the secret of a link.
        warn_of_open_sign_in(app)
        return
    click.echo(f"Open {address(app)}/  (Socket.IO on port {settings.ws_port}, data in {settings.instance})")
    if settings.sign_in == "username":
        click.echo(OPEN_SIGN_IN)
    elif (link := _setup_link(app, address(app))) is not None:
        click.echo(f"There is no account yet. Whoever opens this link makes the first one, an administrator:\n{link}")
    click.echo("Stop with Ctrl-C.")
    sys.stdout.flush()


def _setup_link(app: "Flask", base: str) -> str | None:
    from chatapp.actions.setup import new_setup_secret

    with app.app_context():
        secret = new_setup_secret(app.extensions["chatapp.journal"])
    # What follows # is not sent to a server: the secret is in no log and no Referer.
    return f"{base}/#/setup/{secret}" if secret is not None else None
