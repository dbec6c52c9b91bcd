"""One person's flood is refused, and others chat on."""

from pathlib import Path

import pytest

from tests.databases import Databases
from tests.security.flood import run_flood
from tests.security.installation import start_installation


@pytest.mark.slow
def test_a_flood_is_refused_and_every_message_of_others_arrives(sqlite_only: Databases, tmp_path: Path) -> None:
    limits = {"CHATAPP_REQUEST_RATE": 10, "CHATAPP_EVENT_RATE": 100, "CHATAPP_SIGN_IN_LIMIT": "1 per minute"}
    server = start_installation(tmp_path / "instance", sqlite_only, **limits)
    figures = run_flood(server, 3)
    assert server.stop() == 0, server.log
    for kind in ("requests", "events", "sign-ins"):
        assert 0 < figures.counts[f"refused {kind}"] < figures.counts[kind], figures
    assert figures.counts["without Retry-After"] == 0
    assert figures.flooded.messages > 20, figures
    assert "Traceback" not in server.log, server.log
