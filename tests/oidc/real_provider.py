"""The provider of `provider.mjs` as a process of its own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.servers import free_port

SCRIPT = Path(__file__).with_name("provider.mjs")
CLIENT_ID, CLIENT_SECRET = "chatapp", "a secret of the client"


class RealProvider:
    """`accounts` are the claims of each account by its name, with which people sign in there."""

    def __init__(self, redirect_uris: list[str], accounts: dict[str, dict[str, Any]]) -> None:
        port = free_port()
        self.issuer = f"http://127.0.0.1:{port}"
        given = json.dumps({"redirectUris": redirect_uris, "accounts": accounts})
        self._process = subprocess.Popen([_node(), str(SCRIPT), str(port), given], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        while (line := self._process.stdout.readline()) != b"ready\n":
            assert line, "the provider did not start"

    def table(self, name: str, label: str, more: str = "") -> str:
        """Its table in the file of providers."""
        return (
            f'[{name}]\nlabel = "{label}"\nissuer = "{self.issuer}"\nclient_id = "{CLIENT_ID}"\n'
            f'client_secret = "{CLIENT_SECRET}"\n{more}\n'
        )

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        assert self._process.stdout is not None
        self._process.stdout.close()


def _node() -> str:
    beside_python = Path(sys.executable).parent / "node"
    found = str(beside_python) if beside_python.exists() else shutil.which("node")
    assert found, "Node is missing: run `make setup`."
    return found
