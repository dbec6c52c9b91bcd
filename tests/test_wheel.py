"""A built wheel is complete: it runs without a checkout, Node or a network."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from zipfile import ZipFile

import pytest
import requests

from chatapp import close_app, create_app
from chatapp.web import bundle, vendor
from chatapp.web.assets import AssetLibrary
from tests.servers import ROOT, Server

SOURCE_DISTRIBUTION_ONLY = ("requirements.txt", "gunicorn.conf.py", "ws.py", "wsgi.py")
"""Files that only a source distribution contains."""

NOT_PACKED = re.compile(r"__pycache__|node_modules|web/static/js/|web/[^/]+\.(js|json|ts)$|web/\.npmrc$")
"""The client's modules, and files that check them or fetch libraries. The page needs none of them."""


def clone(folder: Path, *, built: bool) -> Path:
    """Copies the checkout, because a build leaves files behind. Without what is `built` it is like a fresh clone."""
    ignored = ["__pycache__", "node_modules", *([] if built else ["vendor", "bundle"])]
    shutil.copytree(ROOT / "chatapp", folder / "chatapp", ignore=shutil.ignore_patterns(*ignored))
    for name in (
        "setup.cfg",
        "pyproject.toml",
        "build_backend.py",
        "MANIFEST.in",
        "README.md",
        *SOURCE_DISTRIBUTION_ONLY,
    ):
        shutil.copy(ROOT / name, folder)
    return folder


def build(source: Path, python: Path | str = sys.executable, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Runs `pip wheel` on a folder, into the same folder."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    command = [python, "-m", "pip", "wheel", *options, "-w", source, source]
    return subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)


def wheel_of(source: Path) -> Path:
    (built,) = source.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert vendor.is_complete(), "The client has not been built: run `make setup`."
    return clone(tmp_path_factory.mktemp("source"), built=True)


@pytest.fixture(scope="module")
def wheel(source: Path) -> Path:
    built = build(source)
    assert built.returncode == 0, built.stderr
    return wheel_of(source)


@pytest.fixture
def without_npm(tmp_path: Path) -> dict[str, Any]:
    """Arguments that make `build` run with this Python's packages and without npm, beside Python or on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python").symlink_to(sys.executable)
    settings = {"PATH": str(folder), "PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONNOUSERSITE": "1"}
    return {"python": folder / "python", **settings}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that runs the files of the wheel and none of the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    ZipFile(wheel).extractall(folder / "site")
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from chatapp.cli import main; main()"
    # -I ignores the working folder and PYTHONPATH, where Python would find the checkout.
    command = [sys.executable, "-I", "-c", program, str(folder / "site"), "serve", "--demo"]
    server = Server(folder / "instance", command).start()
    yield server
    server.kill()


@pytest.mark.slow
def test_a_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "chatapp").rglob("*") if path.is_file()]
    wanted = {name for name in files if not NOT_PACKED.search(name)}
    for kind in ("web/static/vendor/", "web/static/bundle/", ".css", ".woff2", ".png", ".html", "versions/", ".mako"):
        assert any(kind in name for name in wanted), f"{kind} has moved: this test has to move with it"
    packed = set(ZipFile(wheel).namelist())
    assert wanted - packed == set()
    assert [name for name in packed if NOT_PACKED.search(name)] == []


@pytest.mark.parametrize("there", [[], list(vendor.FILES.values())], ids=["none", "all but the bundle"])
def test_a_build_without_the_client_and_npm_fails_with_the_reason(
    tmp_path: Path, without_npm: dict[str, Any], there: list[str]
) -> None:
    fresh = clone(tmp_path / "fresh", built=False)
    for name in there:
        (fresh / "chatapp/web/static/vendor" / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / "chatapp/web/static/vendor" / name).touch()
    refused = build(fresh, **without_npm)
    assert refused.returncode != 0
    assert "`make wheel`" in refused.stderr
    assert "install npm" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(fresh.glob("*.whl")) == []


@pytest.mark.slow
def test_a_fresh_clone_with_npm_builds_the_same_wheel(tmp_path: Path, wheel: Path) -> None:
    fresh = clone(tmp_path / "fresh", built=False)
    # `make setup` has filled npm's cache.
    built = build(fresh, npm_config_prefer_offline="true")
    assert built.returncode == 0, built.stderr
    assert contents(wheel_of(fresh)) == contents(wheel)


@pytest.mark.slow
def test_a_source_distribution_builds_the_same_wheel_without_npm(
    source: Path, wheel: Path, tmp_path: Path, without_npm: dict[str, Any]
) -> None:
    code = "import build_backend, sys; build_backend.build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, tmp_path], cwd=source, check=True, capture_output=True)
    (archive,) = tmp_path.glob("chatapp-*.tar.gz")
    subprocess.run(["tar", "-xzf", archive, "-C", tmp_path], check=True)
    (unpacked,) = tmp_path.glob("chatapp-*/")
    assert all((unpacked / name).is_file() for name in ("build_backend.py", "MANIFEST.in", *SOURCE_DISTRIBUTION_ONLY))
    assert (unpacked / "chatapp/web/package-lock.json").is_file()
    built = build(unpacked, **without_npm)
    assert built.returncode == 0, built.stderr
    assert contents(wheel_of(unpacked)) == contents(wheel)


def contents(wheel: Path) -> dict[str, int]:
    """The checksum of every file in a wheel."""
    with ZipFile(wheel) as packed:
        return {one.filename: one.CRC for one in packed.infolist() if not one.filename.endswith("/RECORD")}


@pytest.mark.slow
def test_an_installed_wheel_serves_the_page_and_its_files(installed: Server) -> None:
    page = requests.get(installed.http, timeout=5)
    assert page.status_code == 200
    addresses = set(re.findall(r'(?:href|src)="([^"]+)"', page.text))
    shell = requests.get(installed.http + "/shell.json", timeout=5).json()
    addresses |= {*shell["files"], "/service-worker.js", "/favicon.ico", "/docs"}
    assert len([one for one in addresses if "/bundle/" in one]) > len(bundle.LOADED_LATER)
    with requests.Session() as session:
        found = {one: session.get(urljoin(installed.http, one), timeout=5) for one in addresses}
    assert {one: answer.status_code for one, answer in found.items() if not (answer.ok and answer.content)} == {}


def test_an_installed_wheel_creates_its_tables_and_accepts_sign_ins(installed: Server) -> None:
    signed_in = requests.post(installed.http + "/login", json={"username": "alice"}, timeout=5)
    assert signed_in.status_code == 200
    assert "Traceback" not in installed.log


def test_without_the_built_client_the_page_says_how_to_build_it(tmp_path: Path) -> None:
    app = create_app({"instance": tmp_path / "instance", "async_mode": "threading", "sign_in": "password"})
    try:
        assert app.test_client().get("/").status_code == 200
        (tmp_path / "static").mkdir()
        app.extensions["chatapp.web.assets"] = AssetLibrary(tmp_path / "static")
        answer = app.test_client().get("/")
    finally:
        close_app(app)
    assert answer.status_code == 503
    assert "chatapp.web.vendor --install" in answer.text
