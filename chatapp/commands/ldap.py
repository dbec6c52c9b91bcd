"""`chatapp ldap`: try the directory by which people sign in."""

from typing import TYPE_CHECKING

import click

from chatapp.commands.installation import installation

if TYPE_CHECKING:
    from chatapp.ldap.connection import DirectoryConnection
    from chatapp.ldap.directory import Directory
    from chatapp.ldap.entry import Entry


@click.group("ldap")
def ldap() -> None:
    """Try the directory (LDAP) by which people sign in."""


@ldap.command("check")
@click.argument("username", required=False)
def check(username: str | None) -> None:
    """Say, step by step, whether the directory can be used; with USERNAME, also who that is there."""
    from chatapp.ldap.configured import configured_directory

    with installation():
        directory = configured_directory()
        if directory is None:
            raise click.ClickException(
                "No directory is configured: there is no ldap.toml, or people sign in by name alone. See CHATAPP_LDAP."
            )
        _check(directory, username)


def _check(directory: "Directory", username: str | None) -> None:
    """Raises ClickException at the first step that fails."""
    from chatapp.ldap.connection import DirectoryConnection, DirectoryFault

    settings = directory.settings
    connection = DirectoryConnection(settings)
    try:
        connection.open()
        encrypted = "with TLS, and its certificate is trusted" if settings.is_encrypted else "WITHOUT encryption"
        click.echo(f"Connection: {settings.url} is reached {encrypted}.")
        connection.bind()
        click.echo(f"Bind: the directory accepts {settings.bind_dn or 'an anonymous search'}.")
        _check_search(directory, connection, username)
    except DirectoryFault as fault:
        raise click.ClickException(str(fault)) from None
    finally:
        connection.close()


def _check_search(directory: "Directory", connection: "DirectoryConnection", username: str | None) -> None:
    settings = directory.settings
    if not connection.search(settings.base_dn, "(objectClass=*)", ["1.1"], 1, is_exact=True):
        raise click.ClickException(
            f"Search: {settings.base_dn} does not exist, or {settings.bind_dn or 'nobody'} may not read it."
        )
    click.echo(f"Search: {settings.base_dn} can be read.")
    if username is None:
        click.echo("Say a username to see who that is.")
        return
    found = directory.find_all(connection, username)
    if not found:
        raise click.ClickException(f"Nobody is found by {settings.user_filter} for {username!r}.")
    if len(found) > 1:
        names = " and ".join(one.dn for one in found)
        raise click.ClickException(f"More than one entry is found, so nobody can sign in as {username!r}: {names}.")
    click.echo(f"Found: {found[0].dn}")
    if not found[0].is_called(username, settings):
        raise click.ClickException(f"The entry is not called {username!r} exactly, so nobody can sign in by that name.")
    _show(directory, found[0], directory.groups_of(connection, found[0]))


def _show(directory: "Directory", entry: "Entry", groups: set[str]) -> None:
    from chatapp.ldap.entry import person_of

    person = person_of(entry, groups, directory.settings)
    if person is None:
        raise click.ClickException("The directory shows neither entryUUID nor objectGUID, and the DN is too long.")
    click.echo(f"Known for good by: {person.subject}")
    click.echo(f"Username of a new account: {person.username}")
    click.echo(f"Name: {f'{person.first_name} {person.last_name}'.strip()}")
    click.echo(f"E-mail address, by which an account is linked: {person.email or 'none'}")
    click.echo(f"Groups: {'; '.join(sorted(groups)) or 'none'}")
    click.echo(f"Role: {person.role or 'is given in the chat'}")
    if not directory.may_sign_in(groups):
        raise click.ClickException(f"May not sign in: not in the group {directory.settings.required_group}.")
    click.echo("May sign in, with the password of the directory.")
