"""What each region shows while it is loading, when it is empty, and after a failure."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.faked_responses import Undo, fail, hold, only
from tests.web.page_checks import PHONE, violations
from tests.web.people import DATABASE, Person, composer, line, scroll_to_start, wait_connected
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]

PEOPLE, LISTS, MESSAGES, OLDER, GROUP, SIGN_IN = "/users$", "/all/", "/messages/", "before=", "/group$", "/login$"
LOADING_REGIONS = {
    "sign-in": (PEOPLE, "", "Loading people", "@alice"),
    "list": (LISTS, "", "Loading people", "Alice Ardern"),
    "conversation": (
        MESSAGES,
        "#/u/alice",
        "Loading messages",
        "This is where your conversation",
    ),
    "a group without its name yet": (LISTS, "#/g/{group}", "Loading messages", "Quiet corner is new"),
}
FAILED_REGIONS = {
    "sign-in": (PEOPLE, "", "The list of people could not be loaded.", "@alice"),
    "list": (LISTS, "", "The list could not be loaded.", "Alice Ardern"),
    "a group without its name": (LISTS, "#/g/{group}", "The list could not be loaded.", "Quiet corner is new"),
}


def open_with(
    person: Person, place: str, prepare: Callable[[Page], Callable[[], None]]
) -> tuple[Page, Callable[[], None]]:
    page = person.context.new_page()
    undo = prepare(page)
    page.goto(person.server.url + place)
    return page, undo


@pytest.fixture
def visitor(new_person: NewPerson, new_api_user: NewApiUser, request: pytest.FixtureRequest) -> tuple[Person, str]:
    """A member of a group without messages; not signed in for the sign-in page."""
    person = new_person(signed_in="sign-in" not in request.node.name, bypass_csp=True)
    return person, new_api_user().make_group("Quiet corner", person.username)


@pytest.mark.slow
@pytest.mark.parametrize("region", LOADING_REGIONS)
def test_a_loading_region_says_so_and_then_shows_its_content(visitor: tuple[Person, str], region: str) -> None:
    person, group = visitor
    address, place, label, content = LOADING_REGIONS[region]
    page, release = open_with(person, place.format(group=group), lambda page: hold(page, address))
    expect(page.get_by_role("status", name=label).last).to_be_visible()
    expect(page.get_by_text(content).first).to_have_count(0)
    expect(page.get_by_text(re.compile("0 members|0 people"))).to_have_count(0)
    assert violations(page) == []
    release()
    expect(page.get_by_text(content).first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("region", FAILED_REGIONS)
def test_a_failed_region_says_so_and_can_be_retried(visitor: tuple[Person, str], region: str) -> None:
    person, group = visitor
    address, place, sentence, content = FAILED_REGIONS[region]
    page, repair = open_with(person, place.format(group=group), lambda page: fail(page, address))
    failed = page.locator(".pane .state-failed" if place else ".state-failed")
    expect(failed).to_contain_text(sentence)
    assert violations(page) == []
    if address == LISTS:
        wait_for_own_retry(page)
    repair()
    failed.get_by_role("button", name="Try again").click()
    expect(page.get_by_text(content).first).to_be_visible()
    expect(page.locator(".state-failed")).to_have_count(0)


def test_enter_in_the_search_while_the_list_loads_opens_the_match_later(new_person: NewPerson) -> None:
    page, release = open_with(new_person(), "", lambda page: hold(page, LISTS))
    wait_connected(page)
    page.keyboard.press("/")
    page.keyboard.type("alice")
    page.keyboard.press("Enter")
    release()
    expect(composer(page)).to_be_focused()
    expect(page.get_by_role("heading", name="Alice Ardern")).to_be_visible()


def test_typing_after_enter_while_the_list_loads_opens_nothing(new_person: NewPerson) -> None:
    page, release = open_with(new_person(), "", lambda page: hold(page, LISTS))
    wait_connected(page)
    page.keyboard.press("/")
    page.keyboard.type("ali")
    page.keyboard.press("Enter")
    page.keyboard.type("c")
    release()
    expect(line(page, "Alice Ardern")).to_be_visible()
    expect(composer(page)).to_have_count(0)


@pytest.mark.slow
def test_a_failed_load_of_messages_can_be_retried(new_person: NewPerson) -> None:
    page = new_person(bypass_csp=True).open()
    repair = fail(page, MESSAGES)
    line(page, "Alice Ardern").click()
    expect(page.get_by_text("The messages could not be loaded.")).to_be_visible()
    assert violations(page) == []
    repair()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("This is where your conversation")).to_be_visible()


@pytest.mark.slow
def test_a_failed_load_of_older_messages_can_be_retried(new_person: NewPerson, new_api_user: NewApiUser) -> None:
    alice, bob = new_person(), new_api_user()
    bob.say(alice.username, *[f"number {number}." for number in range(130)])
    page = alice.open(f"#/u/{bob.username}")
    expect(page.get_by_text("number 129.").last).to_be_visible()
    repair = fail(page, OLDER)
    scroll_to_start(page)
    expect(page.get_by_text("Older messages could not be loaded.")).to_be_visible()
    repair()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Older messages could not be loaded.")).to_have_count(0)
    scroll_to_start(page)
    expect(page.get_by_text("number 0.")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "sentence"),
    [("#/u/nobody-at-all", "Nobody here is called “nobody-at-all”."), ("#/g/4711", "There is no such group")],
)
def test_a_link_to_an_unknown_conversation_says_so_and_leads_back(
    new_person: NewPerson, place: str, sentence: str
) -> None:
    page = new_person(bypass_csp=True).open(place)
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(composer(page)).to_have_count(0)
    expect(page.get_by_role("button", name="Details")).to_have_count(0)
    assert violations(page) == []
    page.locator(".pane").get_by_role("button", name="Back to the list").last.click()
    expect(page.get_by_text("Pick somebody to talk to")).to_be_visible()


@pytest.mark.slow
def test_a_link_to_a_user_works_once_the_account_exists(new_person: NewPerson, server: Server) -> None:
    page = new_person().open("#/u/expected")
    expect(page.get_by_text("Nobody here is called “expected”.")).to_be_visible()
    server.add_user("expected", "--first-name", "Expected", "--no-password")
    new_person("expected").open()
    expect(page.get_by_role("heading", name="Expected")).to_be_visible()
    expect(composer(page)).to_be_visible()


def test_the_sign_in_page_reports_an_empty_server_and_an_unknown_name(new_person: NewPerson) -> None:
    person = new_person(signed_in=False)
    page, restore = open_with(person, "", lambda page: only(page, PEOPLE, {"users": []}))
    expect(page.get_by_text("Nobody has an account here yet.")).to_be_visible()
    restore()
    page.reload()
    page.get_by_label("Find your name").fill("no such name")
    expect(page.get_by_text("Nobody here is called “no such name”.")).to_be_visible()


def test_the_sign_in_page_shows_progress_at_the_chosen_name(new_person: NewPerson) -> None:
    person = new_person(signed_in=False)
    page, release = open_with(person, "", lambda page: hold(page, SIGN_IN))
    alice = page.get_by_role("button", name="Sign in as Alice Ardern")
    alice.click()
    expect(alice).to_contain_text("Signing in…")
    expect(page.get_by_text("Signing in…")).to_have_count(1)
    expect(page.get_by_role("button", name="Sign in as Bob Brandt")).to_be_disabled()
    release()
    wait_connected(page)


def test_a_lone_user_sees_an_explanation_below_their_own_line(new_person: NewPerson) -> None:
    person = new_person()
    page, _ = open_with(person, "", lambda page: answer_with_no_others(page, person))
    expect(page.get_by_text("Nobody else is here yet")).to_be_visible()
    own, why = page.locator(".line").bounding_box(), page.locator(".state").bounding_box()
    assert own is not None
    assert why is not None
    assert 0 <= why["y"] - (own["y"] + own["height"]) < 40
    page.get_by_role("button", name="New group").click()
    expect(page.get_by_role("dialog").get_by_text("Nobody else is here yet")).to_be_visible()


@pytest.mark.slow
def test_the_people_of_the_group_dialog_show_loading_failure_and_no_match(new_person: NewPerson) -> None:
    person = new_person(bypass_csp=True)
    page, release = open_with(person, "", lambda page: hold(page, LISTS))
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="New group").click()
    expect(dialog.get_by_role("status", name="Loading people")).to_be_visible()
    release()
    expect(dialog.get_by_text("Alice Ardern")).to_be_visible()
    dialog.get_by_label("Type a name").fill("no such name")
    expect(dialog.get_by_text("Nothing found for “no such name”")).to_be_visible()
    assert violations(page) == []
    repair = fail(page, LISTS)
    page.reload()
    clear_stored_state(page)
    page.reload()
    page.get_by_role("button", name="New group").click()
    expect(dialog.get_by_text("The list of people could not be loaded.")).to_be_visible()
    wait_for_own_retry(page)
    repair()
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog.get_by_text("Alice Ardern")).to_be_visible()


@pytest.mark.slow
def test_a_failed_group_creation_keeps_the_typed_name(new_person: NewPerson) -> None:
    page = new_person().open()
    repair = fail(page, GROUP)
    page.get_by_role("button", name="New group").click()
    name = page.get_by_label("Group name")
    name.fill("Second try")
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_text("The group could not be created. Try again.")).to_be_visible()
    expect(name).to_have_value("Second try")
    expect(name).to_have_attribute("aria-invalid", "false")
    repair()
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_role("heading", name="Second try")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_a_lost_connection_is_reported_above_the_list(new_person: NewPerson, options: dict[str, object]) -> None:
    person = new_person(**options)
    page = person.open()
    person.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    person.context.set_offline(False)
    expect(page.locator(".banner")).to_have_count(0, timeout=15_000)


def wait_for_own_retry(page: Page) -> None:
    """Waits for the page's own retry, which runs every few seconds. Right after it, only a click retries."""
    page.wait_for_event("response", lambda response: LISTS in response.url)


