"""Requests of a page that are held, or answered in place of the server."""

import re
from collections.abc import Callable

from playwright.sync_api import APIResponse, Page, Route

Undo = Callable[[], None]


def hold(page: Page, address: str) -> Undo:
    """Holds requests until the returned function is called."""
    held: list[Route] = []
    page.route(re.compile(address), lambda route: held.append(route))

    def release() -> None:
        for route in held:
            route.continue_()
        page.unroute(re.compile(address))

    return release


def hold_answers(page: Page, address: str) -> tuple[list[str], Undo]:
    """Lets requests reach the server, and holds its answers until the returned function is called. The list gets the
    addresses of those that are held."""
    held: list[tuple[Route, APIResponse]] = []
    addresses: list[str] = []

    def answer(route: Route) -> None:
        held.append((route, route.fetch()))
        addresses.append(route.request.url)

    page.route(re.compile(address), answer)

    def release() -> None:
        for route, response in held:
            route.fulfill(response=response)
        page.unroute(re.compile(address))

    return addresses, release


def fail(page: Page, address: str) -> Undo:
    """Answers requests with a server error until the returned function is called."""
    body = {"error": {"code": "internal_error", "message": "Something went wrong on the server."}}
    page.route(re.compile(address), lambda route: route.fulfill(status=500, json=body))
    return lambda: page.unroute(re.compile(address))


def only(page: Page, address: str, body: object) -> Undo:
    """Answers requests with a body until the returned function is called."""
    page.route(re.compile(address), lambda route: route.fulfill(json=body))
    return lambda: page.unroute(re.compile(address))
