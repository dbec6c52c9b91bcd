"""The command `chatapp`. Heavy imports wait for a command: `serve` patches the standard library first."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask

DEMO_USERS = (("alice", "Alice", "Ardern"), ("bob", "Bob", "Brandt"), ("carol", "Carol", "Chen"))


class Sentences(click.Group):
    """Turns what a user can mend into a sentence and exit status 1; click's own usage errors exit with 2."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Exception as error:
            sentence = _sentence(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from None


def _sentence(error: Exception) -> str | None:
    """What the user did or can mend; None for a fault of ours, which keeps its traceback."""
    from sqlalchemy.exc import DatabaseError, OperationalError

    from chatapp.config import BadSetting
    from chatapp.errors import ChatError

    if isinstance(error, BadSetting):
        return str(error)
    if isinstance(error, ChatError):
        return error.message
    # DatabaseError itself is SQLite's word for a file that is no database; its other kinds are faults of ours.
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return f"The database cannot be used: {str(error.orig).splitlines()[0]}. See CHATAPP_DATABASE_URL."
    return None


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
    from chatapp.migrations import bring_up_to_date
    from chatapp.serve import serve_all

    app = create_app()
    bring_up_to_date(app)
    if demo is not None:
        _add_demo_users(app, demo)
    http = app.wsgi_app
    realtime.init_app(app)
    serve_all(app, http, _greet)


@main.group()
def users() -> None:
    """Add and manage accounts."""


@users.command("add")
@click.argument("username")
@click.option("--first-name", help="Shown to others. Default: the username.")
@click.option("--last-name", default="", help="Shown to others.")
@click.option("--password", help="Asked for if the option is not given; see --no-password.")
@click.option("--no-password", is_flag=True, help="Sign in by name only, where CHATAPP_SIGN_IN=username.")
def add_user(username: str, first_name: str | None, last_name: str, password: str | None, no_password: bool) -> None:
    """Add a user."""
    from chatapp.actions.accounts import add_users
    from chatapp.new_user import new_user

    if password is None and not no_password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _installation() as app:
        add_users(app.extensions["chatapp.journal"], [new_user(username, first_name, last_name, password)])
    click.echo(f"Added {username}.")


@users.command("list")
def list_users() -> None:
    """List all users: name, full name, what they are."""
    from chatapp.actions.accounts import list_accounts

    with _installation():
        for account in list_accounts():
            marks = [] if account.has_password else ["no password"]
            marks += [] if account.is_active else ["deactivated"]
            click.echo("\t".join([account.username, account.full_name, ", ".join(marks)]).rstrip())


@users.command("password")
@click.argument("username")
@click.password_option(help="Asked for if the option is not given.")
def change_password(username: str, password: str) -> None:
    """Set a user's password and sign the user out everywhere."""
    from chatapp.actions.accounts import set_password
    from chatapp.new_user import checked_password

    with _installation() as app:
        set_password(app.extensions["chatapp.journal"], username, checked_password(password))
    click.echo(f"{username} has a new password and is signed out everywhere.")


@users.command("deactivate")
@click.argument("username")
def deactivate_user(username: str) -> None:
    """Close an account: no sign-in any more, its messages stay."""
    from chatapp.actions.accounts import deactivate

    with _installation() as app:
        deactivate(app.extensions["chatapp.journal"], username)
    click.echo(f"{username} is deactivated and signed out everywhere.")


@main.group()
def invites() -> None:
    """Invite people to make their own account."""


@invites.command("add")
@click.option(
    "--uses", default=1, show_default=True, type=click.IntRange(1, 100_000), help="Accounts that it is good for."
)
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365), help="Days until it expires.")
@click.option("--url", help="Address of the chat, as people open it. Default: this server's own.")
def add_invite(uses: int, days: int, url: str | None) -> None:
    """Make an invitation and print its link, also as a QR code."""
    from datetime import timedelta

    import segno

    from chatapp.actions.invites import add_invite

    with _installation() as app:
        invite = add_invite(app.extensions["chatapp.journal"], uses, timedelta(days=days))
        address = (url or _address(app)).rstrip("/")
    # What follows # is not sent to a server: the secret is in no log and no Referer.
    link = f"{address}/#/join/{invite.secret}"
    segno.make(link).terminal(compact=True)
    click.echo(link)
    accounts = "one account" if uses == 1 else f"{uses} accounts"
    click.echo(f"Invitation {invite.id}, for {accounts}, until {_minute(invite.expires_at)}.")


