"""The part of the tour that shows files: the gallery, a text, and the list of a conversation's files."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.web.people import reach

if TYPE_CHECKING:
    from tests.web.tour import Tour


def files(tour: "Tour") -> Iterator[str]:
    tour.go("#/u/bob")
    shown = tour.page.locator(".pane")
    picture = shown.get_by_role("button", name="The harbour")
    reach(picture)
    picture.click()
    expect(tour.dialog.locator(".gallery-image")).to_be_visible()
    yield "gallery"
    tour.close()
    show = shown.get_by_role("button", name=tour.say["textFileShow"])
    reach(show)
    show.click()
    yield "text-file-beginning"
    whole = shown.get_by_role("button", name=tour.say["textFileWhole"])
    reach(whole)
    whole.click()
    expect(tour.dialog.locator("pre")).to_be_visible()
    yield "text-file"
    tour.close()
    tour.page.get_by_role("button", name=tour.say["details"]).click()
    tour.press("filesTitle")
    for tab in ("media", "other", "voice"):
        tour.dialog.locator(f"input[value={tab}]").check()
        expect(tour.dialog.locator("li").first).to_be_visible()
        yield f"files-{tab}"
    tour.close()
