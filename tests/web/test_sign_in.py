"""Signing in, staying signed in, and being signed out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.web.people import DATABASE, Person, bubble, composer, line, wait_connected, write
from tests.web.server import Server

NewPerson = Callable[..., Person]


@pytest.mark.slow
def test_picking_a_name_from_the_list_signs_in(new_person: NewPerson, server: Server) -> None:
    online = new_person()
    online.open()
    person = new_person(signed_in=False)
    page = person.context.new_page()
    page.goto(server.url)
    expect(page.get_by_role("button", name="Sign in as Alice Ardern")).to_be_visible()
    page.get_by_label("Find your name").fill(online.username)
    lit = page.locator("li", has=page.get_by_text(f"@{online.username}", exact=True))
    expect(lit.locator(".light-on")).to_be_visible()
    expect(lit.get_by_text("Online")).to_be_visible()
    page.get_by_label("Find your name").fill(person.username)
    page.locator("li", has=page.get_by_text(f"@{person.username}", exact=True)).get_by_role("button").click()
    wait_connected(page)
    expect(line(page, "Alice Ardern")).to_be_visible()


@pytest.mark.slow
def test_a_session_survives_a_reload_and_serves_a_new_tab(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    page.reload()
    wait_connected(page)
    expect(page.get_by_role("heading", name="Alice Ardern")).to_be_visible()
    person.open()


def test_no_script_can_read_the_token(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    token = next(cookie for cookie in person.context.cookies() if cookie["name"] == "chatToken")
    assert token["httpOnly"]
    assert len(token["value"]) > 20
    stored = page.evaluate(
        """async () => {
        const read = (store) => new Promise((done) => {
            const request = indexedDB.open(DATABASE);
            request.onsuccess = () => {
                const found = request.result.transaction(store).objectStore(store).getAll();
                found.onsuccess = () => done(found.result);
            };
        });
        const disk = await Promise.all(['outbox', 'drafts', 'seen'].map(read));
        return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, disk]);
    }""".replace("DATABASE", DATABASE)
    )
    assert person.username in stored
    assert token["value"] not in stored


@pytest.mark.slow
def test_signing_out_ends_the_session_in_every_tab(new_person: NewPerson) -> None:
    person = new_person()
    first, second = person.open(), person.open()
    second.get_by_role("button", name="Sign out").click()
    for page in (first, second):
        expect(page.get_by_text("You are signed out.")).to_be_visible()
    first.reload()
    expect(first.get_by_text("Pick your name")).to_be_visible()


def test_a_revoked_session_shows_the_sign_in_page(new_person: NewPerson) -> None:
    person = new_person()
    page = person.open("#/u/alice")
    csrf = next(cookie["value"] for cookie in person.context.cookies() if cookie["name"] == "XSRF-TOKEN")
    gone = person.context.request.post(f"{person.server.url}logout", headers={"X-XSRF-TOKEN": csrf})
    assert gone.ok
    expect(page.get_by_text("Your session has ended.")).to_be_visible(timeout=15_000)


@pytest.mark.slow
def test_an_expired_token_is_reported_and_signing_in_restores_the_conversation(
    new_person: NewPerson, make_server: Callable[..., Server]
) -> None:
    server = make_server(TOKEN_SECONDS=12)
    person = new_person("alice", server)
    page = person.open("#/u/bob")
    composer(page).fill("not sent yet")
    expect(page.get_by_text("Your session has ended.")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Sign in as Alice Ardern").click()
    expect(page.get_by_role("heading", name="Bob Brandt")).to_be_visible()
    expect(composer(page)).to_have_value("not sent yet")
    server.stop()


@pytest.fixture(scope="module")
def password_server(make_server: Callable[..., Server]) -> Server:
    server = make_server(SIGN_IN="password", SIGN_IN_LIMIT="4 per minute")
    server.add_user("grace", "--first-name", "Grace", "--password", "correct horse")
    server.add_user("heidi", "--first-name", "Heidi", "--password", "battery staple")
    return server


@pytest.mark.slow
def test_a_wrong_password_is_reported_and_a_right_password_signs_in(
    new_person: NewPerson, password_server: Server
) -> None:
    page = new_person("grace", password_server, signed_in=False).context.new_page()
    page.goto(password_server.url)
    sign_in = page.get_by_role("button", name="Sign in", exact=True)
    sign_in.click()
    expect(page.get_by_text("Type your username and your password.")).to_be_visible()
    page.get_by_label("Username").fill("grace")
    page.get_by_label("Password", exact=True).fill("wrong horse")
    sign_in.click()
    expect(page.get_by_text("That username and password do not belong together.")).to_be_visible()
    page.get_by_label("Password", exact=True).fill("correct horse")
    sign_in.click()
    wait_connected(page)
    expect(line(page, "Heidi")).to_be_visible()
    page.reload()
    wait_connected(page)


@pytest.mark.slow
def test_too_many_sign_in_attempts_show_the_waiting_time(new_person: NewPerson, password_server: Server) -> None:
    page = new_person("heidi", password_server, signed_in=False).context.new_page()
    page.goto(password_server.url)
    page.get_by_label("Username").fill("heidi")
    for attempt in range(6):
        page.get_by_label("Password", exact=True).fill(f"guess {attempt}")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator(".problem").filter(has_text="Too many" if attempt > 4 else " ")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()
    expect(page.get_by_text("Too many attempts. Try again in")).to_be_visible()


def test_an_unreachable_server_is_reported(new_person: NewPerson, server: Server) -> None:
    person = new_person(signed_in=False)
    page = person.context.new_page()
    page.goto(server.url)
    expect(page.get_by_text("Pick your name")).to_be_visible()
    page.get_by_label("Find your name").fill(person.username)
    person.context.set_offline(True)
    page.locator("li", has=page.get_by_text(f"@{person.username}", exact=True)).get_by_role("button").click()
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()


@pytest.mark.slow
def test_two_users_exchange_messages(new_person: NewPerson) -> None:
    alice, bob = new_person(), new_person()
    first = alice.open(f"#/u/{bob.username}")
    second = bob.open(f"#/u/{alice.username}")
    write(first, "hello over there")
    expect(bubble(second, "hello over there")).to_be_visible()
    write(second, "hello back")
    expect(bubble(first, "hello back")).to_be_visible()


@pytest.mark.slow
def test_http_and_sockets_work_on_one_port(new_person: NewPerson, make_server: Callable[..., Server]) -> None:
    server = make_server(one_port=True)
    first = new_person("alice", server).open("#/u/bob")
    second = new_person("bob", server).open("#/u/alice")
    write(first, "through one door")
    expect(bubble(second, "through one door")).to_be_visible()
    server.stop()
