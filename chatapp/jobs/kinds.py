"""Everything that is done in the background, by kind."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chatapp.actions.link_previews import fetch_previews
from chatapp.actions.preview_pictures import forget_unused
from chatapp.jobs.dead_letters import forget_old
from chatapp.jobs.kind import Again, Kind, Services
from chatapp.journal import preview_jobs


def _forget_old_dead_letters(services: Services, _payload: Mapping[str, Any]) -> None:
    services.journal.write(forget_old, durable=False)


def _look_up_links(services: Services, payload: Mapping[str, Any]) -> None:
    if services.settings.link_previews:
        fetch_previews(services.journal, payload["conversationId"], payload["sequence"])


def _forget_unused_previews(services: Services, _payload: Mapping[str, Any]) -> Again | None:
    return Again(1.0) if forget_unused(services.journal) else None


KINDS: tuple[Kind, ...] = (
    Kind("dead_letters", _forget_old_dead_letters, every=timedelta(days=1)),
    Kind(preview_jobs.KIND, _look_up_links, most_attempts=3, time_limit_seconds=180.0, at_once=2),
    Kind("unused_previews", _forget_unused_previews, every=timedelta(hours=1)),
)
"""All kinds. A job of another kind, as a later version may have left it, waits."""