@invites.command("list")
def list_invites() -> None:
    """List all invitations: number, uses, end, whether valid. Their links are not stored."""
    from chatapp.actions.invites import list_invites

    with _installation():
        for invite in list_invites():
            state = "valid" if invite.is_valid else "not valid"
            click.echo(f"{invite.id}\t{invite.uses}/{invite.uses_allowed}\t{_minute(invite.expires_at)}\t{state}")


@invites.command("revoke")
@click.argument("number", type=int)
def revoke_invite(number: int) -> None:
    """Make an invitation unusable. Accounts that were made with it stay."""
    from chatapp.actions.invites import revoke_invite

    with _installation() as app:
        revoke_invite(app.extensions["chatapp.journal"], number)
    click.echo(f"Invitation {number} is revoked.")


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to this version."""
    from chatapp.migrations import bring_up_to_date, newest_revision

    with _application() as app:
        bring_up_to_date(app)
    click.echo(f"The database is at revision {newest_revision()}.")


@main.group("search")
def search() -> None:
    """Look after the index of the search."""


@search.command("rebuild")
def rebuild_index() -> None:
    """Build the index of the search anew. A server may run meanwhile; it finds more and more."""
    from chatapp.search.rebuild import rebuild, revisions_to_index

    with _installation() as app:
        journal = app.extensions["chatapp.journal"]
        with click.progressbar(length=revisions_to_index(), label="Indexing") as bar:
            for count in rebuild(journal):
                bar.update(count)
    click.echo("The index of the search is complete.")


@main.command("config")
def show_config() -> None:
    """Print every setting that is in force. Secrets are masked."""
    from chatapp.config import load, shown

    for name, value in shown(load()).items():
        click.echo(f"{name}={value}")


@contextmanager
def _application() -> Iterator["Flask"]:
    """The application inside its context; after, everything it runs has ended."""
    from chatapp import close_app, create_app

    app = create_app()
    try:
        with app.app_context():
            yield app
    finally:
        close_app(app)


@contextmanager
def _installation() -> Iterator["Flask"]:
    """The application on a database with the tables of this version, which are made where there are none."""
    from chatapp.migrations import require_tables

    with _application() as app:
        require_tables(app)
        yield app


def _add_demo_users(app: "Flask", count: int) -> None:
    from chatapp.actions.accounts import NewUser, add_missing_users

    named = [NewUser(*names) for names in DEMO_USERS]
    numbered = [NewUser(f"user{number}", "User", str(number)) for number in range(count)]
    with app.app_context():
        add_missing_users(app.extensions["chatapp.journal"], named + numbered)


def _minute(instant: "datetime") -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _address(app: "Flask") -> str:
    settings = app.extensions["chatapp.settings"]
    host = "localhost" if settings.is_loopback else settings.host
    return f"http://{host}:{settings.http_port}"


def _greet(app: "Flask") -> None:
    from chatapp.serve import OPEN_SIGN_IN

    settings = app.extensions["chatapp.settings"]
    click.echo(f"Open {_address(app)}/  (Socket.IO on port {settings.ws_port}, data in {settings.instance})")
    if settings.sign_in == "username":
        click.echo(OPEN_SIGN_IN)
    click.echo("Stop with Ctrl-C.")
    sys.stdout.flush()
