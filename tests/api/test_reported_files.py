"""Files of reported messages: who sees them and when, and what the audit log says."""

from typing import Any

import pytest

from chatapp.actions.audit import lines_after
from tests.api.error_bodies import refusal
from tests.api.senders import sent
from tests.api.test_reports import Scene, scene
from tests.pictures import encoded, plain
from tests.uploads import upload

__all__ = ["scene"]

PICTURE = encoded(plain(size=(640, 400)), "PNG")


@pytest.fixture
def files(scene: Scene) -> dict[str, str]:
    """The ids of files by where they are: with the `reported` message, `near` it, and too `far` from it."""
    found = {}
    for place, fillers in (("far", 5), ("near", 0), ("reported", 0)):
        content = PICTURE if place == "reported" else place.encode()
        upload_id = upload(scene.alice, content, f"{place}.png" if place == "reported" else f"{place}.txt")
        message = sent(scene.alice, scene.names["bob"], upload_id)
        found[place] = message["files"][0]["fileId"]
        for number in range(fillers):
            scene.say(scene.alice, "bob", f"in between {number}")
    scene.reported = found["reported"].rpartition("-")[0]
    scene.path = f"/admin/reports/{scene.reported}"
    return found


def read(scene: Scene) -> list[tuple[str, dict[str, Any]]]:
    """Who has read which files, by the audit log."""
    with scene.app.app_context():
        lines = [line for line in lines_after(0) if line.kind == "reported_file_read"]
        return [(line.actor, line.details) for line in lines if line.target == scene.names["alice"]]


def test_a_moderator_reads_the_files_around_an_open_report_and_each_time_is_recorded(
    scene: Scene, files: dict[str, str]
) -> None:
    assert scene.report(scene.bob).status_code == 200
    opened = scene.mod.get(scene.path).get_json()
    shown = [(file["name"], file["fileId"]) for one in opened["context"] for file in one.get("files", [])]
    assert shown == [("near.txt", files["near"]), ("reported.png", files["reported"])]
    assert read(scene) == []
    answer = scene.mod.get(f"{scene.path}/file/{files['near']}")
    assert (answer.data, answer.headers["Content-Type"]) == (b"near", "text/plain")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    preview = scene.mod.get(f"{scene.path}/file/{files['reported']}/preview/0")
    assert preview.headers["Content-Type"] == "image/webp"
    assert read(scene) == [
        (scene.names["mod"], {"message": scene.reported, "file": files["near"]}),
        (scene.names["mod"], {"message": scene.reported, "file": files["reported"]}),
    ]
    refusal(scene.mod.get(f"{scene.path}/file/{files['reported']}/preview/9"), 404, "not_found")


def test_other_files_and_those_without_an_open_report_are_not_there(scene: Scene, files: dict[str, str]) -> None:
    near = f"{scene.path}/file/{files['near']}"
    refusal(scene.mod.get(near), 404, "not_found")
    assert scene.report(scene.bob).status_code == 200
    elsewhere = sent(scene.mallory, scene.names["alice"], upload(scene.mallory, b"x"))["files"][0]["fileId"]
    for file_id in (files["far"], elsewhere, f"{scene.reported}-2", "1-1", "x", f"{scene.reported}-0"):
        refusal(scene.mod.get(f"{scene.path}/file/{file_id}"), 404, "not_found")
    for stranger in (scene.alice, scene.bob, scene.mallory):
        refusal(stranger.get(near), 403, "forbidden")
    refusal(scene.mod.get(f"/file/{files['near']}"), 404, "not_found")
    assert scene.mod.get(near).status_code == 200
    assert scene.mod.delete(scene.path).status_code == 200
    refusal(scene.mod.get(near), 404, "not_found")
    assert len(read(scene)) == 1


def test_a_report_of_the_readers_own_opens_the_files_of_that_message_alone(scene: Scene, files: dict[str, str]) -> None:
    upload_id = upload(scene.alice, b"to the moderator", "first.txt")
    before = sent(scene.alice, scene.names["mod"], upload_id)["files"][0]["fileId"]
    reported = sent(scene.alice, scene.names["mod"], upload(scene.alice, b"worse", "second.txt"))
    assert scene.report(scene.mod, reported["messageId"]).status_code == 200
    path = f"/admin/reports/{reported['messageId']}"
    assert scene.mod.get(f"{path}/file/{reported['files'][0]['fileId']}").data == b"worse"
    refusal(scene.mod.get(f"{path}/file/{before}"), 404, "not_found")
