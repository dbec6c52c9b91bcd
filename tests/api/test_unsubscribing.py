"""Digests end by one click, and survive failures: of the mail server, and of the process."""

from pathlib import Path

import pytest
from flask import Flask

from chatapp import close_app, create_app, realtime
from tests.api.account_people import Owner
from tests.api.digesting import Absent, attempts, begin_look, hurry, look, parts_of, pass_time, token_in
from tests.api.error_bodies import refusal
from tests.api.mailing import ask, confirm
from tests.databases import Databases
from tests.mail_server import MailServer, secret_in
from tests.people import wait_until

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def nobody_else(mail_app: Flask, post: MailServer) -> None:
    """Everybody else has nothing to hear of."""
    pass_time(mail_app, days=30)
    post.received.clear()
    post.recipients.clear()


def digest_of(alice: Absent, bob: Absent, post: MailServer) -> str:
    """Bob gets a digest. Returns the token in it."""
    count = len(post.received)
    alice.writes(bob.name, "hello")
    pass_time(bob.app, minutes=61)
    look(bob.app)
    return token_in(post.wait_for(count + 1))


def chosen(person: Absent) -> str:
    found: str = person.browser.get("/settings").get_json()["settings"]["digest"]
    return found


def test_one_request_without_a_session_ends_them_and_a_second_one_is_harmless(
    mail_app: Flask, post: MailServer
) -> None:
    alice, bob = Absent(mail_app, "alice"), Absent(mail_app, "bob")
    token = digest_of(alice, bob, post)
    message = post.received[-1]
    # RFC 8058 section 3.1.
    assert message["List-Unsubscribe"] == f"<https://chat.example.org/email/unsubscribe?token={token}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for text in parts_of(message):
        assert f"https://chat.example.org/#/unsubscribe/{token}" in text
    path = f"/email/unsubscribe?token={token}"
    assert chosen(bob) == "hourly"
    revision = bob.browser.get("/settings").get_json()["settings"]["userRevision"]
    provider = bob.new_browser()
    assert provider.post(path, data=ONE_CLICK).status_code == 200
    assert chosen(bob) == "off"
    changed = bob.browser.get("/settings").get_json()["settings"]["userRevision"]
    assert changed > revision, "other devices hear of it"
    assert provider.post(path, data=ONE_CLICK, content_type="multipart/form-data").status_code == 200
    assert bob.browser.get("/settings").get_json()["settings"]["userRevision"] == changed
    assert chosen(alice) == "hourly"
    alice.writes(bob.name, "hello again")
    pass_time(mail_app, minutes=61)
    look(mail_app)
    assert len(post.received) == 1


def test_to_open_the_address_changes_nothing_and_leads_to_the_page(mail_app: Flask, post: MailServer) -> None:
    alice, bob = Absent(mail_app, "alice"), Absent(mail_app, "bob")
    token = digest_of(alice, bob, post)
    answer = bob.new_browser().get(f"/email/unsubscribe?token={token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"https://chat.example.org/#/unsubscribe/{token}")
    assert chosen(bob) == "hourly"
    elsewhere = bob.new_browser().get("/email/unsubscribe?token=%0d%0a//evil.example.org")
    assert elsewhere.headers["Location"] == "https://chat.example.org/#/unsubscribe/%0D%0A%2F%2Fevil.example.org"


def test_a_token_is_of_one_person_and_one_address(mail_app: Flask, post: MailServer) -> None:
    alice, bob, carol = (Absent(mail_app, name) for name in ("alice", "bob", "carol"))
    token = digest_of(alice, bob, post)
    code, others = token.partition("-")[2], digest_of(alice, carol, post).partition("-")[0]
    browser = bob.new_browser()
    for wrong in (f"{others}-{code}", token[:-1], token + "A", f"{others}-", "-", code, "ä-ö", "9" * 30 + "-" + code):
        refusal(browser.post("/email/unsubscribe", query_string={"token": wrong}), 403, "email_link_invalid")
    for malformed in ("/email/unsubscribe", "/email/unsubscribe?token=", "/email/unsubscribe?token=" + "1" * 101):
        refusal(browser.post(malformed), 422, "invalid_input")
    assert (chosen(bob), chosen(carol)) == ("hourly", "hourly")
    count = len(post.received)
    ask(bob, f"new.{bob.name}@example.org")
    assert confirm(bob, secret_in(post.wait_for(count + 1))) == 200
    refusal(browser.post(f"/email/unsubscribe?token={token}"), 403, "email_link_invalid")
    assert chosen(bob) == "hourly"


def test_requests_are_limited_by_address(mail_app: Flask) -> None:
    browser = Owner(mail_app).browser
    answers = [browser.post("/email/unsubscribe?token=1-x").status_code for _ in range(61)]
    assert answers == [403] * 60 + [429]


def test_an_address_that_is_refused_is_left_alone(mail_app: Flask, post: MailServer) -> None:
    alice, bob = Absent(mail_app, "alice"), Absent(mail_app, "unknown.bob")
    alice.writes(bob.name, "hello")
    pass_time(mail_app, minutes=16)
    look(mail_app)
    assert post.recipients == []
    bob.has_address(f"known.{bob.name}@example.org")
    pass_time(mail_app, minutes=61)
    look(mail_app)
    assert post.recipients == [], "what was refused is not tried again"
    alice.writes(bob.name, "hello again")
    pass_time(mail_app, minutes=2)
    look(mail_app)
    assert "hello again" in parts_of(post.wait_for(1))[0]


def test_a_digest_survives_restarts_and_comes_once(databases: Databases, tmp_path: Path, post: MailServer) -> None:
    settings = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "chat@example.org"}
    settings |= {"public_url": "https://chat.example.org", "sign_in": "password"}
    settings |= {"instance": str(tmp_path), "database_url": databases.new(), "async_mode": "threading"}
    before = create_app(settings)
    realtime.init_app(before)
    alice, bob = Absent(before, "alice"), Absent(before, "bob")
    alice.writes(bob.name, "before the restart")
    pass_time(before, minutes=16)
    begin_look(before)
    wait_until(lambda: attempts(before) == [1], "the mail server is out of reach")
    close_app(before)
    for _ in range(2):
        after = create_app({**settings, "smtp_url": post.url})
        realtime.init_app(after)
        try:
            hurry(after)
            look(after)
            assert "before the restart" in parts_of(post.wait_for(1))[0]
            pass_time(after, minutes=61)
            look(after)
            assert len(post.received) == 1
        finally:
            close_app(after)
