"""One installation for the whole folder. Its log must hold no exception at the end."""

from collections.abc import Callable, Iterator

import pytest

from tests.databases import Databases
from tests.realtime.wire import Wire
from tests.security.installation import SignedIn, start_installation
from tests.servers import Server


@pytest.fixture(scope="package")
def installation(sqlite_only: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = start_installation(tmp_path_factory.mktemp("installation"), sqlite_only)
    yield started
    assert started.stop() == 0, started.log
    assert "Traceback" not in started.log, started.log


@pytest.fixture
def signed_in(installation: Server) -> Iterator[Callable[[str], SignedIn]]:
    found: list[SignedIn] = []

    def sign_in(username: str) -> SignedIn:
        found.append(SignedIn(installation, username))
        return found[-1]

    yield sign_in
    for one in found:
        one.http.close()


@pytest.fixture
def wire() -> Iterator[Callable[[SignedIn], Wire]]:
    opened: list[Wire] = []

    def connect(person: SignedIn) -> Wire:
        opened.append(Wire(person.server, person.token).joined())
        return opened[-1]

    yield connect
    for one in opened:
        one.close()
