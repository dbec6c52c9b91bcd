"""Every dialog and panel at 400 % zoom, at 200 %, and in forced colours: all of it is seen, reached, and passes axe."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.servers import ROOT
from tests.web.conftest import DESKTOP
from tests.web.furnished import PASSWORD, Furnished, furnish
from tests.web.page_checks import violations
from tests.web.people import Person
from tests.web.reach import unreachable
from tests.web.server import Server
from tests.web.test_passkeys import SecurityKey
from tests.web.tour import Tour, everywhere

LOCALES = ROOT / "chatapp" / "web" / "static" / "locales"
STOPS = 79


@pytest.fixture(scope="module")
def furnished(make_server: Callable[..., Server]) -> Furnished:
    return furnish(make_server(users=None, SIGN_IN="password"))


def open_as_root(new_person: Callable[..., Person], furnished: Furnished, **options: Any) -> Tour:
    person = new_person("root", furnished.server, signed_in=False, bypass_csp=True, **options)
    body = {"username": "root", "password": PASSWORD}
    assert person.context.request.post(f"{furnished.server.url}login", data=body).ok
    return Tour(person.open(), furnished, english())


@pytest.mark.slow
def test_everything_is_seen_and_pressed_in_small_windows_and_in_forced_colours(
    new_person: Callable[..., Person], furnished: Furnished
) -> None:
    small, zoomed = {"width": 320, "height": 256}, {"width": 640, "height": 400}
    tour = open_as_root(new_person, furnished, viewport=small)
    page = tour.page
    SecurityKey(page)
    problems: list[str] = []
    stops = 0
    for stop in everywhere(tour):
        stops += 1
        found = {"320": unreachable(page) + axe(page)}
        page.set_viewport_size(zoomed)
        found["640"] = unreachable(page) + axe(page, "scrollable-region-focusable")
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        found["forced colours"] = unreachable(page) + axe(page, "color-contrast")
        page.emulate_media(forced_colors="none", reduced_motion="reduce")
        page.set_viewport_size(small)
        problems += [f"{stop}, {look}: {problem}" for look, several in found.items() for problem in several]
    assert not problems, "\n".join(problems[:60])
    assert stops == STOPS


@pytest.mark.slow
def test_what_opens_beside_a_message_stays_in_the_window_which_may_become_narrow(
    new_person: Callable[..., Person], furnished: Furnished
) -> None:
    tour = open_as_root(new_person, furnished)
    tour.go(f"#/g/{furnished.group_id}")
    for key, title in (("Enter", "messageTitle"), ("+", "emojiTitle")):
        tour.row("zeppelins").press(key)
        tour.titled(title)
        assert unreachable(tour.page) == []
        tour.page.set_viewport_size({"width": 390, "height": 800})
        assert unreachable(tour.page) == []
        tour.page.set_viewport_size(DESKTOP)
        tour.close()


def axe(page: Page, *rules: str) -> list[str]:
    """What is behind a dialog is looked at when none is open."""
    return violations(page, *rules, within="dialog[open]")


def english() -> dict[str, Any]:
    sentences: dict[str, Any] = {}
    for part in ("en", "en.later"):
        sentences |= json.loads((LOCALES / f"{part}.json").read_text())
    return sentences
