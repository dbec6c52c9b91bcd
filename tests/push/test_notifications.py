"""From a message to what a browser decrypts, over a real server and a push service of the tests."""

from tests.people import Cast, Person
from tests.pictures import RED, encoded, plain
from tests.push.device import Device, ask, silence
from tests.push_service import PushService, token_of
from tests.uploads import HttpClient, SignedIn, upload


def test_a_private_message_reaches_a_browser_that_is_away(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service)
    sent = alice.post("/messages", {"receiver": bob.username, "content": "Lunch\nat **noon**?"}).json()["response"]
    assert device.wait_for(1) == [
        {
            "kind": "message",
            "messageId": sent["messageId"],
            "title": name_of(alice),
            "body": "Lunch at **noon**?",
            "unread": 1,
        }
    ]
    request = device.requests[0]
    assert request.headers["Urgency"] == "high"
    assert int(request.headers["TTL"]) > 3600
    claims, key = token_of(request, service.origin)
    assert claims["sub"] == alice.server.http
    assert key == ask(bob, "GET", "/push").json()["publicKey"]


def test_several_messages_are_one_notification_with_their_count(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service)
    for text in ("one", "two", "three"):
        alice.post("/messages", {"receiver": bob.username, "content": text})
    found = device.wait_for(1)
    assert (found[-1]["title"], found[-1]["body"]) == (f"{name_of(alice)} (3)", "three")
    alice.post("/messages", {"receiver": bob.username, "content": "four"})
    found = device.wait_for(len(found) + 1)
    assert (found[-1]["title"], found[-1]["unread"]) == (f"{name_of(alice)} (4)", 4)
    assert len({one.headers["Topic"] for one in device.requests}) == 1


def test_in_a_group_mentions_and_answers_notify_and_nothing_else(cast: Cast, service: PushService) -> None:
    alice, bob, carol = cast(3)
    group = alice.make_group("Team", bob.username, carol.username)
    first, second, own = Device(bob, service), Device(carol, service), Device(alice, service)
    bob.post("/messages", {"receiver": group, "group": True, "content": "for everybody"})
    silence(first, second, own)
    alice.post("/messages", {"receiver": group, "group": True, "content": "I agree", "replyTo": 1})
    assert first.wait_for(1)[0]["title"] == f"{name_of(alice)} in Team"
    alice.post("/messages", {"receiver": group, "group": True, "content": f"@{carol.username} and you?"})
    assert second.wait_for(1)[0]["body"] == f"You were mentioned: @{carol.username} and you?"
    bob.post("/messages", {"receiver": group, "group": True, "content": "@group hello"})
    assert len(second.wait_for(2)) == 2
    assert [one["kind"] for one in first.wait_for(2)] == ["message", "read"], "bob writes, and so has read"
    assert own.wait_for(1)[0]["body"] == "You were mentioned: @group hello"


