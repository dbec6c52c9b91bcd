"""`chatapp groups`: groups, for an operator."""

import click

from chatapp.commands.installation import installation


@click.group()
def groups() -> None:
    """Look after groups."""


@groups.command("list")
@click.option("--search", default="", help="A part of the name.")
def list_groups(search: str) -> None:
    """List groups: number, name, members, owners with an active account."""
    from chatapp.actions.administered import list_groups_page
    from chatapp.actions.audit import OPERATOR
    from chatapp.administration_payloads import LARGEST_ADMINISTRATION_PAGE

    with installation():
        after = 0
        while page := list_groups_page(OPERATOR, search, after, LARGEST_ADMINISTRATION_PAGE):
            for group in page:
                owners = ", ".join(group.owners) or "no owner"
                click.echo(f"{group.conversation_id}\t{group.name}\t{group.member_count}\t{owners}")
            after = page[-1].conversation_id


@groups.command("owner")
@click.argument("number")
@click.argument("username")
def appoint_owner(number: str, username: str) -> None:
    """Make a user the owner of a group that has no owner with an active account."""
    from chatapp.actions.administered import appoint_owner
    from chatapp.actions.audit import OPERATOR

    with installation() as app:
        appoint_owner(app.extensions["chatapp.journal"], OPERATOR, number, username)
    click.echo(f"{username} is an owner of group {number} now.")


@groups.command("delete")
@click.argument("number")
@click.confirmation_option(prompt="Delete the group and all that was said in it?")
def delete_group(number: str) -> None:
    """Delete a group and what was said in it."""
    from chatapp.actions.administered import delete_any_group
    from chatapp.actions.audit import OPERATOR

    with installation() as app:
        delete_any_group(app.extensions["chatapp.journal"], OPERATOR, number)
    click.echo(f"Group {number} is deleted.")
