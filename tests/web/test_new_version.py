"""A browser that has a version installed, and messages that are not sent, meets a server of the next version."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Page, expect

from tests.servers import ROOT
from tests.web.page_scripts import UNSENT_MESSAGES_STORED
from tests.web.people import Person, bubble, composer, texts, tick, wait_connected, wait_until, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]

STORES = 'database.createObjectStore("files");'
CHANGES = {
    "indexeddb.js": {"const VERSION = 2;": "const VERSION = 3;", STORES: "if (oldVersion < 2) addFiles(database);"},
    "service-worker.js": {"const PATIENCE_MILLISECONDS = 4_000;": "const PATIENCE_MILLISECONDS = 4_500;"},
}
"""What the next version changes: the version of the page's database, and the service worker."""
ADDED = """
/** @param {IDBDatabase} database */
function addFiles(database) {
  database.createObjectStore("trays");
  database.createObjectStore("files");
}
"""
START = """
import sys

sys.path.insert(0, {folder!r})
from chatapp.cli import main

main(["serve", "--demo", "20"])
"""
ASSETS = "JSON.parse(document.getElementById('settings').textContent).assets"


@pytest.fixture(scope="module")
def next_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package whose client has changed."""
    folder = tmp_path_factory.mktemp("next")
    package = folder / "chatapp"
    shutil.copytree(ROOT / "chatapp", package, ignore=shutil.ignore_patterns("node_modules"))
    os.symlink(ROOT / "chatapp" / "web" / "node_modules", package / "web" / "node_modules")
    for name, changes in CHANGES.items():
        path = package / "web" / "static" / "js" / name
        text = path.read_text()
        for before, after in changes.items():
            assert before in text, before
            text = text.replace(before, after)
        path.write_text(text)
    _add_stores(package / "web" / "static" / "js" / "indexeddb.js")
    _bundle_of(package).build()
    return folder


def _add_stores(path: Path) -> None:
    """A database of version 1 gets the stores of 2; one of 2 gets one more."""
    text = path.read_text().replace('  database.createObjectStore("trays");\n', "", 1)
    more = 'addFiles(database);\n  database.createObjectStore("more");'
    path.write_text(text.replace("addFiles(database);", more) + ADDED)


def _bundle_of(package: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("next_bundle", package / "web" / "bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def servers(make_server: Callable[..., Server], next_version: Path) -> Iterator[tuple[Server, Server]]:
    """A server of this version, which runs, and one of the next with the same data and addresses, which does not."""
    old = make_server(users=20)
    ports = {name: old.environment[f"CHATAPP_{name}"] for name in ("HTTP_PORT", "WS_PORT")}
    new = Server(old.instance, **ports)
    new.command = [sys.executable, "-c", START.format(folder=str(next_version))]
    yield old, new
    if new.process is not None:
        new.stop()


def version_of(page: Page) -> str:
    return str(page.evaluate(ASSETS))


def with_installed_page(new_person: NewPerson, server: Server) -> Person:
    """A person whose browser opens the page without a network."""
    person = new_person("user1", server, service_workers="allow")
    page = person.open("#/u/user2")
    wait_until(page, "async () => (await navigator.serviceWorker.ready).active?.state === 'activated'")
    page.reload()
    wait_connected(page)
    return person


@pytest.mark.slow
def test_the_next_version_sends_what_an_installed_page_has_left(
    new_person: NewPerson, servers: tuple[Server, Server]
) -> None:
    old, new = servers
    person = with_installed_page(new_person, old)
    page, former = person.page, version_of(person.page)
    old.stop()
    unsent = [f"unsent {number}" for number in range(1, 4)]
    write(page, *unsent)
    composer(page).fill("half a thought")
    expect(tick(page, "unsent 3")).to_have_accessible_name("Sending")
    wait_until(page, UNSENT_MESSAGES_STORED, len(unsent))
    page.reload()
    expect(bubble(page, "unsent 3")).to_be_visible()
    assert version_of(page) == former, "the installed page has opened without a server"
    page.close()

    new.start()
    page = person.open("#/u/user2")
    assert version_of(page) != former
    expect(tick(page, "unsent 3")).to_have_accessible_name("Stored")
    expect(composer(page)).to_have_value("half a thought")
    assert texts(page) == unsent
    assert ApiUser(new, "user2").messages("user1") == unsent
    one = f"async () => (await caches.keys()).join() === 'shell-' + '{version_of(page)}'.split('/').at(-2)"
    wait_until(page, one)
    person.context.set_offline(True)
    page.reload()
    expect(bubble(page, "unsent 3")).to_be_visible()
    assert version_of(page) != former
    person.context.set_offline(False)


@pytest.mark.slow
def test_a_tab_of_the_former_version_beside_the_next_one_sends_nothing_twice(
    new_person: NewPerson, servers: tuple[Server, Server]
) -> None:
    old, new = servers
    person = with_installed_page(new_person, old)
    before, former = person.page, version_of(person.page)
    old.stop()
    unsent = [f"unsent {number}" for number in range(1, 4)]
    write(before, *unsent)
    wait_until(before, UNSENT_MESSAGES_STORED, len(unsent))

    new.start()
    page = person.open("#/u/user2")
    assert version_of(page) != former == version_of(before)
    for tab in (before, page):
        expect(tick(tab, "unsent 3")).to_have_accessible_name("Stored")
    write(before, "from the former version")
    expect(bubble(page, "from the former version")).to_be_visible()
    write(page, "from the next version")
    expect(bubble(before, "from the next version")).to_be_visible()
    expected = [*unsent, "from the former version", "from the next version"]
    assert ApiUser(new, "user2").messages("user1") == expected
    assert texts(page) == texts(before) == expected
