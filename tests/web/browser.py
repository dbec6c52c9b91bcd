"""Finds a Chromium: an installed one, then the system's package, then Playwright's own download."""

import os
import shutil
import subprocess
import sys

INSTALLED = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """The browser's path; None for the one that Playwright has of its own."""
    return _installed() or _from_system() or _from_playwright()


def _installed() -> str | None:
    return next((path for name in INSTALLED if (path := shutil.which(name))), None)


def _from_system() -> str | None:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium-headless-shell"]):
        if subprocess.run(["apt-get", "-qq", *arguments], check=False).returncode:
            return None
    return _installed()


def _from_playwright() -> None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    print(chromium_path() or "Playwright's own")
