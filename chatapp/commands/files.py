"""`chatapp files`: the files of messages, for an operator."""

import click

from chatapp.commands.installation import installation


@click.group()
def files() -> None:
    """Check the files of messages, and delete what nothing has."""


@files.command()
@click.option("--read", "reads", is_flag=True, help="Read every byte and compare it with its hash.")
def check(reads: bool) -> None:
    """Compare what messages have with what is stored. Lists what is missing or damaged; then the exit status is 1."""
    from chatapp.actions.file_inventory import count_blobs, problems

    with installation() as app:
        found = 0
        for problem in problems(app.extensions["chatapp.files"], reads=reads):
            click.echo(f"{problem.kind}\t{problem.key}")
            found += 1
        count = count_blobs()
    stored = "1 file is" if count == 1 else f"{count:,} files are"
    if found:
        raise click.ClickException(f"{stored} known, and {found:,} stored things are missing or damaged.")
    click.echo(f"{stored} known, and everything is stored.")


@files.command()
def sweep() -> None:
    """Delete expired uploads, and stored bytes that nothing has. A server may run meanwhile."""
    from chatapp.actions.file_inventory import sweep as sweep_files

    with installation() as app:
        swept = sweep_files(app.extensions["chatapp.journal"], app.extensions["chatapp.files"])
    click.echo(
        f"Deleted: {swept.uploads:,} expired uploads, {swept.blobs:,} released files, {swept.keys:,} unknown files, "
        f"{swept.partial_files:,} partial files."
    )
