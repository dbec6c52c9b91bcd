"""`chatapp retention`: how long messages are kept, for an operator."""

import click

from chatapp.commands.installation import installation


@click.command()
@click.argument("days", type=click.IntRange(min=0), required=False)
def retention(days: int | None) -> None:
    """Show after how many days messages are deleted everywhere, or set it; 0 keeps them for ever. Groups may delete
    theirs earlier."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.installation_settings import change_installation, chosen
    from chatapp.payload_fields import LONGEST_RETENTION_DAYS

    if days is not None and days > LONGEST_RETENTION_DAYS:
        raise click.BadParameter(f"{LONGEST_RETENTION_DAYS} days are the most.")
    with installation() as app:
        settings = app.extensions["chatapp.settings"]
        if days is None:
            found = chosen(settings)
        else:
            journal = app.extensions["chatapp.journal"]
            found = change_installation(journal, settings, OPERATOR, retention_days=days)
    kept = f"deleted after {found.retention_days} days" if found.retention_days else "kept for ever"
    click.echo(f"Messages are {kept}.")
