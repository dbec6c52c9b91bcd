"""`chatapp jobs`: what is done in the background."""

import click

from chatapp.commands.installation import installation, minute

MOST_SHOWN = 1_000


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(context: click.Context) -> None:
    """List what is done in the background: kind, waiting, running, failed for good, when the next one is due."""
    from chatapp.jobs.dead_letters import counts

    if context.invoked_subcommand is not None:
        return
    with installation():
        for one in counts():
            due = minute(one.next_due_at) if one.next_due_at is not None else ""
            states = (f"{one.waiting} waiting", f"{one.running} running", f"{one.failed} failed")
            click.echo("\t".join([one.kind, *states, due]).rstrip())


@jobs.command("failed")
def list_failed() -> None:
    """List jobs that have failed for good, the newest first: id, kind, attempts, when it failed, why."""
    from chatapp.jobs.dead_letters import dead_letters

    with installation():
        for one in dead_letters(MOST_SHOWN):
            click.echo("\t".join([str(one.id), one.kind, str(one.attempts), minute(one.failed_at), one.error]))


@jobs.command("retry")
@click.argument("job_id", metavar="[ID]", type=int, required=False)
@click.option("--all", "are_all", is_flag=True, help="All that have failed for good.")
def retry_job(job_id: int | None, are_all: bool) -> None:
    """Try a failed job again, with all its attempts. A running server begins at once."""
    from chatapp.jobs.dead_letters import retry

    if are_all == (job_id is not None):
        raise click.UsageError("Say the ID of a job, or --all.")
    with installation() as app:
        count = retry(app.extensions["chatapp.journal"], job_id)
    click.echo("1 job is tried again." if count == 1 else f"{count} jobs are tried again.")


@jobs.command("forget")
@click.argument("job_id", metavar="ID", type=int)
def forget_job(job_id: int) -> None:
    """Delete a failed job."""
    from chatapp.jobs.dead_letters import forget

    with installation() as app:
        forget(app.extensions["chatapp.journal"], job_id)
    click.echo(f"Job {job_id} is forgotten.")
