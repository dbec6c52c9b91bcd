"""What waits to be stored has a limit. Beyond it senders are refused at once, and nothing else is."""

from pathlib import Path

from chatapp import close_app, create_app
from chatapp.errors import Unavailable
from chatapp.journal import StoredMessage
from tests.actions.conftest import JournalHarness

MOST_BYTES = 1_048_576
LARGE = "x" * 60_000


def test_a_full_journal_refuses_messages_with_the_time_to_wait_and_takes_them_later(url: str, tmp_path: Path) -> None:
    settings = {"instance": tmp_path, "database_url": url, "sign_in": "username", "async_mode": "threading"}
    app = create_app({**settings, "journal_bytes": MOST_BYTES})
    try:
        harness = JournalHarness(app)
        group = harness.group("alice", "bob")
        outcomes = harness.send_together(*(harness.draft("alice", group, LARGE) for _ in range(20)))
        refused = [one for one in outcomes if isinstance(one, Unavailable)]
        assert all(isinstance(one, StoredMessage) for one in outcomes[: MOST_BYTES // 62_000])
        assert len(refused) == 20 - MOST_BYTES // (60_000 + 1_024)
        assert {(one.code, one.status, one.details["reason"]) for one in refused} == {("unavailable", 503, "full")}
        assert all(one.details["retryAfter"] > 0 for one in refused)
        assert len(harness.stored(int(group))) == 20 - len(refused)
        (after,) = harness.send_all(harness.draft("alice", group, LARGE))
        assert isinstance(after, StoredMessage)
    finally:
        close_app(app)


def test_room_is_made_by_each_transaction(harness: JournalHarness) -> None:
    group = harness.group("alice", "bob")
    queue = harness.journal._drafts
    assert queue._most_bytes == 67_108_864
    harness.send_together(*(harness.draft("alice", group, "hello") for _ in range(3)))
    assert (len(queue), queue._bytes) == (0, 0)
