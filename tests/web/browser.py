"""Finds the browsers: an installed one, then the system's package; for Chromium, then Playwright's own download."""

import fcntl
import os
import shutil
import subprocess
import sys

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class BrowserMissing(Exception):
    """The browser is not installed, and the tests cannot install it."""


def chromium_path() -> str | None:
    """The browser's path; None for Playwright's own download."""
    try:
        return find(CHROMIUM, "chromium-headless-shell")
    except BrowserMissing:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
        return None


def firefox_path() -> str:
    return find(("firefox-esr", "firefox"), "firefox-esr")


def webkit_driver_path() -> str:
    return find(("WebKitWebDriver",), "webkit2gtk-driver")


def display_server_path() -> str:
    """WebKitGTK has no headless mode: its windows need an X server, which needs no screen."""
    return find(("Xvfb",), "xvfb")


def find(programs: tuple[str, ...], package: str) -> str:
    """The path of the first of these programs, installed from this Debian package if none is found."""
    return _installed(programs) or _from_system(programs, package)


def _installed(programs: tuple[str, ...]) -> str | None:
    return next((path for name in programs if (path := shutil.which(name))), None)


def _from_system(programs: tuple[str, ...], package: str) -> str:
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        raise BrowserMissing(f"None of {', '.join(programs)} is installed; only root can install {package}, with apt.")
    with open(apt, "rb") as lock:
        # apt fails while another process installs, as parallel test processes would.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _installed(programs) or _install(apt, programs, package)


def _install(apt: str, programs: tuple[str, ...], package: str) -> str:
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", package]):
        done = subprocess.run([apt, "-qq", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise BrowserMissing(f"apt-get {' '.join(arguments)} failed: {done.stderr.strip()}")
    found = _installed(programs)
    assert found, f"{package} brings none of {', '.join(programs)}"
    return found


if __name__ == "__main__":
    print(chromium_path() or "Playwright's own")
