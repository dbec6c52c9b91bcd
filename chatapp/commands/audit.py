"""`chatapp audit`: the audit log."""

import click

from chatapp.commands.installation import installation, minute


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Print a JSON object a line, with all details.")
@click.option("--after", default=0, type=click.IntRange(0), help="Begin after the line of this number.")
def audit(is_json: bool, after: int) -> None:
    """Print the audit log: who did what of note, when and from where. Nothing can change or delete its lines."""
    import json
    from dataclasses import asdict

    from chatapp.actions.audit import lines_after
    from chatapp.clock import to_iso

    with installation():
        for line in lines_after(after):
            if is_json:
                click.echo(json.dumps({**asdict(line), "at": to_iso(line.at)}, ensure_ascii=False))
                continue
            who = line.actor or "(operator)"
            details = ", ".join(f"{name} {value}" for name, value in line.details.items())
            columns = [str(line.id), minute(line.at), line.kind, who, line.target, line.address, details]
            click.echo("\t".join(columns).rstrip())
