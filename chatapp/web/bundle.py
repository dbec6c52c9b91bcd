"""Bundles the client's modules with their libraries into `static/bundle/`: `python -m chatapp.web.bundle`.

A page then loads a handful of files instead of one for each module (docs/decisions/0042-bundled-web-client.md). Needs
what `python -m chatapp.web.vendor --install` fetches, and nothing but the standard library.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from chatapp.web.npm import npm

FOLDER = Path(__file__).parent
SOURCES = FOLDER / "static" / "js"
BUNDLE = FOLDER / "static" / "bundle"
ESBUILD = FOLDER / "node_modules" / ".bin" / "esbuild"

MAIN = "main"
LOADED_LATER = (
    "markdown/index",
    "pasting/index",
    "polls/view",
    "views/dialogs/index",
    "views/files/index",
    "views/reset/index",
    "views/setup/index",
)
"""Modules that the page imports when it has drawn the rest, or when they are first needed. Each becomes a file."""

SCRIPTS = ("theme", "service-worker")
"""Classic scripts, which import nothing."""

TARGET = "es2023"
HIGHLIGHTER = "@highlightjs/cdn-assets/es/highlight.min.js"
"""The languages that its package holds for browsers are fewer than those of the package highlight.js."""
STATIC = "import-statement"
"""esbuild's name for an import that is no `import()`."""
FIRST = "first.json"
"""The file that lists what the first page loads: the main module and what it imports."""


def build() -> None:
    """Makes the bundle anew. The old one stays until the new one is whole. Raises CalledProcessError if a module has an
    error, which is printed."""
    with tempfile.TemporaryDirectory(dir=BUNDLE.parent, prefix=".bundle-") as folder:
        made = Path(folder) / "bundle"
        _bundle_modules(made)
        _run("--format=iife", f"--outdir={made}", *_files(SCRIPTS))
        shutil.rmtree(BUNDLE, ignore_errors=True)
        made.rename(BUNDLE)


def build_if_stale() -> None:
    """Makes the bundle anew if there is none or an old one, where esbuild is installed."""
    if ESBUILD.exists() and (not is_there() or is_stale()):
        build()


def is_stale() -> bool:
    """Whether a module or a library has changed since the bundle was made. A source distribution has the modules too,
    unpacked with the times that they had."""
    sources = [*SOURCES.rglob("*.js"), FOLDER / "package-lock.json"]
    return any(_changed(one) > _changed(BUNDLE / FIRST) for one in sources if one.exists())


def is_there() -> bool:
    return (BUNDLE / FIRST).is_file()


def _bundle_modules(made: Path) -> None:
    report = made.parent / "report.json"
    options = [
        "--bundle",
        "--splitting",
        "--format=esm",
        "--entry-names=[dir]/[name]",
        "--chunk-names=chunks/[name]-[hash]",
        f"--alias:highlight.js={HIGHLIGHTER}",
    ]
    _run(*options, f"--outdir={made}", f"--metafile={report}", *_files((MAIN, *LOADED_LATER)))
    outputs = json.loads(report.read_text())["outputs"]
    _require_whole(outputs)
    (made / FIRST).write_text(json.dumps(_loaded_first(made, outputs)))


def _run(*arguments: str) -> None:
    node = Path(npm()).parent
    general = ["--minify", "--sourcemap", f"--target={TARGET}", f"--outbase={SOURCES}", "--log-level=warning"]
    # Node starts esbuild, because no installation script (.npmrc) has put the native program in the script's place.
    subprocess.run(  # noqa: S603 (nothing of it comes from outside)
        [ESBUILD, *general, *arguments],
        cwd=FOLDER,
        env={**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"},
        check=True,
    )


def _files(names: tuple[str, ...]) -> list[str]:
    return [str(SOURCES / f"{name}.js") for name in names]


def _require_whole(outputs: dict[str, Any]) -> None:
    """esbuild leaves a library that it does not find to the browser if the import is within a `try`."""
    missing = {one["path"] for output in outputs.values() for one in output["imports"] if one.get("external")}
    if missing:
        raise FileNotFoundError(f"There is no npm package for {', '.join(sorted(missing))}.")


def _loaded_first(made: Path, outputs: dict[str, Any]) -> list[str]:
    """The files, relative to the bundle, that the main module imports directly and through others, itself first."""
    imports = {
        (FOLDER / name).resolve(): [FOLDER / one["path"] for one in output["imports"] if one["kind"] == STATIC]
        for name, output in outputs.items()
    }
    found: list[Path] = []
    waiting = [made / f"{MAIN}.js"]
    while waiting:
        file = waiting.pop(0).resolve()
        if file not in found:
            found.append(file)
            waiting += imports[file]
    return [file.relative_to(made.resolve()).as_posix() for file in found]


def _changed(file: Path) -> float:
    return file.stat().st_mtime


if __name__ == "__main__":
    build()
