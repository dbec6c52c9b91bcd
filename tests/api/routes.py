"""Every route, by who may call it, with a request that is valid for those who may."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from chatapp.clock import now
from tests.conftest import Browser
from tests.pictures import encoded, plain
from tests.uploads import upload

OPEN = {
    *("GET /docs", "GET /healthz", "GET /metrics", "GET /openapi.json", "GET /readyz"),
    *("GET /email/unsubscribe", "POST /email/unsubscribe"),
    *("POST /email/confirm", "POST /forgot", "POST /invite", "POST /join", "POST /login", "POST /reset", "POST /setup"),
    *("POST /passkeys/join/options", "POST /passkeys/sign-in", "POST /passkeys/sign-in/options"),
    *("GET /oidc/<name>/callback", "POST /oidc/<name>/start"),
}
"""Before a sign-in."""

OWN = {
    *("GET /blocks", "PUT /block/<username>", "GET /conversations", "GET /groups/public", "GET /loggedIn"),
    *("POST /group", "POST /logout", "PATCH /password", "GET /picture/<picture_hash>", "GET /saved", "GET /scheduled"),
    "GET /preview-picture/<picture_hash>",
    *("PATCH /username", "POST /leave", "POST /export", "GET /email", "PUT /email", "DELETE /email"),
    *("GET /profile", "PATCH /profile", "PUT /profile/picture", "DELETE /profile/picture", "GET /search"),
    *("GET /passkeys", "POST /passkeys", "POST /passkeys/options", "PATCH /passkeys/<passkey_id>"),
    *("DELETE /passkeys/<passkey_id>", "GET /second-factor", "POST /second-factor", "DELETE /second-factor"),
    *("POST /second-factor/confirm", "POST /second-factor/recovery-codes", "GET /sessions", "DELETE /sessions"),
    *("DELETE /sessions/<session_id>", "GET /settings", "PATCH /settings", "GET /sync", "GET /threads", "GET /users"),
    *("GET /push", "PUT /push/subscription", "DELETE /push/subscription", "POST /push/test"),
    *("PATCH /scheduled/<client_id>", "DELETE /scheduled/<client_id>", "POST /scheduled/<client_id>/send"),
    *("GET /uploads", "POST /uploads", "GET /uploads/<upload_id>", "PATCH /uploads/<upload_id>"),
    "DELETE /uploads/<upload_id>",
}
"""About the caller alone, or what everybody sees. Ids are looked up among the caller's own."""

STAFF = {
    *("GET /admin/audit", "GET /admin/audit.csv", "GET /admin/audit.jsonl", "GET /admin/groups", "GET /admin/limits"),
    "GET /admin/retention",
    *("DELETE /admin/groups/<group_id>", "PUT /admin/groups/<group_id>/owner", "GET /admin/people"),
    *("GET /admin/invitations", "POST /admin/invitations", "DELETE /admin/invitations/<number>"),
    "GET /admin/reports/<message_id>/file/<file_id>",
    "GET /admin/reports/<message_id>/file/<file_id>/preview/<number>",
    *("GET /admin/reports", "GET /admin/reports/<message_id>", "DELETE /admin/reports/<message_id>"),
    *("DELETE /admin/reports/<message_id>/message", "PUT /admin/people/<username>/suspension"),
    "DELETE /admin/people/<username>/suspension",
    *("PATCH /admin/people/<username>", "POST /admin/people/<username>/reset"),
    "POST /admin/people/<username>/removal",
    *("DELETE /admin/people/<username>/sessions", "PATCH /admin/installation"),
    *("GET /admin/bots", "POST /admin/bots", "PATCH /admin/bots/<username>", "GET /admin/bots/<username>/tokens"),
    *("POST /admin/bots/<username>/tokens", "DELETE /admin/bots/<username>/tokens/<token_id>"),
}
"""For administrators, and some for moderators: `test_system_permissions.py` tries each role on each permission."""

BODIES: dict[str, dict[str, Any]] = {
    "POST /leave": {"messages": "keep"},
    "POST /admin/people/<username>/removal": {"messages": "keep"},
    "PATCH /admin/people/<username>": {"isActive": False},
    "PUT /admin/people/<username>/suspension": {"hours": 1},
    "PUT /admin/groups/<group_id>/owner": {"username": "alice"},
    "PATCH /admin/bots/<username>": {"name": "Another"},
    "POST /admin/bots": {"username": "another", "name": "Another"},
    "POST /admin/bots/<username>/tokens": {"name": "another"},
}
"""Valid bodies of those routes of STAFF and OWN that refuse an empty one before they ask who is calling."""


@dataclass(frozen=True)
class Scene:
    """A private group of insiders with a message, a thread and a poll, and the direct conversation of two of them. The
    insider has written what there is."""

    insider: str
    other: str
    group: str
    message: str
    thread: str
    poll: str
    private: str
    reply: str
    """What the other one said in the group."""
    file: str
    """A picture in the group."""


Call = Callable[[Scene], tuple[str, Any]]
"""Makes the path and the body of a request that an insider may send."""

