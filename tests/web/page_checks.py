"""Checks of a page: accessibility by axe, its width, and screenshots."""

from playwright.sync_api import Page

from chatapp.web import vendor
from tests.web.conftest import SCREENSHOTS

AXE = vendor.MODULES / "axe-core" / "axe.min.js"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def violations(page: Page, *rules: str, within: str = "html") -> list[str]:
    """The violations that axe finds, of these rules or of all, within what a selector finds, or else
    in the whole page."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    script = "([within, options]) => axe.run(document.querySelector(within) ?? document, options)"
    found = page.evaluate(script, [within, options])
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes']][:3]}" for rule in found["violations"]]


def take_screenshot(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
