"""GET /conversations: the caller's conversations by newest activity, with the watermarks of their members."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from chatapp.extensions import db
from chatapp.journal.drafts import Watermark
from chatapp.models import User
from tests.api.error_bodies import refusal
from tests.conftest import Browser

Browse = Callable[[str | None], Browser]
Newcomers = Callable[[int], list[str]]
MakeGroup = Callable[..., str]


def conversations(browser: Browser) -> list[dict[str, Any]]:
    answer = browser.get("/conversations")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.get_json()["conversations"]
    return found


def say(browser: Browser, receiver: str, content: str = "hello", *, group: bool = False) -> dict[str, Any]:
    answer = browser.post("/messages", json={"receiver": receiver, "group": group, "content": content})
    message: dict[str, Any] = answer.get_json()["response"]
    return message


def raise_watermark(browser: Browser, username: str, message: dict[str, Any], **marks: int) -> None:
    """Raises the watermarks of a member, as a socket does by a confirmation or `markRead`."""
    with browser.application.app_context():
        user_id = db.session.scalar(select(User.id).where(User.username == username))
    number = int(message["messageId"].partition("-")[0])
    journal = browser.application.extensions["chatapp.journal"]
    noted = {(number, user_id): Watermark(**marks)}
    journal.set_watermark_source(lambda: noted)
    journal.schedule_watermarks()


def test_a_user_without_messages_has_no_conversations(browse: Browse, newcomers: Newcomers) -> None:
    (anna,) = newcomers(1)
    assert browse(anna).get("/conversations").get_json() == {"conversations": []}


def test_a_direct_conversation_is_listed_with_every_field(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    say(browse(anna), ben, "one")
    last = say(browse(anna), ben, "two")
    found = conversations(browse(ben))
    created_at = found[0]["createdAt"]
    assert found == [
        {
            "receiver": anna,
            "group": False,
            "name": anna,
            "lastMessage": last,
            "lastSequence": 2,
            "readSequence": 0,
            "unread": 2,
            "unreadMentions": [],
            "members": [
                # Sending a message marks it as read.
                {"username": anna, "deliveredSequence": 0, "readSequence": 2, "role": "member"},
                {"username": ben, "deliveredSequence": 0, "readSequence": 0, "role": "member"},
            ],
            "revision": 2,
            "createdAt": created_at,
            "role": "member",
            "topic": "",
            "description": "",
            "sharesHistory": True,
            "isPublic": False,
            "writers": "everybody",
            "pinners": "everybody",
            "retentionDays": 0,
            "erasedSequence": 0,
            "preferences": {"level": "default", "unreadFrom": None, "userRevision": 0},
            "threadOf": None,
        }
    ]
    assert created_at <= last["timestamp"]
    (mine,) = conversations(browse(anna))
    assert (mine["receiver"], mine["unread"], mine["lastSequence"]) == (ben, 0, 2)


def test_a_group_without_messages_is_listed_by_its_name(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben = newcomers(2)
    group_id = make_group(anna, ben)
    (group,) = conversations(browse(ben))
    assert (group["receiver"], group["group"], group["lastMessage"]) == (group_id, True, None)
    assert group["name"].startswith("Group ")
    assert (group["lastSequence"], group["readSequence"], group["unread"]) == (0, 0, 0)
    assert [member["username"] for member in group["members"]] == [anna, ben]


def test_conversations_are_sorted_by_newest_activity(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo = newcomers(3)
    browser = browse(anna)
    say(browser, ben)
    say(browser, cleo)
    group_id = make_group(anna)
    assert [one["receiver"] for one in conversations(browser)] == [group_id, cleo, ben]
    say(browse(ben), anna)
    assert [one["receiver"] for one in conversations(browser)] == [ben, group_id, cleo]
    say(browser, group_id, group=True)
    assert [one["receiver"] for one in conversations(browser)] == [group_id, ben, cleo]


def test_unread_counts_messages_of_others_after_the_read_watermark(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    messages = [say(browse(anna), ben) for _ in range(4)]
    assert conversations(browse(ben))[0]["unread"] == 4
    raise_watermark(browse(ben), ben, messages[0], delivered=2, read=2)
    (seen,) = conversations(browse(ben))
    assert (seen["readSequence"], seen["unread"], seen["lastSequence"]) == (2, 2, 4)
    assert seen["members"][1] == {"username": ben, "deliveredSequence": 2, "readSequence": 2, "role": "member"}


def test_sending_a_message_marks_earlier_messages_as_read(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    for _ in range(3):
        say(browse(anna), ben)
    say(browse(ben), anna)
    (seen,) = conversations(browse(ben))
    assert (seen["readSequence"], seen["unread"]) == (4, 0)
    say(browse(anna), ben)
    assert conversations(browse(ben))[0]["unread"] == 1
    assert conversations(browse(anna))[0]["unread"] == 0


def test_watermarks_never_fall(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    message = [say(browse(anna), ben) for _ in range(3)][-1]
    raise_watermark(browse(ben), ben, message, delivered=3, read=2)
    assert conversations(browse(ben))[0]["readSequence"] == 2
    raise_watermark(browse(ben), ben, message, delivered=1, read=1)
    (seen,) = conversations(browse(ben))
    assert seen["members"][1] == {"username": ben, "deliveredSequence": 3, "readSequence": 2, "role": "member"}


def test_a_last_message_is_delivered_when_the_other_user_confirmed_it(browse: Browse, newcomers: Newcomers) -> None:
    anna, ben = newcomers(2)
    message = say(browse(anna), ben)
    assert conversations(browse(anna))[0]["lastMessage"]["deliveredToAll"] is False
    raise_watermark(browse(ben), ben, message, delivered=1)
    assert conversations(browse(anna))[0]["lastMessage"]["deliveredToAll"] is True
    assert browse(anna).get(f"/messages/{anna}/{ben}").get_json()[0]["deliveredToAll"] is True


def test_a_group_message_is_delivered_when_the_last_member_confirmed_it(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    anna, ben, cleo = newcomers(3)
    group_id = make_group(anna, ben, cleo)
    message = say(browse(anna), group_id, group=True)
    for username, is_delivered in ((ben, False), (cleo, True)):
        raise_watermark(browse(username), username, message, delivered=1)
        assert conversations(browse(anna))[0]["lastMessage"]["deliveredToAll"] is is_delivered


def test_the_list_omits_the_members_of_a_large_group(
    browse: Browse, newcomers: Newcomers, make_group: MakeGroup
) -> None:
    names = newcomers(51)
    make_group(*names[:50])
    make_group(*names)
    large, small = conversations(browse(names[0]))
    assert len(small["members"]) == 50
    assert large["members"] == []


def test_the_list_omits_conversations_of_others(browse: Browse, newcomers: Newcomers, make_group: MakeGroup) -> None:
    anna, ben, eve = newcomers(3)
    say(browse(anna), ben)
    make_group(anna, ben)
    assert len(conversations(browse(anna))) == 2
    assert conversations(browse(eve)) == []


def test_the_list_needs_a_session(browse: Browse) -> None:
    refusal(browse(None).get("/conversations"), 401, "not_signed_in")