def test_a_followed_thread_notifies_its_followers(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    group = alice.make_group("Team", bob.username)
    device = Device(alice, service)
    sent = alice.post("/messages", {"receiver": group, "group": True, "content": "Ideas?"}).json()["response"]
    thread = ask(bob, "POST", f"/message/{sent['messageId']}/thread").json()["thread"]["receiver"]
    bob.post("/messages", {"receiver": thread, "group": True, "content": "Plenty"})
    assert device.wait_for(1)[0]["title"] == f"{name_of(bob)} in a thread of Team"


def test_levels_of_a_conversation_say_what_notifies(cast: Cast, service: PushService) -> None:
    alice, bob, carol, dave = cast(4)
    group = alice.make_group("Levels", bob.username, carol.username, dave.username)
    everything, mentions, nothing = (Device(one, service) for one in (bob, carol, dave))
    for device, level in ((everything, "all"), (mentions, "mentions"), (nothing, "none")):
        for receiver, is_group in ((group, True), (alice.username, False)):
            body = {"receiver": receiver, "group": is_group, "level": level}
            assert ask(device.person, "PATCH", "/preferences", body).status_code == 200
    alice.post("/messages", {"receiver": group, "group": True, "content": "for everybody"})
    everything.wait_for(1)
    alice.post("/messages", {"receiver": group, "group": True, "content": "@group look"})
    mentions.wait_for(1)
    assert "for everybody" not in str(mentions.messages)
    for person in (carol, dave):
        alice.post("/messages", {"receiver": person.username, "content": "in private"})
    silence(nothing)
    assert len(mentions.messages) == 1


def test_nothing_comes_of_a_person_who_is_blocked(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    group = alice.make_group("Team", bob.username)
    device = Device(bob, service)
    assert ask(bob, "PUT", f"/block/{alice.username}", {"on": True}).status_code == 200
    alice.post("/messages", {"receiver": group, "group": True, "content": f"@{bob.username} hello"})
    silence(device)


def test_a_message_that_is_read_at_once_notifies_no_device(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service)
    bob.connect()
    alice.post("/messages", {"receiver": bob.username, "content": "are you there?"})
    sent = bob.wait_for_message("are you there?")
    bob.call("markRead", {"receiver": alice.username, "group": False, "sequence": sent["sequence"]})
    silence(device)


def test_what_is_read_on_one_device_is_taken_away_on_the_others(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service)
    sent = alice.post("/messages", {"receiver": bob.username, "content": "read me"}).json()["response"]
    device.wait_for(1)
    bob.connect()
    bob.call("markRead", {"receiver": alice.username, "group": False, "sequence": sent["sequence"]})
    assert device.wait_for(2)[1] == {"kind": "read", "messageId": sent["messageId"], "unread": 0}
    topics = [one.headers["Topic"] for one in device.requests]
    assert topics[0] == topics[1], "it replaces what was not delivered"
    bob.call("markRead", {"receiver": alice.username, "group": False, "sequence": sent["sequence"]})
    assert len(device.messages) == 2


def test_who_answers_has_read(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service)
    alice.post("/messages", {"receiver": bob.username, "content": "read me"})
    device.wait_for(1)
    bob.post("/messages", {"receiver": alice.username, "content": "done"})
    assert device.wait_for(2)[1]["kind"] == "read"


def test_without_content_a_notification_says_only_that_there_is_a_message(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service, language="de")
    assert ask(bob, "PATCH", "/settings", {"showsContent": False}).json()["settings"]["showsContent"] is False
    alice.post("/messages", {"receiver": bob.username, "content": "a secret"})
    found = device.wait_for(1)[0]
    assert (found["title"], found["body"]) == ("chatapp", "Neue Nachricht")
    assert "secret" not in str(found)
    alice.post("/messages", {"receiver": bob.username, "content": "another"})
    assert device.wait_for(2)[1]["body"] == "Neue Nachrichten: 2"


def test_do_not_disturb_keeps_notifications_back(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service)
    quiet = {"from": "00:00", "to": "23:59", "days": [1, 2, 3, 4, 5, 6, 7], "timeZone": "Pacific/Auckland"}
    assert ask(bob, "PATCH", "/settings", {"doNotDisturb": quiet}).status_code == 200
    assert ask(bob, "GET", "/push").json()["reasons"] == ["do_not_disturb"]
    alice.post("/messages", {"receiver": bob.username, "content": "not now"})
    silence(device)
    assert ask(bob, "PATCH", "/settings", {"doNotDisturb": None}).status_code == 200
    alice.post("/messages", {"receiver": bob.username, "content": "now"})
    assert device.wait_for(1)[0]["body"] == "now"


def name_of(person: Person) -> str:
    users = person.get(f"/all/{person.username}").json()["users"]
    found = next(one for one in users if one["username"] == person.username)
    return f"{found['firstName']} {found['lastName']}".strip()


def test_a_message_without_a_text_says_what_its_file_is(cast: Cast, service: PushService) -> None:
    alice, bob = cast(2)
    device = Device(bob, service, language="de")
    http = HttpClient(alice.server.http, alice.http)
    sender = SignedIn(http, {"X-XSRF-TOKEN": alice.http.cookies["XSRF-TOKEN"]})
    for number, (name, body) in enumerate({"a.png": encoded(plain(RED), "PNG"), "notes.txt": b"words"}.items(), 1):
        file = {"uploadId": upload(sender, body, name)}
        sent = alice.post("/messages", {"receiver": bob.username, "content": "", "files": [file]})
        assert sent.status_code == 200
        device.wait_for(number)
    assert [one["body"] for one in device.messages] == ["Foto", "notes.txt"]
