"""A long list, a long history, the weight of the first page, and a shell that opens offline."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.web.people import (
    Person,
    bubble,
    bubbles,
    composer,
    line,
    reload_offline,
    tick,
    wait_connected,
    wait_until,
    write,
)
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
FIRST_PAGE_BYTES_MAX = 130_000
INTERACTIVE_MILLISECONDS_MAX = 1_000
FAKED_HISTORY = """
globalThis.pageSize = 100;
const fetchFromServer = fetch;
globalThis.fetch = (address, options) => {
    const url = new URL(address, location.href);
    if (!url.pathname.endsWith('/messages/user1/user2')) return fetchFromServer(address, options);
    const before = Number(url.searchParams.get('before') ?? 50_001);
    const first = Math.max(1, before - pageSize);
    const message = (sequence) => ({
        sender: sequence % 3 ? 'user2' : 'user1', receiver: sequence % 3 ? 'user1' : 'user2',
        content: `message ${sequence} ${'and words '.repeat(sequence % 11)}`,
        timestamp: new Date(1e12 + sequence * 6e4).toISOString(), deliveredToAll: true,
        messageId: `m${sequence}`, sequence, clientId: null,
    });
    return Promise.resolve(Response.json(Array.from({ length: before - first }, (_, index) => message(first + index))));
};
"""
"""Answers with pages of a long conversation."""


@pytest.fixture(scope="module")
def large_server(make_server: Callable[..., Server]) -> Iterator[Server]:
    server = make_server(users=2_000)
    yield server
    server.stop()


@pytest.mark.slow
def test_a_list_of_two_thousand_users_draws_only_visible_lines(new_person: NewPerson, large_server: Server) -> None:
    page = new_person("alice", large_server).open()
    assert page.locator(".line").count() < 40
    expect(page.locator("#conversations li").first).to_have_attribute("aria-setsize", "2003")
    page.locator(".line").first.focus()
    page.keyboard.press("End")
    expect(page.locator(".line:focus")).to_contain_text("User 1999")
    drawn = page.evaluate("""async () => {
        const drawn = [];
        const list = document.querySelector('#conversations');
        for (let top = 0; top < 40_000; top += 2_000) {
            list.scrollTop = top;
            await new Promise((done) => requestAnimationFrame(done));
            await new Promise((done) => requestAnimationFrame(done));
            drawn.push(list.querySelectorAll('.line').length);
        }
        return drawn;
    }""")
    assert min(drawn) >= 5, f"Every frame shows rows: {drawn}"
    assert max(drawn) < 60, f"The cost of a frame does not grow with the list: {drawn}"
    page.get_by_label("Search people and groups").fill("user1777")
    expect(line(page, "User 1777")).to_be_visible()


@pytest.mark.slow
def test_fifty_thousand_messages_scroll_smoothly(new_person: NewPerson, large_server: Server) -> None:
    """Fakes the pages of history, because the test measures the page and not the server. The last has nearly all."""
    person = new_person("user1", large_server)
    page = person.context.new_page()
    page.add_init_script(FAKED_HISTORY)
    page.goto(f"{large_server.url}#/u/user2")
    expect(bubble(page, "message 50000")).to_be_in_viewport()
    page.locator(".scroller").hover()
    for _ in range(12):
        page.mouse.wheel(0, -100_000)
        wait_until(page, "() => document.querySelector('.scroller').scrollTop > 700")
    assert bubbles(page).count() < 120
    page.evaluate("pageSize = 50_000")
    page.mouse.wheel(0, -100_000)
    wait_until(page, "() => document.querySelector('.scroller').scrollTop > 500_000")
    drawn = page.evaluate("""async () => {
        const drawn = [];
        const scroller = document.querySelector('.scroller');
        for (let frame = 0; frame < 30; frame += 1) {
            scroller.scrollTop -= 5_000;
            await new Promise((done) => requestAnimationFrame(done));
            await new Promise((done) => requestAnimationFrame(done));
            drawn.push(scroller.querySelectorAll('.bubble').length);
        }
        return drawn;
    }""")
    assert min(drawn) >= 5, f"Every frame shows rows: {drawn}"
    assert max(drawn) < 120, f"The cost of a frame does not grow with the history: {drawn}"


def test_the_first_page_is_light_and_interactive_within_a_second(new_person: NewPerson, server: Server) -> None:
    person = new_person(signed_in=False)
    page = person.context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(server.url)
    expect(page.get_by_role("button", name="Sign in as Alice Ardern")).to_be_visible()
    own = [answer for answer in answers if answer.url.startswith(server.url) and answer.ok]
    assert 10 < len(own) < 30, "few files, which a slow line loads quickly"
    weight = sum(answer.request.sizes()["responseBodySize"] for answer in own)
    assert weight < FIRST_PAGE_BYTES_MAX, weight
    page.reload()
    expect(page.get_by_role("button", name="Sign in as Alice Ardern")).to_be_visible()
    interactive = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert interactive < INTERACTIVE_MILLISECONDS_MAX


@pytest.mark.slow
def test_dialogs_load_after_the_page_and_a_failed_load_can_be_retried(new_person: NewPerson) -> None:
    person = new_person()
    person.context.route("**/views/dialogs/*.js", lambda route: route.abort())
    page = person.open()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog")).to_contain_text("could not be loaded")
    person.context.unroute("**/views/dialogs/*.js")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()


@pytest.mark.slow
def test_dialogs_that_the_network_was_gone_for_are_loaded_when_it_is_back(new_person: NewPerson) -> None:
    person = new_person()
    person.context.route("**/views/dialogs/*.js", lambda route: route.abort())
    page = person.open()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog")).to_contain_text("could not be loaded")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    person.context.unroute("**/views/dialogs/*.js")
    person.context.set_offline(True)
    expect(page.locator(".banner")).to_be_visible()
    person.context.set_offline(False)
    wait_connected(page)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()


def test_versioned_files_are_compressed_and_cached_forever(new_person: NewPerson, server: Server) -> None:
    context = new_person(signed_in=False).context
    page = context.request.get(server.url)
    assert page.headers["cache-control"] == "no-cache"
    shell = context.request.get(f"{server.url}shell.json").json()
    script = next(name for name in shell["files"] if name.endswith("main.js"))
    answer = context.request.get(server.url + script.lstrip("/"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(answer.body())) < len(answer.body())
    old = context.request.get(server.url + script.lstrip("/").replace(shell["version"], "000000000000"))
    assert old.headers["cache-control"] == "no-cache"


def test_the_page_has_an_installable_manifest(new_person: NewPerson, server: Server) -> None:
    context = new_person(signed_in=False).context
    manifest = context.request.get(f"{server.url}manifest.webmanifest").json()
    assert manifest["display"] == "standalone"
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert context.request.get(server.url + icon["src"].lstrip("/")).ok


@pytest.mark.slow
def test_the_shell_opens_offline_with_stored_messages_and_sends_when_online(
    new_person: NewPerson, new_api_user: Callable[..., ApiUser]
) -> None:
    alice, bob = new_person(service_workers="allow"), new_api_user()
    bob.say(alice.username, "seen before the tunnel")
    page = alice.open(f"#/u/{bob.username}")
    expect(bubble(page, "seen before the tunnel")).to_be_visible()
    reload_offline(alice)
    expect(bubble(page, "seen before the tunnel")).to_be_visible()
    expect(line(page, bob.username.replace("user", "User "))).to_be_visible()
    write(page, "written in the tunnel")
    expect(tick(page, "written in the tunnel")).to_have_attribute("aria-label", "Sending")
    page.reload()
    expect(bubble(page, "written in the tunnel")).to_be_visible()
    alice.context.set_offline(False)
    expect(tick(page, "written in the tunnel")).to_have_attribute("aria-label", "Stored", timeout=15_000)
    assert bob.messages(alice.username) == ["seen before the tunnel", "written in the tunnel"]
    expect(composer(page)).to_have_value("")
    assert json.dumps(page.evaluate("caches.keys()")).count("shell-") == 1