def answer_with_no_others(page: Page, person: Person) -> Undo:
    user = {"username": person.username, "firstName": "Uno", "lastName": "", "isOnline": True}
    return only(page, LISTS, {"users": [user], "groups": []})


def clear_stored_state(page: Page) -> None:
    """Deletes the lists and messages that this browser has stored, so that the page cannot show them."""
    page.evaluate(
        """() => new Promise(done => {
        const request = indexedDB.open(DATABASE);
        request.onsuccess = () => {
            const work = request.result.transaction('seen', 'readwrite');
            work.objectStore('seen').clear();
            work.oncomplete = () => { request.result.close(); done(); };
        };
    })""".replace("DATABASE", DATABASE)
    )


def test_a_page_whose_script_fails_to_load_says_so(new_person: NewPerson, server: Server) -> None:
    person = new_person()
    page = person.context.new_page()
    page.route("**/main.js", lambda route: route.abort())
    page.goto(server.url)
    expect(page.get_by_text("did not arrive whole")).to_be_visible()
    page.unroute("**/main.js")
    page.get_by_role("link", name="Load it again").click()
    wait_connected(page)
    # The browser says so of the catalogue, which only the script asks for.
    person.complaints = [one for one in person.complaints if "was preloaded using link preload but not used" not in one]
