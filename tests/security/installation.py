"""A throw-away installation in password mode, whose users may lose everything, and sessions on it."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from chatapp.actions.accounts import NewUser
from tests.databases import Databases
from tests.servers import Server

PASSWORD = "a phrase for throw-away users"
USERS = (
    NewUser("member", "Mem", "Ber", PASSWORD),
    NewUser("other", "Oth", "Er", PASSWORD),
    NewUser("group.admin", "Gro", "Up", PASSWORD),
    NewUser("outsider", "Out", "Sider", PASSWORD),
    NewUser("former", "For", "Mer", PASSWORD),
    NewUser("moderator", "Mod", "Erator", PASSWORD, role="moderator"),
    NewUser("guest", "Gu", "Est", PASSWORD, role="guest"),
    NewUser("gone", "Go", "Ne", PASSWORD),
    NewUser("admin", "Ad", "Min", PASSWORD, role="administrator"),
    NewUser("keeper", "Kee", "Per", PASSWORD, role="administrator"),
)
HANG_SECONDS = 10
"""A request that takes longer counts as a hang. The slowest one hashes a password, in a tenth of a second."""


def start_installation(folder: Path, databases: Databases, **settings: object) -> Server:
    """A server without the limits that would end a run by one client."""
    limits = {"CHATAPP_SIGN_IN_LIMIT": "100000 per second", "CHATAPP_SIGN_IN_ADDRESS_FAILURES": "1000000"}
    return Server(
        folder,
        [sys.executable, "-m", "chatapp", "serve"],
        CHATAPP_SIGN_IN="password",
        CHATAPP_DATABASE_URL=databases.new(*USERS),
        **{**limits, **settings},
    ).start()


class SignedIn:
    """A session by the token in a header, as a program has one. It signs in again when it was signed out."""

    def __init__(self, server: Server, username: str) -> None:
        self.server = server
        self.username = username
        self.http = requests.Session()
        self.token = ""
        self.sign_in()

    def sign_in(self) -> None:
        body = {"username": self.username, "password": PASSWORD}
        answer = requests.post(self.server.http + "/login", json=body, timeout=HANG_SECONDS)
        assert answer.status_code == 200, f"{self.username} cannot sign in: {answer.text}"
        self.token = answer.headers["auth-token"]
        self.http.headers["auth-token"] = self.token

    def is_signed_in(self) -> bool:
        return self.http.get(self.server.http + "/loggedIn", timeout=HANG_SECONDS).status_code == 200

    def post(self, path: str, body: Any) -> Any:
        answer = self.http.post(self.server.http + path, json=body, timeout=HANG_SECONDS)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()


class Keeper:
    """An administrator that no run tries, who takes back what a run did to the accounts that it goes on with."""

    def __init__(self, server: Server) -> None:
        self._caller = SignedIn(server, "keeper")

    def restore(self, *usernames: str) -> None:
        """Gives each account its name and its role of the beginning, activates it and lifts its suspension."""
        roles = {user.username: user.role for user in USERS}
        changes = self._do("GET", "/sync?names=0")["renamed"]
        for username in usernames:
            present = username
            for one in changes:
                present = one["newUsername"] if one["username"] == present else present
            if present != username:
                self._do("PATCH", f"/admin/people/{quote(present)}", {"username": username})
            person = f"/admin/people/{username}"
            self._do("PATCH", person, {"role": roles[username]})
            self._do("PATCH", person, {"isActive": True})
            self._do("DELETE", f"{person}/suspension")

    def _do(self, method: str, path: str, body: Any = None) -> Any:
        http, server = self._caller.http, self._caller.server
        answer = http.request(method, server.http + path, json=body, timeout=HANG_SECONDS)
        assert answer.status_code == 200, f"{method} {path}: {answer.text}"
        return answer.json()
