"""Requests of a page that are held back, or answered in place of the server."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route

Undo = Callable[[], None]


def hold(page: Page, address: str) -> Undo:
    """Keeps requests waiting until what is returned is called."""
    held: list[Route] = []
    page.route(re.compile(address), lambda route: held.append(route))

    def let_go() -> None:
        for route in held:
            route.continue_()
        page.unroute(re.compile(address))

    return let_go


def fail(page: Page, address: str) -> Undo:
    """Answers requests with a fault of the server, until what is returned is called."""
    body = {"error": {"code": "internal_error", "message": "Something went wrong on the server."}}
    page.route(re.compile(address), lambda route: route.fulfill(status=500, json=body))
    return lambda: page.unroute(re.compile(address))


def only(page: Page, address: str, body: object) -> Undo:
    """Answers requests with a body, until what is returned is called."""
    page.route(re.compile(address), lambda route: route.fulfill(json=body))
    return lambda: page.unroute(re.compile(address))
