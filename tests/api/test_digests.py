"""What people who were away are told by e-mail, and when."""

import re

import pytest
from flask import Flask

from chatapp.mail.digest_letter import MOST_MESSAGES
from chatapp.mail.digest_sentences import SENTENCES
from chatapp.web.languages import LANGUAGES
from tests.api.digesting import Absent, look, parts_of, pass_time
from tests.mail_server import MailServer
from tests.uploads import upload


@pytest.fixture(autouse=True)
def nobody_else(mail_app: Flask, post: MailServer) -> None:
    """Everybody else has nothing to hear of."""
    pass_time(mail_app, days=30)
    post.received.clear()
    post.recipients.clear()


def received(post: MailServer, *people: Absent) -> list[list[str]]:
    """Who got an e-mail, and nobody else has got one."""
    assert [one for one in post.recipients if one not in [[person.email] for person in people]] == []
    return post.recipients


def test_what_was_missed_is_told_once_after_a_time_away(mail_app: Flask, post: MailServer) -> None:
    alice, bob = Absent(mail_app, "alice"), Absent(mail_app, "bob")
    sent = alice.writes(bob.name, "Lunch\nat **noon**? ||secret||")
    pass_time(mail_app, minutes=14)
    look(mail_app)
    assert received(post) == [], "he was away for 14 minutes only"
    pass_time(mail_app, minutes=2)
    look(mail_app)
    message = post.wait_for(1)
    assert post.recipients == [[bob.email]]
    assert (message["To"], message["Subject"]) == (bob.email, "What you have missed at chatapp")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]
    link = f"https://chat.example.org/#/c/{sent['messageId'].replace('-', '/')}"
    plain, html = parts_of(message)
    assert f"Private messages of Alice\n  Alice: Lunch at **noon**? (spoiler)\n{link}\n" in plain
    assert "<li><b>Alice</b>: Lunch at **noon**? (spoiler)</li>" in html
    assert f'<a href="{link}">' in html
    pass_time(mail_app, minutes=61)
    look(mail_app)
    assert received(post, bob) == [[bob.email]], "nothing is told twice"
    alice.writes(bob.name, "and dinner?")
    pass_time(mail_app, minutes=2)
    look(mail_app)
    plain, _ = parts_of(post.wait_for(2))
    assert "dinner" in plain
    assert "Lunch" not in plain


def test_digests_come_once_an_hour_or_once_a_day_at_most(mail_app: Flask, post: MailServer) -> None:
    alice, bob, carol = (Absent(mail_app, name) for name in ("alice", "bob", "carol"))
    carol.set(digest="daily")
    for number, (pause, expected) in enumerate([(20, 1), (20, 1), (45, 2), (22 * 60, 3), (3 * 60, 5), (61, 6)]):
        for person in (bob, carol):
            alice.writes(person.name, f"number {number}")
        pass_time(mail_app, minutes=pause)
        look(mail_app)
        assert len(received(post, bob, carol)) == expected, number
    assert post.recipients.count([carol.email]) == 1
    told = [parts_of(one)[0] for one in post.received if one["To"] == carol.email]
    assert re.findall(r"number \d", told[0]) == ["number 0", "number 1", "number 2", "number 3", "number 4"]
    bobs = " ".join(parts_of(one)[0] for one in post.received if one["To"] == bob.email)
    assert re.findall(r"number \d", bobs) == [f"number {number}" for number in range(6)]


def test_digests_of_a_person_are_a_thread(mail_app: Flask, post: MailServer) -> None:
    alice, bob, carol = (Absent(mail_app, name) for name in ("alice", "bob", "carol"))
    for number in (1, 2, 3):
        alice.writes(bob.name, "hello")
        pass_time(mail_app, minutes=61)
        look(mail_app)
        post.wait_for(number)
    first, second, third = post.received
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    assert (second["In-Reply-To"], second["References"]) == (first["Message-ID"], first["Message-ID"])
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert first["Subject"] == second["Subject"] == third["Subject"]
    assert len({one["Message-ID"] for one in post.received}) == 3
    alice.writes(carol.name, "hello")
    pass_time(mail_app, minutes=16)
    look(mail_app)
    assert post.wait_for(4)["Message-ID"] not in {one["Message-ID"] for one in (first, second, third)}


def test_it_tells_of_what_would_notify_and_of_nothing_else(mail_app: Flask, post: MailServer) -> None:
    alice, bob, carol = (Absent(mail_app, name) for name in ("alice", "bob", "carol"))
    group = alice.makes_group("Team", bob, carol)
    muted = alice.makes_group("Muted", bob)
    bob.prefers(muted, "none", is_group=True)
    alice.writes(group, "for everybody", is_group=True)
    alice.writes(group, f"@{bob.name} and you?", is_group=True)
    alice.writes(muted, f"@{bob.name} in a muted group", is_group=True)
    gone = alice.writes(bob.name, "deleted soon")
    assert alice.browser.delete(f"/message/{gone['messageId']}").status_code == 200
    carol.writes(bob.name, "of somebody blocked")
    bob.browser.put(f"/block/{carol.name}", json={"on": True})
    pass_time(mail_app, minutes=16)
    look(mail_app)
    plain, html = parts_of(post.wait_for(1))
    assert received(post, bob) == [[bob.email]]
    assert f"Team\n  Alice: @{bob.name} and you?\n" in plain
    for text in (plain, html):
        for absent in ("for everybody", "muted", "deleted soon", "somebody blocked", "Private"):
            assert absent not in text


