"""What `pip install` of a built wheel brings: everything that runs, with no checkout, no Node and no network."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin
from zipfile import ZipFile

import pytest
import requests

from chatapp import close_app, create_app
from chatapp.web import vendor
from chatapp.web.assets import AssetLibrary
from tests.servers import ROOT, Server

NOT_PACKED = re.compile(r"__pycache__|node_modules|web/[^/]+\.(js|json)$|web/\.npmrc$")
"""What checks the client and copies its libraries; the page needs none of it."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, because a build leaves its traces in the folder."""
    assert vendor.VENDOR.exists(), "The client's libraries are missing: run `make setup`."
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "chatapp", folder / "chatapp", ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "-w", folder, folder], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that runs what is in the wheel and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    ZipFile(wheel).extractall(folder / "site")
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from chatapp.cli import main; main()"
    # -I: neither the working folder nor PYTHONPATH, where the checkout would be found.
    command = [sys.executable, "-I", "-c", program, str(folder / "site"), "serve", "--demo"]
    server = Server(folder / "instance", command).start()
    yield server
    server.kill()


def test_a_wheel_has_every_file_of_the_package(wheel: Path) -> None:
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "chatapp").rglob("*") if path.is_file()]
    wanted = {name for name in files if not NOT_PACKED.search(name)}
    for kind in ("web/static/vendor/", "web/static/js/", ".css", ".woff2", ".png", ".html", "versions/", ".mako"):
        assert any(kind in name for name in wanted), f"{kind} has moved: this test has to move with it"
    packed = set(ZipFile(wheel).namelist())
    assert wanted - packed == set()
    assert [name for name in packed if "node_modules" in name] == []


def test_what_is_in_a_wheel_serves_the_page_and_all_that_it_loads(installed: Server) -> None:
    page = requests.get(installed.http, timeout=5)
    assert page.status_code == 200
    (import_map,) = re.findall(r'<script type="importmap">(.+?)</script>', page.text)
    addresses = set(json.loads(import_map)["imports"].values()) | set(re.findall(r'(?:href|src)="([^"]+)"', page.text))
    shell = requests.get(installed.http + "/shell.json", timeout=5).json()
    addresses |= {*shell["files"], "/service-worker.js", "/favicon.ico", "/docs"}
    assert len(addresses) > len(vendor.FILES)
    with requests.Session() as session:
        found = {one: session.get(urljoin(installed.http, one), timeout=5) for one in addresses}
    assert {one: answer.status_code for one, answer in found.items() if not (answer.ok and answer.content)} == {}


def test_what_is_in_a_wheel_makes_its_tables_and_lets_people_in(installed: Server) -> None:
    signed_in = requests.post(installed.http + "/login", json={"username": "alice"}, timeout=5)
    assert signed_in.status_code == 200
    assert "Traceback" not in installed.log


def test_without_the_libraries_the_page_says_how_to_get_them(tmp_path: Path) -> None:
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
