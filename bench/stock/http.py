"""The HTTP routes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from flask import Blueprint, abort, current_app, g, jsonify, request

from .models import Conversation, Membership, Message, User, db

web = Blueprint("web", __name__)
SESSION = timedelta(days=1)


def user_of(token: str | None) -> str | None:
    """Returns the username in a valid session token, otherwise None."""
    try:
        claims = jwt.decode(token or "", current_app.config["SECRET_KEY"], algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"])


@web.before_request
def require_session() -> None:
    """Requires a session for every route except `/login`."""
    if request.endpoint != "web.login":
        g.username = user_of(request.headers.get("auth-token") or request.cookies.get("chatToken"))
        if g.username is None:
            abort(401)


@web.post("/login")
def login() -> Any:
    """Signs a user in by username."""
    username = request.get_json()["username"]
    if db.session.get(User, username) is None:
        abort(401)
    claims = {"sub": username, "exp": datetime.now(UTC) + SESSION}
    token = jwt.encode(claims, current_app.config["SECRET_KEY"], algorithm="HS256")
    response = jsonify(response="Signed in.")
    response.headers["auth-token"] = token
    response.set_cookie("chatToken", token, httponly=True, samesite="Lax")
    return response


@web.post("/group")
def create_group() -> Any:
    """Creates a group. Its creator is a member."""
    payload = request.get_json()
    usernames = {g.username} | {user["username"] for user in payload["users"]}
    memberships = [Membership(username=username) for username in usernames]
    group = Conversation(name=payload["groupName"], is_group=True, memberships=memberships)
    db.session.add(group)
    db.session.commit()
    return jsonify(newGroup={"groupId": group.id, "groupName": group.name, "createdAt": group.created_at})


@web.get("/messages/<sender>/<receiver>")
def messages(sender: str, receiver: str) -> Any:
    """Returns a page of a group's messages, oldest first."""
    if sender != g.username or db.session.get(Membership, (receiver, sender)) is None:
        abort(403)
    before = request.args.get("before", type=int)
    query = db.select(Message).where(Message.conversation_id == receiver).order_by(Message.sequence.desc())
    if before is not None:
        query = query.where(Message.sequence < before)
    page = db.session.scalars(query.limit(request.args.get("limit", 100, type=int))).all()
    return jsonify([message.to_wire() for message in reversed(page)])
