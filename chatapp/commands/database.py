"""`chatapp db`: the database, for an operator."""

import click

from chatapp.commands.installation import application, installation


@click.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
def upgrade() -> None:
    """Bring the tables up to this version."""
    from chatapp.migrations import bring_up_to_date, newest_revision

    with application() as app:
        bring_up_to_date(app)
    click.echo(f"The database is at revision {newest_revision()}.")


@database.command("check")
def check() -> None:
    """Look for what is wrong, and say what mends it. The exit status is 1 if anything is found.

    Changes nothing. A server may run meanwhile.
    """
    from chatapp.integrity.check import findings

    with installation() as app:
        count = 0
        for finding in findings(app.extensions["chatapp.settings"], app.extensions["chatapp.files"]):
            click.echo(f"{finding.kind}\t{finding.what} {finding.remedy}")
            count += 1
    if count:
        raise click.ClickException("1 thing is wrong." if count == 1 else f"{count:,} things are wrong.")
    click.echo("Nothing is wrong.")
