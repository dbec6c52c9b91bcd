"""Browser storage that is missing, refused, late or full: the page works, warns, and loses as little as possible."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.web.page_scripts import FILES_STORED, UNSENT_MESSAGES_STORED
from tests.web.people import Person, bubble, composer, texts, tick, wait_until, write
from tests.web.sent_files import attach, attached, noise
from tests.web.server import ApiUser

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

SENTENCE = "Without storage, unsent messages will not survive a reload."

MISSING = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
REFUSING = """
    indexedDB.open = () => { throw new DOMException('A mutation operation was attempted', 'InvalidStateError'); };
    for (const name of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, name, { get() { throw new DOMException('Access is denied', 'SecurityError'); } });
    }
    window.BroadcastChannel = class { constructor() { throw new DOMException('Access is denied', 'SecurityError'); } };
"""


def upgrade(person: Person) -> None:
    """Upgrades the database as a newer version of the page does. This version cannot open it any more."""
    page = blank_page(person)
    page.evaluate("""() => new Promise(done => {
        indexedDB.open(window.databaseName, 2).onsuccess = (event) => { event.target.result.close(); done(); };
    })""")
    page.close()


def block(person: Person) -> Page:
    """Opens a tab that creates the database and does not finish before `unblock`."""
    page = blank_page(person)
    page.evaluate("""() => new Promise(done => {
        const request = indexedDB.open(window.databaseName, 1);
        request.onupgradeneeded = () => {
            const database = request.result;
            database.createObjectStore('outbox', { keyPath: 'clientId' }).createIndex('owner', 'owner');
            database.createObjectStore('drafts');
            const store = database.createObjectStore('seen');
            const go = () => { if (!window.isOver) store.get(['', '']).onsuccess = go; };
            go();
            done();
        };
        request.onsuccess = () => request.result.close();
    })""")
    return page


def occupy(person: Person) -> Page:
    """Opens a tab whose transaction holds the whole database until `unblock`."""
    page = blank_page(person)
    page.evaluate("""() => new Promise(done => {
        indexedDB.open(window.databaseName).onsuccess = (event) => {
            const transaction = event.target.result.transaction(['outbox', 'drafts', 'seen'], 'readwrite');
            const store = transaction.objectStore('seen');
            const go = () => { if (!window.isOver) store.get(['', '']).onsuccess = () => { go(); done(); }; };
            go();
        };
    })""")
    return page


def unblock(other: Page) -> None:
    other.evaluate("window.isOver = true")


def blank_page(person: Person) -> Page:
    """Opens a page of the same origin that has no script of its own."""
    page = person.context.new_page()
    page.goto(f"{person.server.url}manifest.webmanifest")
    installation = re.search(r'"installation":\s*"([^"]+)"', requests.get(person.server.url, timeout=5).text)
    assert installation is not None
    page.evaluate(f"() => {{ window.databaseName = 'chatapp-{installation[1]}'; }}")
    return page


def refuse(script: str) -> Callable[[Person], None]:
    return lambda person: person.context.add_init_script(script)


@pytest.mark.slow
@pytest.mark.parametrize(
    "break_storage",
    [refuse(MISSING), refuse(REFUSING), upgrade, block],
    ids=["missing", "refusing", "failing", "never answering"],
)
def test_without_storage_the_page_works_and_warns_of_losses(
    new_person: NewPerson, new_api_user: NewApiUser, break_storage: Callable[[Person], Any]
) -> None:
    alice, bob = new_person(), new_api_user()
    break_storage(alice)
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    write(page, "said without storage")
    expect(tick(page, "said without storage")).to_have_attribute("aria-label", "Stored")
    alice.context.set_offline(True)
    write(page, "said without storage or network")
    expect(tick(page, "said without storage or network")).to_have_attribute("aria-label", "Sending")
    alice.context.set_offline(False)
    expect(tick(page, "said without storage or network")).to_have_attribute("aria-label", "Stored", timeout=15_000)
    assert bob.messages(alice.username) == ["said without storage", "said without storage or network"]
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Dark").check()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_working_storage_shows_no_warning(new_person: NewPerson) -> None:
    page = new_person().open("#/u/alice")
    write(page, "kept")
    page.wait_for_timeout(1_000)
    expect(page.get_by_text(SENTENCE)).to_have_count(0)


@pytest.mark.slow
def test_without_storage_a_draft_survives_the_end_of_a_session(new_person: NewPerson) -> None:
    person = new_person()
    refuse(REFUSING)(person)
    page = person.open("#/u/bob")
    composer(page).fill("not sent yet")
    csrf = next(cookie["value"] for cookie in person.context.cookies() if cookie["name"] == "XSRF-TOKEN")
    assert person.context.request.post(f"{person.server.url}logout", headers={"X-XSRF-TOKEN": csrf}).ok
    expect(page.get_by_text("Your session has ended.")).to_be_visible(timeout=15_000)
    page.get_by_label("Find your name").fill(person.username)
    page.locator("li", has=page.get_by_text(f"@{person.username}", exact=True)).get_by_role("button").click()
    expect(composer(page)).to_have_value("not sent yet")


@pytest.mark.slow
def test_a_message_written_before_storage_opens_is_stored_afterwards(new_person: NewPerson) -> None:
    person = new_person()
    other = block(person)
    page = person.open("#/u/alice")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    person.context.set_offline(True)
    write(page, "written while blocked")
    unblock(other)
    expect(page.get_by_text(SENTENCE)).to_have_count(0)
    page.wait_for_function(UNSENT_MESSAGES_STORED, arg=1)
    page.close()
    person.context.set_offline(False)
    page = person.open("#/u/alice")
    expect(tick(page, "written while blocked")).to_have_attribute("aria-label", "Stored")


@pytest.mark.slow
def test_a_stored_message_is_sent_when_storage_opens_late(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    person, receiver = new_person(), new_api_user()
    page = person.open(f"#/u/{receiver.username}")
    person.context.set_offline(True)
    write(page, "kept earlier")
    page.wait_for_function(UNSENT_MESSAGES_STORED, arg=1)
    page.close()
    person.context.set_offline(False)
    other = occupy(person)
    page = person.open(f"#/u/{receiver.username}")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    write(page, "written now")
    expect(tick(page, "written now")).to_have_attribute("aria-label", "Stored")
    assert texts(page) == ["written now"]
    unblock(other)
    expect(tick(page, "kept earlier")).to_have_attribute("aria-label", "Stored")
    expect(page.get_by_text(SENTENCE)).to_have_count(0)
    assert receiver.messages(person.username) == ["written now", "kept earlier"]


@pytest.mark.slow
def test_a_pending_sign_out_is_completed_when_storage_opens_late(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open()
    person.context.set_offline(True)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.close()
    person.context.set_offline(False)
    other = occupy(person)
    page = person.open()
    unblock(other)
    expect(page.get_by_text("Pick your name")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Pick your name")).to_be_visible()


@pytest.mark.slow
def test_a_full_disk_shows_a_warning_and_messages_are_stored_once_there_is_room(new_person: NewPerson) -> None:
    person = new_person()
    disk = person.context.new_cdp_session(blank_page(person))
    origin = person.server.url.rstrip("/")
    disk.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    page = person.open("#/u/alice")
    person.context.set_offline(True)
    write(page, "written on a full disk")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    disk.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    composer(page).fill("half a sentence")
    expect(page.get_by_text(SENTENCE)).to_have_count(0)
    page.wait_for_function(UNSENT_MESSAGES_STORED, arg=1)
    page.close()
    person.context.set_offline(False)
    page = person.open("#/u/alice")
    expect(tick(page, "written on a full disk")).to_have_attribute("aria-label", "Stored")
    expect(composer(page)).to_have_value("half a sentence")


@pytest.mark.slow
def test_storage_deleted_by_the_browser_is_reopened(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    write(page, "before")
    cdp = person.context.new_cdp_session(page)
    cdp.send("Storage.clearDataForOrigin", {"origin": person.server.url.rstrip("/"), "storageTypes": "indexeddb"})
    person.context.set_offline(True)
    write(page, "after")
    page.wait_for_function(UNSENT_MESSAGES_STORED, arg=1)
    page.close()
    person.context.set_offline(False)
    page = person.open("#/u/alice")
    expect(tick(page, "after")).to_have_attribute("aria-label", "Stored")
    expect(bubble(page, "before")).to_be_visible()


@pytest.mark.slow
def test_attached_files_are_shown_as_soon_as_their_bytes_can_be_read(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    attach(page, noise(1_000, "attached.bin"))
    wait_until(page, FILES_STORED, [1, 1_000])
    page.close()
    page = person.context.new_page()
    page.add_init_script("""
        window.isBroken = true;
        const read = IDBObjectStore.prototype.getAll;
        IDBObjectStore.prototype.getAll = function (...words) {
            if (isBroken && this.name === "files") throw new DOMException("failed", "UnknownError");
            return read.apply(this, words);
        };
    """)
    page.goto(f"{person.server.url}#/u/alice")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    expect(page.locator(".chat[data-connection=connected]")).to_be_visible()
    expect(attached(page)).to_have_count(0)
    page.evaluate("isBroken = false")
    composer(page).fill("storage writes")
    expect(attached(page)).to_contain_text("attached.bin")
    expect(page.get_by_text(SENTENCE)).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "store"), [("IDBObjectStore", "trays"), ("IDBIndex", "owner")])
def test_files_are_kept_while_it_cannot_be_read_what_uses_them(new_person: NewPerson, reader: str, store: str) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    person.context.set_offline(True)
    attach(page, noise(2_000, "unsent.bin"))
    write(page, "with a file")
    attach(page, noise(1_000, "attached.bin"))
    wait_until(page, FILES_STORED, [2, 3_000])
    page.close()
    person.context.set_offline(False)
    page = person.context.new_page()
    page.route("**/uploads*", lambda route: route.abort())
    page.add_init_script(f"""
        const read = {reader}.prototype.getAll;
        {reader}.prototype.getAll = function (...words) {{
            if (this.name === "{store}") throw new DOMException("failed", "UnknownError");
            return read.apply(this, words);
        }};
    """)
    page.goto(f"{person.server.url}#/u/alice")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    expect(page.locator(".chat[data-connection=connected]")).to_be_visible()
    page.wait_for_timeout(1_000)
    wait_until(page, FILES_STORED, [2, 3_000])
    page.close()
    page = person.open("#/u/alice")
    expect(attached(page)).to_contain_text("attached.bin")
    expect(tick(page, "with a file")).to_have_attribute("aria-label", "Stored")
