"""Files of unsent messages: without a network, over reloads, a killed server, a bad network and several tabs."""

import random
import re
from collections.abc import Callable, Iterator
from hashlib import sha256 as new_sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.web.cut_network import CutNetwork
from tests.web.page_scripts import FILES_STORED
from tests.web.people import Person, bubble, texts, wait_until, write
from tests.web.sent_files import attach, attached, files_of, noise, picture, sha256, text
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
Behind = Callable[[float], CutNetwork]

LARGE_BYTES = 30_000_000
"""A file that takes several cuts of the network."""

BYTES_A_SECOND = 4_000_000


@pytest.fixture(scope="module")
def own_server(make_server: Callable[..., Server]) -> Server:
    """A server of this module's own, which its tests kill and put behind a bad network."""
    return make_server(users=20, one_port=True)


@pytest.fixture
def behind(own_server: Server) -> Iterator[Behind]:
    """Makes networks in front of the server of this module, by after how many seconds they are cut each time."""
    made: list[CutNetwork] = []

    def make(seconds: float) -> CutNetwork:
        port = int(own_server.environment["CHATAPP_HTTP_PORT"])
        made.append(CutNetwork(port, seconds=seconds, bytes_a_second=BYTES_A_SECOND))
        return made[-1]

    yield make
    for network in made:
        network.close()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file that nothing can compress. A browser reads it from the disk."""
    file = tmp_path / "large.bin"
    file.write_bytes(random.Random(1).randbytes(LARGE_BYTES))
    return file


class Held:
    """Holds back the bytes of files, until they are let through."""

    def __init__(self, page: Page) -> None:
        self.routes: list[Route] = []
        self.methods: list[str] = []
        self.is_holding = True
        page.route("**/uploads/*", self._hear)

    def release(self) -> None:
        self.is_holding = False
        for route in self.routes:
            route.continue_()

    def _hear(self, route: Route) -> None:
        self.methods.append(route.request.method)
        if self.is_holding and route.request.method == "PATCH":
            self.routes.append(route)
        else:
            route.continue_()


@pytest.mark.slow
def test_a_file_has_a_progress_bar_and_can_be_taken_back_and_so_can_the_message(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    held = Held(page)
    attach(page, noise(50_000, "one.bin"), noise(50_000, "two.bin"))
    write(page, "two files")
    expect(page.get_by_role("progressbar", name="Sending one.bin")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(2)
    wait_for(page, lambda: len(held.routes) == 2)
    page.get_by_role("button", name="Do not send one.bin").click()
    expect(page.get_by_role("progressbar")).to_have_count(1)
    wait_for(page, lambda: "DELETE" in held.methods)
    held.release()
    expect(page.locator(".tick-sending")).to_have_count(0)
    reader = ApiUser(bob.server, bob.username)
    assert [one["name"] for one in files_of(reader, alice.username)] == ["two.bin"]

    held = Held(page)
    attach(page, noise(50_000, "three.bin"))
    write(page, "never mind")
    wait_for(page, lambda: len(held.routes) == 1)
    write(page, "sent after it")
    page.get_by_role("button", name="Do not send three.bin").click()
    # It has a text, which is left.
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert reader.messages(alice.username) == ["two files", "never mind", "sent after it"]
    assert ApiUser(alice.server, alice.username).request("GET", "uploads")["limits"]["usedBytes"] == 50_000
    wait_until(page, FILES_STORED, [0, 0])


@pytest.mark.slow
def test_a_text_waits_for_the_file_before_it_and_other_conversations_do_not(new_person: NewPerson) -> None:
    alice, bob, carol = new_person(), new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    held = Held(page)
    attach(page, picture())
    write(page, "first the picture")
    write(page, "then the text")
    wait_for(page, lambda: len(held.routes) == 1)
    page.goto(f"{alice.server.url}#/u/{carol.username}")
    write(page, "to somebody else")
    expect(page.locator(".tick-sending")).to_have_count(0)
    reader = ApiUser(bob.server, bob.username)
    assert reader.messages(alice.username) == []
    held.release()
    page.goto(f"{alice.server.url}#/u/{bob.username}")
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert reader.messages(alice.username) == ["first the picture", "then the text"]


@pytest.mark.slow
def test_files_that_are_sent_offline_go_out_in_order_with_the_network(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page, theirs = alice.open(f"#/u/{bob.username}"), bob.open(f"#/u/{alice.username}")
    expect(page.get_by_role("button", name="Attach files")).to_be_visible()
    alice.context.set_offline(True)
    expect(page.locator(".banner")).to_contain_text("You are offline")
    write(page, "before")
    attach(page, picture(), text())
    write(page, "two files")
    write(page, "after")
    expect(page.get_by_role("progressbar")).to_have_count(2)
    alice.context.set_offline(False)
    expect(bubble(theirs, "after")).to_be_visible()
    assert texts(theirs) == ["before", "two files", "after"]
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 2


@pytest.mark.slow
def test_unsent_files_survive_closing_the_tab(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    file = noise(400_000)
    Held(page)
    attach(page, file)
    write(page, "kept")
    expect(page.get_by_role("progressbar")).to_be_visible()
    wait_until(page, FILES_STORED, [1, 400_000])
    page.close()
    page = alice.open(f"#/u/{bob.username}")
    expect(page.locator(".tick-sending")).to_have_count(0)
    reader = ApiUser(bob.server, bob.username)
    assert [reader.hash_of(one) for one in files_of(reader, alice.username)] == [sha256(file)]
    wait_until(page, FILES_STORED, [0, 0])


@pytest.mark.slow
def test_another_tab_shows_the_progress_and_takes_over_when_the_first_is_closed(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    first = alice.open(f"#/u/{bob.username}")
    held = Held(first)
    second = alice.open(f"#/u/{bob.username}")
    patches: list[Request] = []
    second.on("request", lambda request: patches.append(request) if request.method == "PATCH" else None)
    attach(first, noise(300_000))
    write(first, "from the first")
    wait_for(first, lambda: len(held.routes) == 1)
    expect(second.get_by_role("progressbar")).to_be_visible()
    second.wait_for_timeout(3_000)
    assert patches == [], "the first tab sends"
    # A request that is only held back may still leave the browser when its tab is closed.
    held.routes[0].abort()
    first.close()
    expect(second.locator(".tick-sending")).to_have_count(0)
    assert len(patches) == 1
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 1


@pytest.mark.slow
def test_a_restart_of_the_server_goes_on_from_what_it_has(
    new_person: NewPerson, own_server: Server, behind: Behind, large: Path
) -> None:
    alice, network = new_person("user0", own_server), behind(1_000)
    page = open_behind(alice, network, "#/u/user1")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if "/uploads" in request.url else None)
    page.locator("#composer-files").set_input_files(large)
    expect(attached(page)).to_have_count(1)
    write(page, "through a restart")
    expect(page.locator(".unsent-progress small")).to_have_text(re.compile(r"[2-7]\d%"), timeout=30_000)
    own_server.kill()
    expect(page.locator(".banner")).to_contain_text("Connection lost")
    own_server.start()
    expect(page.locator(".tick-sending")).to_have_count(0, timeout=60_000)
    reader = ApiUser(own_server, "user1")
    assert [reader.hash_of(one) for one in files_of(reader, "user0")] == [sha256_of(large)]
    assert [request.method for request in sent].count("POST") == 1, "one upload"
    # The last part before the end begins anew at most once.
    offsets = [int(request.headers["upload-offset"]) for request in sent if request.method == "PATCH"]
    assert offsets == sorted(offsets), "which went on"


@pytest.mark.slow
def test_a_network_that_is_cut_every_two_seconds_costs_only_what_is_on_its_way(
    new_person: NewPerson, own_server: Server, behind: Behind, large: Path
) -> None:
    alice, network = new_person("user2", own_server), behind(2)
    page = open_behind(alice, network, "#/u/user3")
    page.locator("#composer-files").set_input_files(large)
    expect(attached(page)).to_have_count(1)
    write(page, "through a bad network")
    expect(page.locator(".tick-sending")).to_have_count(0, timeout=90_000)
    assert network.cuts >= LARGE_BYTES / BYTES_A_SECOND / 2 - 1
    reader = ApiUser(own_server, "user3")
    assert [reader.hash_of(one) for one in files_of(reader, "user2")] == [sha256_of(large)]


@pytest.mark.slow
def test_an_upload_that_the_server_has_forgotten_begins_anew(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    held = Held(page)
    attach(page, text())
    write(page, "forgotten")
    wait_for(page, lambda: len(held.routes) == 1)
    upload = held.routes[0].request.url.rsplit("/", 1)[1]
    ApiUser(alice.server, alice.username).cancel_upload(upload)
    held.release()
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 1


@pytest.mark.slow
def test_an_upload_that_an_interrupted_request_still_holds_is_asked_for_again(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    page = alice.open(f"#/u/{bob.username}")
    answers: list[int] = []

    def answer(route: Route) -> None:
        if route.request.method != "GET" or answers:
            return route.continue_()
        answers.append(423)
        return route.fulfill(status=423, json={"error": {"code": "upload_locked", "message": "Later."}})

    page.route("**/uploads/*", answer)
    attach(page, text())
    write(page, "held")
    expect(page.locator(".tick-sending, .failure")).to_have_count(0)
    assert answers == [423]
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 1


@pytest.mark.slow
def test_a_browser_that_refuses_to_store_files_says_so_and_sends_them(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    alice.context.add_init_script("""
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...words) {
            if (this.name === "files") throw new DOMException("full", "QuotaExceededError");
            return put.apply(this, words);
        };
    """)
    page = alice.open(f"#/u/{bob.username}")
    attach(page, picture())
    expect(page.locator(".banner-quiet")).to_be_visible()
    write(page, "all the same")
    expect(page.locator(".tick-sending")).to_have_count(0)
    assert len(files_of(ApiUser(bob.server, bob.username), alice.username)) == 1
    write(page, "and after it")
    expect(page.locator(".banner-quiet")).to_have_count(0)


def wait_for(page: Page, is_so: Callable[[], bool]) -> None:
    """Waits for something that happens outside of the page."""
    for _ in range(150):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It did not happen.")


def open_behind(person: Person, network: CutNetwork, place: str) -> Page:
    page = person.context.new_page()
    page.goto(network.url + place)
    expect(page.get_by_role("button", name="Attach files")).to_be_visible(timeout=60_000)
    return page


def sha256_of(file: Path) -> str:
    return new_sha256(file.read_bytes()).hexdigest()
