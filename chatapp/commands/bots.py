"""`chatapp bots`: accounts of programs."""

import click

from chatapp.commands.installation import installation, minute


@click.group()
def bots() -> None:
    """Make bots and their tokens. `chatapp users deactivate` closes a bot."""


@bots.command("add")
@click.argument("username")
@click.option("--name", help="Shown to others. Default: the username.")
def add_bot(username: str, name: str | None) -> None:
    """Make a bot. It works as soon as it has a token."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.bots import add_bot
    from chatapp.bot_payloads import NewBot
    from chatapp.payloads import parse

    with installation() as app:
        bot = parse(NewBot, {"username": username, "name": name or username})
        add_bot(app.extensions["chatapp.journal"], OPERATOR, bot.username, bot.name)
    click.echo(f"Added the bot {bot.username}.")


@bots.command("list")
@click.argument("username", required=False)
def list_bots(username: str | None) -> None:
    """List all bots: username, name, valid tokens. With USERNAME, the tokens of that bot: id, name, end, last use."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.bots import list_bots, list_tokens

    with installation():
        if username is None:
            for bot in list_bots(OPERATOR):
                state = [] if bot.is_active else ["deactivated"]
                click.echo("\t".join([bot.username, bot.name, str(bot.tokens), *state]))
            return
        for token in list_tokens(OPERATOR, username):
            end = "no end" if token.expires_at is None else minute(token.expires_at)
            used = "never used" if token.last_used_at is None else minute(token.last_used_at)
            click.echo("\t".join([token.id, token.name, end, used]))


@bots.command("rename")
@click.argument("username")
@click.argument("name")
def rename_bot(username: str, name: str) -> None:
    """Give a bot another display name."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.bots import rename_bot
    from chatapp.bot_payloads import RenameBot
    from chatapp.payloads import parse

    with installation() as app:
        wanted = parse(RenameBot, {"name": name})
        rename_bot(app.extensions["chatapp.journal"], OPERATOR, username, wanted.name)
    click.echo(f"{username} is now called {wanted.name}.")


@bots.command("token")
@click.argument("username")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 3_650), help="Days until it expires. Default: it does not.")
def add_token(username: str, name: str, days: int | None) -> None:
    """Make a token of a bot and print it. It is not stored, and not shown again."""
    from datetime import timedelta

    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.bots import add_token
    from chatapp.bot_payloads import NewBotToken
    from chatapp.payloads import parse

    with installation() as app:
        wanted = parse(NewBotToken, {"name": name, "days": days})
        lasts = None if days is None else timedelta(days=days)
        made = add_token(app.extensions["chatapp.journal"], OPERATOR, username, wanted.name, lasts)
    click.echo(made.secret)


@bots.command("revoke")
@click.argument("username")
@click.argument("token", metavar="ID")
def revoke_token(username: str, token: str) -> None:
    """Revoke a token by its id in the list. Open connections are closed at once."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.bots import revoke_token

    with installation() as app:
        revoke_token(app.extensions["chatapp.journal"], OPERATOR, username, token)
    click.echo(f"The token {token} of {username} is revoked.")
