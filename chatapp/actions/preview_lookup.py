"""The background work of previews: looking links up, and forgetting what no message shows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chatapp.actions.link_previews import fetch_previews
from chatapp.actions.preview_pictures import forget_unused
from chatapp.jobs.kind import Again, Kind, Services
from chatapp.journal import preview_jobs

REST_SECONDS = 1.0
"""Time for others between two transactions that forget."""


def _look_up(services: Services, payload: Mapping[str, Any]) -> None:
    if services.settings.link_previews:
        fetch_previews(services.journal, payload["conversationId"], payload["sequence"])


def _forget(services: Services, _payload: Mapping[str, Any]) -> Again | None:
    return Again(REST_SECONDS) if forget_unused(services.journal) else None


LOOK_UP = Kind(preview_jobs.KIND, _look_up, most_attempts=3, time_limit_seconds=180.0, at_once=2)
FORGET = Kind("unused_previews", _forget, every=timedelta(hours=1))
