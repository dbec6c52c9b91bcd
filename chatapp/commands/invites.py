"""`chatapp invites`: invitations to make an account."""

import click

from chatapp.commands.installation import address, installation, minute


@click.group()
def invites() -> None:
    """Invite people to make their own account."""


@invites.command("add")
@click.option(
    "--uses", default=1, show_default=True, type=click.IntRange(1, 100_000), help="Accounts that it is good for."
)
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365), help="Days until it expires.")
@click.option(
    "--guest-in",
    "groups",
    multiple=True,
    metavar="GROUP",
    help="Number of a group: whoever joins becomes a guest, and a member of it. May be given for several groups.",
)
@click.option("--url", help="Address of the chat, as people open it. Default: this server's own.")
def add_invite(uses: int, days: int, groups: tuple[str, ...], url: str | None) -> None:
    """Make an invitation and print its link, also as a QR code."""
    from datetime import timedelta

    import segno

    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.invites import add_invite

    with installation() as app:
        invite = add_invite(app.extensions["chatapp.journal"], OPERATOR, uses, timedelta(days=days), groups)
        base = (url or address(app)).rstrip("/")
    # What follows # is not sent to a server: the secret is in no log and no Referer.
    link = f"{base}/#/join/{invite.secret}"
    segno.make(link).terminal(compact=True)
    click.echo(link)
    kind = "guest account" if groups else "account"
    accounts = f"one {kind}" if uses == 1 else f"{uses} {kind}s"
    click.echo(f"Invitation {invite.id}, for {accounts}, until {minute(invite.expires_at)}.")


@invites.command("list")
def list_invites() -> None:
    """List all invitations: number, uses, end, whether valid, groups of guests. Their links are not stored."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.invites import list_invites
    from chatapp.models.user import GUEST

    with installation():
        for invite in list_invites(OPERATOR):
            state = "valid" if invite.is_valid else "not valid"
            cells = [str(invite.id), f"{invite.uses}/{invite.uses_allowed}", minute(invite.expires_at), state]
            guests = [f"guests in {', '.join(invite.groups) or 'no group'}"] if invite.role == GUEST else []
            click.echo("\t".join(cells + guests))


@invites.command("revoke")
@click.argument("number", type=int)
def revoke_invite(number: int) -> None:
    """Make an invitation unusable. Accounts that were made with it stay."""
    from chatapp.actions.audit import OPERATOR
    from chatapp.actions.invites import revoke_invite

    with installation() as app:
        revoke_invite(app.extensions["chatapp.journal"], OPERATOR, number)
    click.echo(f"Invitation {number} is revoked.")
