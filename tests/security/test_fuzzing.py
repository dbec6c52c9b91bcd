"""A short run of what `make security` does for minutes: no server error, no hang, no leak, and documented answers."""

from collections.abc import Callable

import pytest

from chatapp.realtime.namespace import EVENTS
from tests.security.event_payloads import FORBIDDEN, OWN, VALID
from tests.security.figures import Figures
from tests.security.http_run import HttpRun
from tests.security.installation import SignedIn
from tests.security.socket_run import SocketRun
from tests.servers import Server

SEED = 1
SignIn = Callable[[str], SignedIn]


@pytest.mark.slow
@pytest.mark.parametrize("username", ["member", "admin"])
def test_every_operation_answers_any_request_as_the_document_says(
    installation: Server, signed_in: SignIn, username: str
) -> None:
    run = HttpRun(installation, Figures())
    run.run([signed_in(username)], 1, SEED)
    operations = sum(map(len, run.document["paths"].values()))
    assert len(run.figures.subjects) == operations > 80
    assert run.figures.failures == []


def test_every_event_has_an_entry() -> None:
    assert set(VALID) == set(EVENTS)
    assert not set(FORBIDDEN) & set(OWN)


@pytest.mark.slow
def test_every_event_answers_any_payload(installation: Server, signed_in: SignIn) -> None:
    run = SocketRun(signed_in("member"), Figures())
    run.run(6, SEED)
    run.close()
    assert run.figures.subjects == set(EVENTS)
    assert run.figures.failures == []


@pytest.mark.parametrize(("order", "cursor"), [("relevance", "1-1-1"), ("newest", "1")])
def test_a_cursor_of_another_order_is_refused(signed_in: SignIn, order: str, cursor: str) -> None:
    """`make security` found this."""
    member = signed_in("member")
    query = {"q": "tried", "order": order, "cursor": cursor}
    answer = member.http.get(member.server.http + "/search", params=query, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_input")