def test_nothing_is_told_of_what_was_read_on_another_device(mail_app: Flask, post: MailServer) -> None:
    alice, bob = Absent(mail_app, "alice"), Absent(mail_app, "bob")
    alice.writes(bob.name, "read me")
    bob.writes(alice.name, "who answers has read")
    pass_time(mail_app, minutes=16)
    look(mail_app)
    assert received(post, alice) == [[alice.email]]


def test_who_comes_back_or_is_not_to_be_disturbed_gets_none(mail_app: Flask, post: MailServer) -> None:
    alice, bob, carol, dave, erin = (Absent(mail_app, name) for name in ("alice", "bob", "carol", "dave", "erin"))
    always = {"from": "00:00", "to": "23:59", "days": [1, 2, 3, 4, 5, 6, 7], "timeZone": "UTC"}
    carol.set(doNotDisturb=always)
    dave.set(digest="off")
    assert erin.browser.delete("/email", json={"password": "a long enough phrase"}).status_code == 200
    for person in (bob, carol, dave, erin):
        alice.writes(person.name, "hello")
    socket = bob.connects()
    pass_time(mail_app, minutes=16)
    post.wait_for(1)
    post.recipients.clear()
    look(mail_app)
    assert received(post) == []
    bob.leaves(socket)
    carol.set(doNotDisturb=None)
    pass_time(mail_app, minutes=16)
    look(mail_app)
    assert sorted(received(post, bob, carol)) == sorted([[bob.email], [carol.email]])


def test_without_content_it_says_only_how_many_messages_there_are(mail_app: Flask, post: MailServer) -> None:
    alice, bob = Absent(mail_app, "alice"), Absent(mail_app, "bob", language="de", showsContent=False)
    alice.writes(bob.name, "a secret")
    alice.writes(bob.name, "another secret")
    pass_time(mail_app, minutes=16)
    look(mail_app)
    message = post.wait_for(1)
    assert message["Subject"] == "Was du bei chatapp verpasst hast"
    for text in parts_of(message):
        assert "Neue Nachrichten: 2" in text
        assert "secret" not in text
        assert "Alice" not in text
        assert "/#/c/" not in text


def test_it_is_in_the_language_of_the_person_and_shows_texts_as_they_are(mail_app: Flask, post: MailServer) -> None:
    hostile = '<img src="https://evil.example.org/x.png"> & {name}'
    for number, language in enumerate(LANGUAGES, 1):
        alice, bob = Absent(mail_app, "alice"), Absent(mail_app, "bob", language=language.code)
        alice.writes(bob.name, hostile)
        alice.writes(bob.name, "", files=[{"uploadId": upload(alice.browser, b"0123456789", "notes.txt")}])
        pass_time(mail_app, minutes=16)
        look(mail_app)
        message = post.wait_for(number)
        plain, html = parts_of(message)
        assert message["Subject"] == SENTENCES["subject"][language.code].format(system="chatapp")
        assert hostile in plain
        assert f'<html lang="{language.code}" dir="{language.direction}">' in html
        assert "<img" not in html
        assert "&lt;img src=&quot;https://evil.example.org/x.png&quot;&gt; &amp; {name}" in html
        for text in (plain, html):
            assert SENTENCES["file"][language.code] in text
            assert SENTENCES["unsubscribe"][language.code] in text
        assert re.findall(r"https?://(?!chat\.example\.org/)", html.replace("https://evil", "")) == []


def test_it_tells_of_a_bounded_number_of_messages_and_counts_the_others(mail_app: Flask, post: MailServer) -> None:
    alice, bob, carol = (Absent(mail_app, name) for name in ("alice", "bob", "carol"))
    for number in range(MOST_MESSAGES + 5):
        alice.writes(bob.name, f"number {number:02}")
    carol.writes(bob.name, "me, too")
    pass_time(mail_app, minutes=16)
    look(mail_app)
    plain, html = parts_of(post.wait_for(1))
    for text in (plain, html):
        assert len(re.findall(r"number \d\d", text)) == MOST_MESSAGES - 1
        assert "me, too" in text
        assert "More messages: 6" in text


def test_every_sentence_is_there_in_each_language_with_the_same_values() -> None:
    for by_language in SENTENCES.values():
        assert set(by_language) == {language.code for language in LANGUAGES}
        assert len({frozenset(re.findall(r"\{\w+\}", text)) for text in by_language.values()}) == 1, by_language
