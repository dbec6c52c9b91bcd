"""One browser for all tests and one server for most. Each test takes unused users."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from chatapp.web import vendor
from tests.web.browser import FLAGS, chromium_path
from tests.web.people import Person, names
from tests.web.server import ApiUser, Server, running

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
DESKTOP = {"width": 1280, "height": 800}
EXPECT_MILLISECONDS = 15_000


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    assert vendor.is_complete(), "The client has not been built: run `make setup`."
    expect.set_options(timeout=EXPECT_MILLISECONDS)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def make_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Starts servers; all of them are stopped after the module's tests. One that only waits takes CPU, too."""
    with contextlib.ExitStack() as started:

        def make(users: int | None = 0, **settings: Any) -> Server:
            return started.enter_context(running(tmp_path_factory.mktemp("instance"), users, **settings))

        yield make


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("instance"), 500) as started:
        yield started


@pytest.fixture(scope="session")
def unused(server: Server) -> Iterator[str]:
    return names()


@pytest.fixture
def new_person(browser: Browser, server: Server, unused: Iterator[str]) -> Iterator[Callable[..., Person]]:
    """Makes users with a browser, signed in. Fails at the end if a page logged an error or a warning."""
    people: list[Person] = []

    def make(username: str | None = None, at: Server = server, *, signed_in: bool = True, **options: Any) -> Person:
        options = {
            "viewport": DESKTOP,
            "locale": "en-GB",
            "reduced_motion": "reduce",
            "service_workers": "block",
            **options,
        }
        person = Person(browser.new_context(**options), at, username or next(unused))
        people.append(person)
        if signed_in:
            person.sign_in()
        return person

    yield make
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        person.context.close()
    assert complaints == []


@pytest.fixture
def new_api_user(server: Server, unused: Iterator[str]) -> Callable[..., ApiUser]:
    """Makes users without a browser."""
    return lambda username=None: ApiUser(server, username or next(unused))
