"""The part of the tour that shows files: the gallery, a text, and the list of a conversation's files."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.web.tour import Tour


def files(tour: "Tour") -> Iterator[str]:
    tour.go("#/u/bob")
    shown = tour.page.locator(".pane")
    shown.locator(".row-message").last.focus()
    shown.get_by_role("button", name="The harbour").click()
    expect(tour.dialog.locator(".gallery-image")).to_be_visible()
    yield "gallery"
    tour.close()
    shown.get_by_role("button", name=tour.say["textFileShow"]).click()
    yield "text-file-beginning"
    shown.get_by_role("button", name=tour.say["textFileWhole"]).click()
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
