"""A server with something to show in every dialog: long names, polls, threads, reports, tokens, scheduled messages."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from chatapp.clock import now
from tests.web import media
from tests.web.server import ApiUser, SentFile, Server

PASSWORD = "a long enough phrase"
GROUP_NAME = "Committee for the harbour festival of the year after next"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@dataclass(frozen=True)
class Furnished:
    """`root` administers the server and is in the group with `bob` and the bot `tides`."""

    server: Server
    root: ApiUser
    group_id: str
    thread_id: str


def furnish(server: Server) -> Furnished:
    """Expects a server on which people sign in with passwords."""
    server.add_user("root", "--first-name", "Rosa", "--admin", "--password", PASSWORD)
    bob_names = ("--first-name", "Bartholomew-Alexander", "--last-name", "Featherstonehaugh")
    server.add_user("bob", *bob_names, "--password", PASSWORD)
    root, bob = (ApiUser(server, name, PASSWORD) for name in ("root", "bob"))
    root.request("POST", "admin/bots", {"username": "tides", "name": "The tide table of the harbour master"})
    for name in ("A rather long name of a token, " * 3, "Short"):
        root.request("POST", "admin/bots/tides/tokens", {"name": name, "days": 30})
    group_id = root.make_group(GROUP_NAME, "bob", "tides")
    about = {"topic": "Tents, ferries and the fireworks", "description": "Who does what.\n" * 5, "isPublic": True}
    root.request("PATCH", f"group/{group_id}", about)
    bob.make_group(f"Readers of {LONG_WORD}")
    _talk(root, bob, group_id)
    thread_id = _answer_in_thread(root, bob, group_id)
    for content in ("The ferry leaves in an hour.", f"{LONG_WORD} meets tomorrow. " * 8):
        _schedule(root, group_id, content)
    _schedule(root, thread_id, "I have booked the table.")
    root.request("POST", "admin/invitations", {"uses": 3, "days": 7})
    return Furnished(server, root, group_id, thread_id)


def _talk(root: ApiUser, bob: ApiUser, group_id: str) -> None:
    """Each kind of message. The last one of root's is the last one of all."""
    for person, question in ((root, "Closed?"), (bob, "Which evening suits everybody who puts up the tents?")):
        options = ["Friday, before the ferry", f"Saturday with {LONG_WORD}", "Sunday"]
        body = {"receiver": group_id, "group": True, "question": question, "options": options}
        poll = person.request("POST", "polls", body)["message"]
        root.request("PUT", f"message/{poll['messageId']}/vote", {"options": [1]})
        if person is root:
            root.request("POST", f"message/{poll['messageId']}/close", {})
    rude = _say(bob, group_id, "You are all late again, and nobody has said sorry for it!")
    root.request("POST", f"message/{rude}/report", {"reason": "harassment", "comment": "Uncalled for. " * 12})
    edited = _say(root, group_id, "Befor")
    root.request("PATCH", f"message/{edited}", {"content": f"Before the zeppelins: {LONG_WORD} " * 3})
    for path in ("pin", "saved"):
        root.request("PUT", f"message/{edited}/{path}", {"on": True})
    for emoji in ("👍", "🎉"):
        bob.request("POST", f"message/{edited}/reactions", {"emoji": emoji})
    voice = {"isVoice": True, "seconds": 2, "waveform": [10, 80, 40]}
    bob.send_files(
        "root",
        "",
        SentFile(f"{LONG_WORD}.jpg", "image/jpeg", media.picture(400, 300), {"alt": "The harbour"}),
        SentFile(f"{LONG_WORD}.txt", "text/plain", b"the first line\n" * 40),
        SentFile("voice.wav", "audio/wav", media.sound(2), voice),
    )
    bob.say("root", "A private word")


def _answer_in_thread(root: ApiUser, bob: ApiUser, group_id: str) -> str:
    """The thread of the last message."""
    message = root.request("GET", f"messages/root/{group_id}?group=yes")[-1]
    thread_id: str = root.request("POST", f"message/{message['messageId']}/thread")["thread"]["receiver"]
    bob.say(thread_id, "A short answer", f"And a long one about {LONG_WORD}", group=True)
    return thread_id


def _say(person: ApiUser, group_id: str, content: str) -> str:
    body = {"receiver": group_id, "group": True, "content": content}
    message_id: str = person.request("POST", "messages", body)["response"]["messageId"]
    return message_id


def _schedule(person: ApiUser, group_id: str, content: str) -> None:
    due_at = (now() + timedelta(days=2)).isoformat()
    body = {"receiver": group_id, "group": True, "content": content, "dueAt": due_at}
    person.request("POST", "scheduled", {**body, "clientId": str(uuid4())})
