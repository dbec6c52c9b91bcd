"""What ends a command or a start, in a sentence for whoever began it."""

from sqlalchemy.exc import OperationalError

from chatapp.backup.errors import BackupFailed
from chatapp.config import BadSetting
from chatapp.errors import ChatError
from chatapp.journal.disk_errors import ADVICE, disk_reason


def sentence_of(error: Exception) -> str | None:
    """What the user did or can mend; None for a fault of ours, which keeps its traceback."""
    if isinstance(error, BadSetting | BackupFailed):
        return str(error)
    if isinstance(error, ChatError):
        return error.message
    # What SQLite says to the first statements of a connection reaches us as it is.
    reason = disk_reason(error)
    if isinstance(error, OperationalError) or reason is not None:
        said = str(getattr(error, "orig", error)).splitlines()[0]
        return f"The database cannot be used: {said}. See CHATAPP_DATABASE_URL.{ADVICE.get(reason or '', '')}"
    return None
