"""`chatapp retention`: how long messages are kept, for an operator."""

import sys
from typing import TYPE_CHECKING

import click

from chatapp.commands.installation import installation

if TYPE_CHECKING:
    from chatapp.actions.retention_preview import Preview


@click.command()
@click.argument("days", type=click.IntRange(min=0), required=False)
@click.option("--yes", is_flag=True, help="Do not ask before messages are erased.")
def retention(days: int | None, yes: bool) -> None:
    """Show after how many days messages are deleted everywhere, or set it; 0 keeps them for ever. Groups may delete
    theirs earlier."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.installation_settings import change_installation, chosen
    from chatapp.actions.retention_preview import preview_in_system
    from chatapp.payload_fields import LONGEST_RETENTION_DAYS

    if days is not None and days > LONGEST_RETENTION_DAYS:
        raise click.BadParameter(f"{LONGEST_RETENTION_DAYS} days are the most.")
    with installation() as app:
        settings = app.extensions["chatapp.settings"]
        found = chosen(settings)
        if days is not None:
            if _is_shorter(days, found.retention_days):
                click.echo(_loss(preview_in_system(OPERATOR.role, days)))
                _require_consent(yes)
            journal = app.extensions["chatapp.journal"]
            found = change_installation(journal, settings, OPERATOR, retention_days=days)
    click.echo(f"Messages are {_kept(found.retention_days)}.")


def _kept(days: int) -> str:
    if not days:
        return "kept for ever"
    return "deleted after 1 day" if days == 1 else f"deleted after {days:,} days"


def _is_shorter(days: int, before: int) -> bool:
    return 0 < days < (before or days + 1)


def _loss(preview: "Preview") -> str:
    if preview.has_more:
        return f"More than {preview.messages:,} messages are older and will be erased for good."
    if not preview.messages:
        return "No message is older now. Each will be erased for good when it is."
    messages = "1 message is" if preview.messages == 1 else f"{preview.messages:,} messages are"
    places = "1 conversation" if preview.conversations == 1 else f"{preview.conversations:,} conversations"
    return f"{messages} older, in {places}, and will be erased for good."


def _require_consent(yes: bool) -> None:
    """Asks, unless it was said that there is nothing to ask. Where nobody can answer, nothing is erased."""
    if yes:
        return
    if not _can_ask():
        raise click.ClickException("Nothing is changed: there is no terminal to ask on. Say --yes to erase them.")
    click.confirm("Erase them?", abort=True)


def _can_ask() -> bool:
    return sys.stdin.isatty()
