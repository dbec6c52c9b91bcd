"""What goes wrong with backups."""


class BackupFailed(Exception):
    """A backup cannot be made, read or restored. The text is a sentence for the operator and holds no secret."""
