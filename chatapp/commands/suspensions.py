"""`chatapp users suspend` and `unsuspend`, and `chatapp reports`."""

import click

from chatapp.commands.installation import installation, minute
from chatapp.commands.users import users


def short(_context: click.Context, _option: click.Parameter, reason: str) -> str:
    """Refuses a reason that is too long."""
    from chatapp.models.suspension import REASON_CHARACTERS

    if len(reason) > REASON_CHARACTERS:
        raise click.BadParameter(f"A reason has at most {REASON_CHARACTERS} characters.")
    return reason


@users.command("suspend")
@click.argument("username")
@click.option(
    "--days", type=click.IntRange(1, 366), help="Days until it ends by itself. Default: never, which is a ban."
)
@click.option("--reason", default="", callback=short, help="For moderators and administrators.")
def suspend_user(username: str, days: int | None, reason: str) -> None:
    """Suspend or ban a user and sign the user out everywhere."""
    from datetime import timedelta

    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.suspensions import suspend
    from chatapp.report_payloads import NewSuspension

    body = NewSuspension(hours=None, reason=reason)
    length = timedelta(days=days) if days is not None else None
    with installation() as app:
        suspend(app.extensions["chatapp.journal"], OPERATOR, username, length, body.reason)
    state = "banned" if days is None else "suspended for 1 day" if days == 1 else f"suspended for {days} days"
    click.echo(f"{username} is {state} and signed out everywhere.")


@users.command("unsuspend")
@click.argument("username")
def unsuspend_user(username: str) -> None:
    """Lift a suspension or a ban."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.suspensions import lift

    with installation() as app:
        lift(app.extensions["chatapp.journal"], OPERATOR, username)
    click.echo(f"{username} may sign in again.")


@click.command("reports")
def reports() -> None:
    """List messages with open reports: id, author, number of reports, reasons, last report."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.reported import list_reported

    with installation():
        for one in list_reported(OPERATOR, None, 1_000):
            when = minute(one.reported_at)
            click.echo(f"{one.message_id}\t{one.author}\t{one.reports}\t{', '.join(one.reasons)}\t{when}")
