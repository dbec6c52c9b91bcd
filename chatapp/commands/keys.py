"""`chatapp keys`: the keys that sign tokens."""

import click

from chatapp.commands.installation import installation


@click.group()
def keys() -> None:
    """Look after the keys that sign tokens."""


@keys.command("rotate")
@click.option("--now", "at_once", is_flag=True, help="Make all earlier tokens invalid: everybody has to sign in again.")
def rotate_keys(at_once: bool) -> None:
    """Sign tokens by a new key. Running servers use it within a second, and nobody is signed out."""
    from chatapp.actions.sessions import end_all_sessions
    from chatapp.signing_keys import rotate

    with installation() as app:
        settings = app.extensions["chatapp.settings"]
        if settings.signing_keys:
            raise click.ClickException("CHATAPP_SIGNING_KEYS says which keys there are. Put a new one in front.")
        kid = rotate(settings, str(app.secret_key), at_once=at_once)
        if at_once:
            end_all_sessions(app.extensions["chatapp.journal"])
    click.echo(f"Tokens are signed by the new key {kid}." + (" Everybody is signed out." if at_once else ""))
