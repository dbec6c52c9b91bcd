"""Browser windows behind one small interface, so that the same test runs in Chromium, Firefox and WebKit."""

import contextlib
import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import BrowserContext, Playwright
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.web.browser import FLAGS, chromium_path, display_server_path, firefox_path, webkit_driver_path
from tests.web.people import HARMLESS

PATIENCE_SECONDS = 30
POLL_SECONDS = 0.1
SCREEN = "1280x800x24"

WEBKIT_ENVIRONMENT = {"WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
"""Without a graphics card, compositing takes half of a core for as long as anything on the page moves."""


class Window(ABC):
    """A user's window, with its own cookies and storage.

    Selectors are XPath; scripts are JavaScript functions.
    """

    @abstractmethod
    def open(self, address: str) -> None: ...

    @abstractmethod
    def reload(self) -> None: ...

    @abstractmethod
    def click(self, selector: str) -> None:
        """Waits for a match and clicks the first."""

    @abstractmethod
    def write(self, selector: str, text: str) -> None:
        """Writes into an empty field."""

    @abstractmethod
    def press_enter(self, selector: str) -> None: ...

    @abstractmethod
    def evaluate(self, script: str, argument: Any = None) -> Any: ...

    @abstractmethod
    def close(self) -> None:
        """Fails if the page logged an error or a warning. WebKit's driver cannot read the console."""

    def wait(self, script: str, argument: Any = None) -> None:
        """Waits until the script returns a true value."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.evaluate(script, argument):
            if time.monotonic() > deadline:
                shown = self.evaluate("() => document.body.innerText")
                raise AssertionError(f"{script} with {argument!r} stays false. The page shows:\n{shown}")
            time.sleep(POLL_SECONDS)

    def wait_for(self, selector: str) -> None:
        """Waits until the page has a match."""
        self.wait(MATCHES, selector)


MATCHES = (
    "(selector) => document.evaluate(`boolean(${selector})`, document, null, XPathResult.BOOLEAN_TYPE).booleanValue"
)


class PlaywrightWindow(Window):
    """Chromium and Firefox."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page = context.new_page()
        self.complaints: list[str] = []
        context.on("weberror", lambda error: self._hear(str(error.error)))
        context.on("console", lambda said: self._hear(said.text) if said.type in ("error", "warning") else None)

    def open(self, address: str) -> None:
        self.page.goto(address)

    def reload(self) -> None:
        self.page.reload()

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def write(self, selector: str, text: str) -> None:
        self.page.locator(selector).fill(text)

    def press_enter(self, selector: str) -> None:
        self.page.locator(selector).press("Enter")

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def close(self) -> None:
        self.context.close()
        assert not self.complaints, self.complaints

    def _hear(self, complaint: str) -> None:
        if not HARMLESS.search(complaint):
            self.complaints.append(complaint)


class WebKitWindow(Window):
    """WebKitGTK's MiniBrowser, driven by WebDriver. Each window is a process of its own with a temporary profile."""

    def __init__(self, driver: str, display: str) -> None:
        self.service = Service(driver, env={**os.environ, **WEBKIT_ENVIRONMENT, "DISPLAY": display})
        self.service.start()
        # `webdriver.WebKitGTK` does the same with a call that selenium itself has deprecated.
        connection = RemoteConnection(client_config=ClientConfig(self.service.service_url))
        self.driver = webdriver.Remote(connection, options=Options())

    def open(self, address: str) -> None:
        self.driver.get(address)

    def reload(self) -> None:
        self.driver.refresh()

    def click(self, selector: str) -> None:
        self._when_there(selector, lambda found: found.click())

    def write(self, selector: str, text: str) -> None:
        self._when_there(selector, lambda found: found.send_keys(text))

    def press_enter(self, selector: str) -> None:
        self._when_there(selector, lambda found: found.send_keys(Keys.ENTER))

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.driver.execute_script(f"return ({script})(arguments[0])", argument)

    def close(self) -> None:
        self.driver.quit()
        self.service.stop()

    def _when_there(self, selector: str, act: Callable[[Any], None]) -> None:
        """Retries, because the page may redraw an element between finding and using it."""

        def attempt(driver: Any) -> bool:
            found = driver.find_element(By.XPATH, selector)
            # WebKit's driver does not scroll in a dialog.
            driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", found)
            act(found)
            return True

        redrawn = (NoSuchElementException, StaleElementReferenceException)
        WebDriverWait(self.driver, PATIENCE_SECONDS, POLL_SECONDS, redrawn).until(attempt)


Maker = Callable[[], Window]


@contextlib.contextmanager
def chromium(playwright: Playwright) -> Iterator[Maker]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield lambda: PlaywrightWindow(browser.new_context(reduced_motion="reduce"))
    browser.close()


@contextlib.contextmanager
def firefox(playwright: Playwright) -> Iterator[Maker]:
    """The `moz-` channel drives Firefox as Mozilla releases it; without it, Playwright needs a build of its own."""
    browser = playwright.firefox.launch(
        channel="moz-firefox", executable_path=firefox_path(), firefox_user_prefs={"ui.prefersReducedMotion": 1}
    )
    yield lambda: PlaywrightWindow(browser.new_context())
    browser.close()


@contextlib.contextmanager
def webkit(playwright: Playwright) -> Iterator[Maker]:
    driver = webkit_driver_path()
    with _display() as display:
        yield lambda: WebKitWindow(driver, display)


@contextlib.contextmanager
def _display() -> Iterator[str]:
    """Starts an X server that draws into memory, and yields the display that it chose."""
    reading, writing = os.pipe()
    command = [display_server_path(), "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with open(reading) as numbers:
                yield f":{numbers.readline().strip()}"
        finally:
            server.terminate()


BROWSERS = {"chromium": chromium, "firefox": firefox, "webkit": webkit}
