"""Removing a person while others have conversations with them open, in two processes."""

import time
from pathlib import Path

import pytest

from chatapp import close_app, create_app
from chatapp.actions.audit import OPERATOR
from chatapp.actions.removal_steps import continue_removal
from chatapp.actions.removals import remove_person
from chatapp.actions.usernames import usernames_of
from tests.cluster.nodes import Cluster
from tests.databases import Databases
from tests.people import Person, wait_until


def _removed(pair: Cluster, username: str, messages: str) -> None:
    done = pair.command("users", "remove", username, "--messages", messages, "--yes")
    assert done.returncode == 0, done.stderr


def _contents(person: Person, receiver: str, *, group: bool = False) -> list[tuple[str, str]]:
    return [(one["sender"], one["content"]) for one in person.history(receiver, group=group)]


def test_kept_messages_stay_under_a_name_that_tells_nothing(pair: Cluster) -> None:
    eve, bob = pair.arrive("eve"), pair.arrive("bob")
    assert eve.say("bob", "kept words")["success"] is True
    assert bob.say("eve", "an answer")["success"] is True
    before = bob.call("sync", {})["names"]
    _removed(pair, "eve", "keep")
    began = time.monotonic()
    wait_until(lambda: eve.socket is not None and not eve.socket.connected, "eve's socket is closed")
    assert time.monotonic() - began < 1
    told = bob.wait_for("usernameChanged", lambda one: one["username"] == "eve")
    name = told["newUsername"]
    assert told["isRemoved"] is True
    assert name.startswith("!removed-")
    assert eve.get("/loggedIn").status_code == 401
    assert _contents(bob, name) == [(name, "kept words"), ("bob", "an answer")]
    assert bob.say(name, "too late")["error"]["code"] == "blocked"
    assert bob.say("eve", "too late")["success"] is False
    assert "eve" not in {one["username"] for one in bob.get("/users").json()["users"]}
    assert bob.call("sync", {"names": before})["renamed"] == [{"number": before + 1, "isRemoved": True}]
    assert pair.command("users", "add", "eve", "--no-password").returncode != 0
    assert pair.command("users", "reactivate", name).returncode != 0


def test_erased_messages_are_deleted_messages_for_everybody(pair: Cluster) -> None:
    fay, bob = pair.arrive("fay"), pair.arrive("bob")
    group = fay.post("/group", {"groupName": "Plans", "users": [{"username": "bob"}]}).json()["newGroup"]["groupId"]
    for number in range(60):
        assert fay.post("/messages", {"receiver": group, "group": True, "content": f"word {number}"}).status_code == 200
    assert bob.post("/messages", {"receiver": group, "group": True, "content": "mine"}).status_code == 200
    assert fay.say("bob", "in private")["success"] is True
    _removed(pair, "fay", "erase")
    name = bob.wait_for("usernameChanged", lambda one: one["username"] == "fay")["newUsername"]
    assert _contents(bob, group, group=True) == [(name, "")] * 60 + [("bob", "mine")]
    assert _contents(bob, name) == [(name, "")]
    members = [one for one in bob.get("/conversations").json()["conversations"] if one["receiver"] == group]
    assert [one["username"] for one in members[0]["members"]] == ["bob"]
    bob.wait_for("change", lambda one: one["receiver"] == name)


def test_the_group_of_a_removed_owner_passes_to_an_admin_on_open_sockets(pair: Cluster) -> None:
    alice, bob, carol = pair.arrive("alice"), pair.arrive("bob"), pair.arrive("carol")
    group = alice.make_group("Plans", "bob", "carol")
    role = alice.call("setRole", {"groupId": group, "username": "carol", "role": "admin"})
    assert role["success"] is True
    _removed(pair, "alice", "keep")
    heir = {"username": "carol", "role": "owner"}
    for one in (bob, carol):
        told = one.wait_for("change", lambda change: heir in change.get("members", ()))
        assert (told["receiver"], told["kind"], len(told["members"])) == (group, "members", 2)
    assert carol.call("setRole", {"groupId": group, "username": "bob", "role": "admin"})["success"] is True


@pytest.mark.slow
def test_a_removal_that_was_cut_off_is_finished_at_the_next_start(databases: Databases, tmp_path: Path) -> None:
    url = databases.new()
    cluster = Cluster(tmp_path, url)
    try:
        cluster.start()
        fay, bob = cluster.arrive("fay"), cluster.arrive("bob")
        for number in range(60):
            assert fay.post("/messages", {"receiver": "bob", "content": f"word {number}"}).status_code == 200
        group = fay.make_group("Plans", "bob")
        cluster.nodes[0].kill()
        app = create_app({"instance": tmp_path, "database_url": url})
        journal = app.extensions["chatapp.journal"]
        with app.app_context():
            user_id = remove_person(journal, OPERATOR, "fay", erases=True)
            continue_removal(journal, user_id)
            name = usernames_of({user_id})[user_id]
        close_app(app)
        assert [text for _, text in _contents(bob, name)][-1] == "word 59"
        cluster.starter(cluster.nodes[0])()
        wait_until(lambda: _contents(bob, name) == [(name, "")] * 60, "the other messages are deleted")
        owned = [{"username": "bob", "role": "owner"}]
        wait_until(lambda: bob.get(f"/group/{group}").json()["group"]["members"] == owned, "the group is bob's")
        cluster.stop()
    finally:
        cluster.kill()
