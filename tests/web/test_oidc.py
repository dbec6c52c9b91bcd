"""Signing in by two real providers, from the page to the provider's own pages and back."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.oidc.real_provider import RealProvider
from tests.servers import free_ports
from tests.web.page_checks import fits, violations
from tests.web.people import Person, wait_connected
from tests.web.server import Server

NewPerson = Callable[..., Person]
PASSWORD = "a long enough phrase"
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True}
STAFF = {
    "erin": {"preferred_username": "erin", "given_name": "Erin", "family_name": "Ebert", "groups": ["admins"]},
    "finn": {"preferred_username": "Finn", "email": "finn@example.org", "email_verified": True},
    "gina": {"preferred_username": "gina"},
}
FRIENDS = {
    "finn": {"preferred_username": "finnegan", "email": "finn@example.org", "email_verified": True},
    "hal": {"preferred_username": "hal"},
    "mallory": {"preferred_username": "erin", "email": "zoe@example.org", "email_verified": False},
    "zoe": {"preferred_username": "zoe.z", "email": "Zoe@example.org", "email_verified": True},
}


@pytest.fixture(scope="module")
def ports() -> list[int]:
    return free_ports(2)


@pytest.fixture(scope="module")
def providers(ports: list[int]) -> Iterator[tuple[RealProvider, RealProvider]]:
    """One whose people may all join, and one whose people need an invitation."""
    address = f"http://localhost:{ports[0]}/oidc/"
    staff = RealProvider([address + "staff/callback"], STAFF)
    friends = RealProvider([address + "friends/callback", address + "strict/callback"], FRIENDS)
    yield staff, friends
    staff.close()
    friends.close()


@pytest.fixture(scope="module")
def chat(
    ports: list[int],
    providers: tuple[RealProvider, RealProvider],
    make_server: Callable[..., Server],
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    file: Path = tmp_path_factory.mktemp("oidc") / "oidc.toml"
    staff, friends = providers
    roles = 'join = "yes"\nscopes = "profile email groups"\nroles = { admins = "administrator" }'
    tables = staff.table("staff", "Example Ltd", roles) + friends.table("friends", "Friends")
    tables += friends.table("strict", "Strict", 'join = "no"')
    file.write_text(f'address = "http://localhost:{ports[0]}"\n' + tables)
    server = make_server(SIGN_IN="password", JOINING="invite", OIDC=file, HTTP_PORT=ports[0], WS_PORT=ports[1])
    server.add_user("zoe", "--password", PASSWORD, "--email", "ZOE@example.org")
    return server


def go(page: Page, label: str, account: str) -> None:
    """Takes the button, and signs in on the provider's pages."""
    page.get_by_role("button", name=f"Continue with {label}").click()
    page.get_by_placeholder("Enter any login").fill(account)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue", exact=True).click()


def own_name(page: Page) -> str:
    name: str = page.evaluate("fetch('/loggedIn').then(answer => answer.json()).then(body => body.username)")
    return name


def open_page(new_person: NewPerson, chat: Server, place: str = "", **options: object) -> Page:
    context = new_person(at=chat, signed_in=False, **options).context
    # The provider's pages want a font from elsewhere.
    context.route(re.compile("^https://"), lambda route: route.abort())
    page = context.new_page()
    page.goto(chat.url + place)
    return page


@pytest.mark.slow
def test_the_first_sign_in_makes_an_account_and_the_next_finds_it(new_person: NewPerson, chat: Server) -> None:
    page = open_page(new_person, chat, "#/u/zoe", bypass_csp=True, **PHONE)
    expect(page.get_by_role("button", name="Continue with Friends")).to_be_visible()
    assert violations(page) == []
    assert fits(page)
    go(page, "Example Ltd", "erin")
    wait_connected(page)
    assert own_name(page) == "erin"
    assert page.evaluate("location.hash") == "#/u/zoe", "where the page was left"
    again = open_page(new_person, chat)
    go(again, "Example Ltd", "erin")
    wait_connected(again)
    assert own_name(again) == "erin"
    assert chat.run("users", "list").stdout.count("erin") == 1


@pytest.mark.slow
def test_both_providers_find_an_account_by_its_verified_address_only(new_person: NewPerson, chat: Server) -> None:
    page = open_page(new_person, chat)
    go(page, "Strict", "finn")
    expect(page.get_by_role("alert").filter(has_text="Accounts are made by whoever runs this server")).to_be_visible()
    assert page.evaluate("location.hash") == "#/"
    for label in ("Example Ltd", "Friends"):
        page = open_page(new_person, chat)
        go(page, label, "finn")
        wait_connected(page)
        assert own_name(page) == "finn"
    page = open_page(new_person, chat)
    go(page, "Friends", "mallory")
    expect(page.get_by_role("alert").filter(has_text="open a valid invitation")).to_be_visible()
    page = open_page(new_person, chat)
    go(page, "Friends", "zoe")
    wait_connected(page)
    assert own_name(page) == "zoe"


@pytest.mark.slow
def test_an_invited_person_joins_by_a_provider(new_person: NewPerson, chat: Server) -> None:
    printed = chat.run("invites", "add").stdout
    place = re.search(r"#/join/[\w-]+", printed)
    assert place, printed
    page = open_page(new_person, chat, place[0])
    go(page, "Strict", "hal")
    expect(page.get_by_role("alert").filter(has_text="Accounts are made by")).to_be_visible()
    expect(page.get_by_role("heading", name="Make your account")).to_be_visible()
    # The provider knows the person by now and asks nothing.
    page.get_by_role("button", name="Continue with Friends").click()
    wait_connected(page)
    assert own_name(page) == "hal"
    assert page.evaluate("location.hash") == "#/"
    assert "1/1" in chat.run("invites", "list").stdout


@pytest.mark.slow
def test_who_goes_back_and_who_is_deactivated_stay_out(new_person: NewPerson, chat: Server) -> None:
    page = open_page(new_person, chat)
    go(page, "Example Ltd", "gina")
    wait_connected(page)
    assert chat.run("users", "deactivate", "gina").returncode == 0
    page = open_page(new_person, chat)
    go(page, "Example Ltd", "gina")
    expect(page.get_by_role("alert").filter(has_text="This account was closed")).to_be_visible()
    page.get_by_role("button", name="Continue with Friends").click()
    page.get_by_role("link", name=re.compile("Cancel")).click()
    expect(page.get_by_role("alert").filter(has_text="did not sign you in")).to_be_visible()


def test_a_provider_that_is_down_is_told_of_on_the_page(
    new_person: NewPerson, make_server: Callable[..., Server], tmp_path: Path
) -> None:
    down = tmp_path / "oidc.toml"
    down.write_text(
        'address = "http://localhost"\n[gone]\nlabel = "Gone"\nissuer = "http://127.0.0.1:1"\nclient_id = "x"'
    )
    page = open_page(new_person, make_server(SIGN_IN="password", OIDC=down))
    page.get_by_role("button", name="Continue with Gone").click()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    expect(page.get_by_role("button", name="Continue with Gone")).to_be_enabled()
