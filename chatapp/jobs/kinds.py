"""Everything that is done in the background, by kind."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chatapp.actions import digest_sending, file_jobs, mail_sending, preview_lookup, scheduled_backups
from chatapp.actions.removal_steps import REMOVAL
from chatapp.actions.retention_sweep import DELETED_GROUPS, SWEEP
from chatapp.actions.scheduled_sending import SCHEDULED_MESSAGE
from chatapp.jobs.dead_letters import forget_old
from chatapp.jobs.kind import Kind, Services
from chatapp.push import jobs as push


def _forget_old_dead_letters(services: Services, _payload: Mapping[str, Any]) -> None:
    services.journal.write(forget_old, durable=False)


KINDS: tuple[Kind, ...] = (
    SCHEDULED_MESSAGE,
    mail_sending.SENDING,
    *digest_sending.KINDS,
    REMOVAL,
    SWEEP,
    DELETED_GROUPS,
    file_jobs.DELETE,
    file_jobs.EXPIRE,
    preview_lookup.LOOK_UP,
    preview_lookup.FORGET,
    *scheduled_backups.KINDS,
    *push.KINDS,
    Kind("dead_letters", _forget_old_dead_letters, every=timedelta(days=1)),
)
"""All kinds. A job of another kind, as a later version may have left it, waits."""
