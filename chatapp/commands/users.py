"""`chatapp users`: accounts."""

import click

from chatapp.commands.installation import address, installation, minute

ROLE = click.Choice(["guest", "member", "moderator", "administrator"])


@click.group()
def users() -> None:
    """Add and manage accounts."""


@users.command("add")
@click.argument("username")
@click.option("--first-name", help="Shown to others. Default: the username.")
@click.option("--last-name", default="", help="Shown to others.")
@click.option("--password", help="Asked for if the option is not given; see --no-password.")
@click.option("--no-password", is_flag=True, help="Sign in by name only or by a provider.")
@click.option("--email", help="A provider that has verified this address signs in to the account.")
@click.option("--admin", is_flag=True, help="The same as --role administrator.")
@click.option("--role", default="member", show_default=True, type=ROLE, help="What the user may do.")
def add_user(
    username: str,
    first_name: str | None,
    last_name: str,
    password: str | None,
    no_password: bool,
    email: str | None,
    admin: bool,
    role: str,
) -> None:
    """Add a user."""
    from chatapp.actions.accounts import add_users
    from chatapp.new_user import new_user

    if password is None and not no_password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with installation() as app:
        chosen = "administrator" if admin else role
        sign_in = app.extensions["chatapp.settings"].sign_in
        user = new_user(username, first_name, last_name, password, chosen, email, sign_in=sign_in)
        add_users(app.extensions["chatapp.journal"], [user])
    click.echo(f"Added {user.username}.")


@users.command("list")
def list_users() -> None:
    """List all users: name, full name, what they are."""
    from chatapp.actions.accounts import list_accounts
    from chatapp.models.user import MEMBER

    with installation():
        for account in list_accounts():
            marks = [account.role] if account.role != MEMBER else []
            marks += [] if account.has_password else ["no password"]
            marks += [] if account.is_active else ["deactivated"]
            click.echo("\t".join([account.username, account.full_name, ", ".join(marks)]).rstrip())


@users.command("role")
@click.argument("username")
@click.argument("role", type=ROLE)
def change_role(username: str, role: str) -> None:
    """Give a user a role and sign the user out everywhere."""
    from chatapp.actions.administration import set_role
    from chatapp.actions.audit import OPERATOR

    with installation() as app:
        set_role(app.extensions["chatapp.journal"], OPERATOR, username, role)
    click.echo(f"{username} is {role} now.")


@users.command("rename")
@click.argument("username")
@click.argument("new_username")
def rename(username: str, new_username: str) -> None:
    """Give a user another username. The user stays signed in, and nobody else can take the former name."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.username_changes import change_username
    from chatapp.new_user import checked_username

    with installation() as app:
        chosen = checked_username(new_username, app.extensions["chatapp.settings"].sign_in)
        change_username(app.extensions["chatapp.journal"], OPERATOR, username, chosen)
    click.echo(f"{username} is {chosen} now.")


@users.command("password")
@click.argument("username")
@click.password_option(help="Asked for if the option is not given.")
def change_password(username: str, password: str) -> None:
    """Set a user's password and sign the user out everywhere."""
    from chatapp.actions.administration import set_password
    from chatapp.actions.audit import OPERATOR
    from chatapp.new_user import checked_password

    with installation() as app:
        set_password(app.extensions["chatapp.journal"], OPERATOR, username, checked_password(password))
    click.echo(f"{username} has a new password and is signed out everywhere.")