FORBIDDEN: dict[str, Call] = {
    "GET /all/<username>": lambda scene: (f"/all/{scene.insider}", None),
    "GET /messages/<sender>/<receiver>": lambda scene: (f"/messages/{scene.insider}/{scene.other}", None),
    "POST /messages": lambda scene: ("/messages", {"receiver": scene.group, "group": True, "content": "let me in"}),
    "GET /pinned/<receiver>": lambda scene: (f"/pinned/{scene.group}?group=yes", None),
    "GET /receipts": lambda scene: (f"/receipts?receiver={scene.group}&group=yes&sequence=1", None),
    "PUT /draft": lambda scene: ("/draft", {"receiver": scene.group, "group": True, "content": "x"}),
    "PATCH /preferences": lambda scene: ("/preferences", {"receiver": scene.group, "group": True, "level": "none"}),
    "POST /scheduled": lambda scene: (
        "/scheduled",
        {
            "receiver": scene.group,
            "group": True,
            "content": "later",
            "clientId": "0b9f2f3c-8a50-4d4e-9d0a-0d1a2f1f7a12",
            "dueAt": (now() + timedelta(days=1)).isoformat(),
        },
    ),
    "POST /polls": lambda scene: (
        "/polls",
        {"receiver": scene.group, "group": True, "question": "In?", "options": ["yes", "no"]},
    ),
    "GET /group/<group_id>": lambda scene: (f"/group/{scene.group}", None),
    "GET /group/<group_id>/retention": lambda scene: (f"/group/{scene.group}/retention?days=1", None),
    "PATCH /group/<group_id>": lambda scene: (f"/group/{scene.group}", {"groupName": "Mine"}),
    "DELETE /group/<group_id>": lambda scene: (f"/group/{scene.group}", None),
    "POST /group/<group_id>/members": lambda scene: (
        f"/group/{scene.group}/members",
        {"users": [{"username": scene.other}]},
    ),
    "PUT /group/<group_id>/members/<username>": lambda scene: (
        f"/group/{scene.group}/members/{scene.other}",
        {"role": "owner"},
    ),
    "DELETE /group/<group_id>/members/<username>": lambda scene: (f"/group/{scene.group}/members/{scene.other}", None),
    "GET /groups/public/<group_id>": lambda scene: (f"/groups/public/{scene.group}", None),
    "POST /groups/public/<group_id>/join": lambda scene: (f"/groups/public/{scene.group}/join", {}),
    "PATCH /message/<message_id>": lambda scene: (f"/message/{scene.message}", {"content": "other words"}),
    "DELETE /message/<message_id>": lambda scene: (f"/message/{scene.message}", None),
    "POST /message/<message_id>/close": lambda scene: (f"/message/{scene.poll}/close", {}),
    "POST /message/<message_id>/forward": lambda scene: (
        f"/message/{scene.message}/forward",
        {"receiver": scene.other, "group": False},
    ),
    "GET /message/<message_id>/origin": lambda scene: (f"/message/{scene.message}/origin", None),
    "PUT /message/<message_id>/pin": lambda scene: (f"/message/{scene.message}/pin", {"on": True}),
    "POST /message/<message_id>/reactions": lambda scene: (f"/message/{scene.message}/reactions", {"emoji": "👍"}),
    "GET /message/<message_id>/reactions": lambda scene: (f"/message/{scene.message}/reactions?emoji=👍", None),
    "DELETE /message/<message_id>/previews": lambda scene: (f"/message/{scene.message}/previews", None),
    "PUT /message/<message_id>/saved": lambda scene: (f"/message/{scene.message}/saved", {"on": True}),
    "POST /message/<message_id>/report": lambda scene: (f"/message/{scene.reply}/report", {"reason": "spam"}),
    "POST /message/<message_id>/thread": lambda scene: (f"/message/{scene.message}/thread", {}),
    "GET /message/<message_id>/versions": lambda scene: (f"/message/{scene.message}/versions", None),
    "PUT /message/<message_id>/vote": lambda scene: (f"/message/{scene.poll}/vote", {"options": [0]}),
    "GET /message/<message_id>/voters": lambda scene: (f"/message/{scene.poll}/voters?option=0", None),
    "GET /files/<receiver>": lambda scene: (f"/files/{scene.group}?group=yes", None),
    "GET /file/<file_id>": lambda scene: (f"/file/{scene.file}", None),
    "GET /file/<file_id>/preview/<number>": lambda scene: (f"/file/{scene.file}/preview/0", None),
    "PUT /thread/<thread_id>/following": lambda scene: (f"/thread/{scene.thread}/following", {"on": True}),
}
"""About a conversation, a message or a person's list that is not the caller's."""


def routes_of(app: Flask) -> dict[str, str]:
    """Every route under the prefix `/` but the web client's, with its method, and its endpoint."""
    return {
        f"{method} {rule.rule}": rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/web/") and not rule.endpoint.startswith("web.")
    }


def new_scene(insider: Browser, other: Browser, names: tuple[str, str], group: str) -> Scene:
    """Fills a group that these two people, by their names, are in."""

    def sent(path: str, **body: Any) -> str:
        answer = insider.post(path, json={"receiver": group, "group": True, **body})
        assert answer.status_code == 200, answer.text
        body = answer.get_json()
        found: str = (body.get("response") or body["message"])["messageId"]
        return found

    message = sent("/messages", content="a secret of the insiders")
    poll = sent("/polls", question="Which?", options=["this", "that"])
    thread = insider.post(f"/message/{message}/thread", json={}).get_json()["thread"]["receiver"]
    private = insider.post("/messages", json={"receiver": names[1], "content": "a secret of two"}).get_json()
    said = other.post("/messages", json={"receiver": group, "group": True, "content": "a secret, too"}).get_json()
    ids = (private["response"]["messageId"], said["response"]["messageId"])
    picture = upload(insider, encoded(plain(), "PNG"), "secret.png")
    shown = sent("/messages", content="", files=[{"uploadId": picture}])
    return Scene(*names, group, message, thread, poll, *ids, f"{shown}-1")


def asked(browser: Browser, route: str, scene: Scene) -> TestResponse:
    """The answer to a request of FORBIDDEN."""
    path, body = FORBIDDEN[route](scene)
    answer: TestResponse = browser.open(path, method=route.split(" ")[0], json=body)
    return answer