@users.command("reset")
@click.argument("username")
@click.option("--url", help="Address of the chat, as people open it. Default: this server's own.")
def reset_password(username: str, url: str | None) -> None:
    """Print a link by which a user chooses a new password. It is valid for 24 hours, and once."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.password_resets import add_reset

    with installation() as app:
        made = add_reset(app.extensions["chatapp.journal"], OPERATOR, username)
        base = (url or address(app)).rstrip("/")
    click.echo(f"{base}/#/reset/{made.secret}")


@users.command("email")
@click.argument("username")
@click.argument("email", metavar="ADDRESS", required=False)
def change_email(username: str, email: str | None) -> None:
    """Set the e-mail address by which a provider finds the account; without ADDRESS, take it away."""
    from chatapp.actions.accounts import set_email
    from chatapp.new_user import checked_email

    with installation() as app:
        set_email(app.extensions["chatapp.journal"], username, checked_email(email) if email else None)
    click.echo(f"{username} has the address {email}." if email else f"{username} has no address.")


@users.command("deactivate")
@click.argument("username")
def deactivate_user(username: str) -> None:
    """Close an account: no sign-in any more, its messages stay."""
    from chatapp.actions.administration import deactivate
    from chatapp.actions.audit import OPERATOR

    with installation() as app:
        deactivate(app.extensions["chatapp.journal"], OPERATOR, username)
    click.echo(f"{username} is deactivated and signed out everywhere.")


@users.command("reactivate")
@click.argument("username")
def reactivate_user(username: str) -> None:
    """Open a closed account again."""
    from chatapp.actions.administration import reactivate
    from chatapp.actions.audit import OPERATOR

    with installation() as app:
        reactivate(app.extensions["chatapp.journal"], OPERATOR, username)
    click.echo(f"{username} is active again.")


@users.command("remove")
@click.argument("username")
@click.option(
    "--messages", required=True, type=click.Choice(["keep", "erase"]), help="What becomes of the person's messages."
)
@click.confirmation_option(prompt="This cannot be undone. Remove the person?")
def remove_user(username: str, messages: str) -> None:
    """Remove a person for good. Kept messages are shown under "Removed user"."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.removal_steps import continue_removal
    from chatapp.actions.removals import remove_person

    with installation() as app:
        journal = app.extensions["chatapp.journal"]
        user_id = remove_person(journal, OPERATOR, username, erases=messages == "erase")
        while continue_removal(journal, user_id):
            pass
    click.echo(f"{username} is removed, and their messages are {'kept' if messages == 'keep' else 'deleted'}.")


@users.command("sessions")
@click.argument("username")
def list_sessions(username: str) -> None:
    """List a user's sessions: begin, last use, method, address, device."""
    from chatapp.actions.accounts import id_of
    from chatapp.actions.sessions import list_sessions

    with installation():
        for one in list_sessions(id_of(username)):
            used = minute(one.last_used_at) if one.last_used_at is not None else ""
            click.echo("\t".join([minute(one.created_at), used, one.method, one.address, one.device]).rstrip())


@users.command("sign-out")
@click.argument("username")
def sign_out_user(username: str) -> None:
    """End all sessions of a user. Open connections are closed at once."""
    from chatapp.actions.administration import end_sessions_of
    from chatapp.actions.audit import OPERATOR

    with installation() as app:
        ended = end_sessions_of(app.extensions["chatapp.journal"], OPERATOR, username)
    sessions = "1 session has" if ended == 1 else f"{ended} sessions have"
    click.echo(f"{username} is signed out: {sessions} ended.")


@users.command("reset-factor")
@click.argument("username")
@click.option("--passkeys", is_flag=True, help="Remove the user's passkeys, too: for a device that is stolen.")
def reset_factor(username: str, passkeys: bool) -> None:
    """Turn off a second factor that its user has lost, and sign the user out everywhere."""
    from chatapp.actions.second_factor import reset

    with installation() as app:
        removed = reset(app.extensions["chatapp.journal"], username, with_passkeys=passkeys)
    click.echo(f"{username} has no second factor and is signed out everywhere.")
    if passkeys:
        click.echo("1 passkey is removed." if removed == 1 else f"{removed} passkeys are removed.")


@users.command("export")
@click.argument("username")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
def export_user(username: str, file: str) -> None:
    """Write everything of a user that they could export themselves to FILE, a ZIP."""
    import os

    from chatapp.actions.accounts import id_of
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.data_exports import record_export
    from chatapp.clock import now
    from chatapp.export.contents import export_of
    from chatapp.export.messages import Exporter

    with installation() as app:
        user_id = id_of(username)
        record_export(app.extensions["chatapp.journal"], OPERATOR, username)
        # For the operator alone: it holds what others wrote to the user.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "wb") as target:
            for piece in export_of(Exporter(user_id), username, now(), app.extensions["chatapp.files"].storage):
                target.write(piece)
    click.echo(f"The data of {username} is in {file}.")
