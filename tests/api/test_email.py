"""E-mail addresses of accounts, and what else is sent there."""

import json
import logging
import re
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import update

from chatapp import close_app, create_app, realtime
from chatapp.api.sign_in_delays import FREE_FAILURES
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.mail.delivery import MailFailed, deliver
from chatapp.mail.letters import Letter, Notice
from chatapp.mail.sentences import FRAMES, LETTERS, NOTICES
from chatapp.models import EmailVerification, JobRow
from chatapp.web.languages import LANGUAGES
from tests.api.account_people import PASSWORD, Owner, other_address
from tests.api.error_bodies import refusal
from tests.api.mailing import NEW, ask, confirm, state, with_address
from tests.databases import Databases
from tests.mail_server import MailServer, link_in, secret_in, text_of
from tests.people import wait_until


def test_an_address_counts_when_its_link_is_opened_once(ada: Owner, post: MailServer) -> None:
    email = f"{ada.name}@example.org"
    refusal(ada.browser.put("/email", json={"email": email, "password": "wrong"}), 403, "wrong_password")
    refusal(ada.browser.put("/email", json={"email": email}), 403, "confirmation_required")
    ask(ada, email.upper(), language="de")
    assert state(ada) == (None, email)
    message = post.wait_for(1)
    assert message["From"] == "Our Chat <chat@example.org>"
    assert (message["To"], message["Subject"]) == (email, "E-Mail-Adresse bestätigen")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert ada.name in text_of(message)
    # The Host header of the request was another one.
    assert link_in(message).startswith("https://chat.example.org/#/email/")
    secret = secret_in(message)
    assert secret not in stored_texts(ada)
    assert confirm(ada, "no such secret") == 403
    assert confirm(ada, secret) == 200
    assert state(ada) == (email, None)
    assert confirm(ada, secret) == 403
    assert [kind for kind, _ in ada.audited()].count("email_changed") == 1
    # What is told later is in the language of the page where the address was entered.
    change = {"current": PASSWORD, "password": NEW}
    assert ada.browser.patch("/password", json=change).status_code == 200
    assert "Das Passwort des Kontos" in text_of(post.wait_for(2))


def stored_texts(owner: Owner) -> str:
    with owner.app.app_context():
        rows = db.session.scalars(db.select(EmailVerification)).all()
        return " ".join(f"{row.email} {row.secret_hash}" for row in rows)


def test_a_second_link_replaces_the_first_and_the_first_address_is_told(ada: Owner, post: MailServer) -> None:
    first = with_address(ada, post)
    second, third = f"second.{ada.name}@example.org", f"third.{ada.name}@example.org"
    ask(ada, second)
    replaced = secret_in(post.wait_for(2))
    ask(ada, third)
    secret = secret_in(post.wait_for(3))
    assert confirm(ada, replaced) == 403
    assert state(ada) == (first, third)
    assert confirm(ada, secret) == 200
    told = post.wait_for(4)
    assert (told["To"], state(ada)) == (first, (third, None))
    assert f"The account {ada.name} has another e-mail address now." in text_of(told)
    answer = ada.browser.delete("/email", json={"password": PASSWORD})
    assert answer.status_code == 200
    told = post.wait_for(5)
    assert (told["To"], state(ada)) == (third, (None, None))
    assert "no e-mail address any more" in text_of(told)


def test_a_link_expires(ada: Owner, post: MailServer) -> None:
    ask(ada, f"{ada.name}@example.org")
    secret = secret_in(post.wait_for(1))
    expire = update(EmailVerification).values(expires_at=now())
    ada.app.extensions["chatapp.journal"].write(lambda transaction: transaction.session.execute(expire))
    assert confirm(ada, secret) == 403
    assert state(ada) == (None, None)


def test_an_address_is_of_one_account_and_only_its_reader_learns_that(ada: Owner, post: MailServer) -> None:
    email = with_address(ada, post)
    other = Owner(ada.app, "other").signed_in()
    ask(other, email)
    answer = other.browser.post("/email/confirm", json={"secret": secret_in(post.wait_for(2))})
    refusal(answer, 409, "conflict")
    assert state(ada) == (email, None)
    assert state(other)[0] is None


@pytest.mark.parametrize(
    "address",
    [
        *("ada@example.org\nBcc: all@example.org", "ada@example.org\r\n\r\nText", "a b@example.org", "@example.org"),
        *("ada@", "ada", "<ada@example.org>", "Ada <ada@example.org>", "ada@example.org,bob@example.org"),
        *('"ada\\nBcc: x"@example.org', "ada@[127.0.0.1]", "ada@-example.org", "ada@example..org", "àda@example.org"),
        *("ada@example.org\u2028Bcc: x@example.org", "a" * 65 + "@example.org", "ada@" + "e" * 64 + ".org"),
    ],
)
def test_what_is_no_plain_address_is_refused(ada: Owner, post: MailServer, address: str) -> None:
    refusal(ada.browser.put("/email", json={"email": address, "password": PASSWORD}), 422, "invalid_input")
    assert state(ada) == (None, None)


def test_no_text_can_add_a_header(ada: Owner, post: MailServer) -> None:
    settings = ada.app.extensions["chatapp.settings"]
    for to, subject in (("ada@example.org", "A\nBcc: all@example.org"), ("ada@example.org\nBcc: b@example.org", "A")):
        with pytest.raises(MailFailed, match="cannot be written"):
            deliver(settings, to, Letter(subject, "text"))
    assert post.received == []


def test_a_new_way_to_sign_in_is_told(ada: Owner, post: MailServer) -> None:
    with_address(ada, post)
    ada.add_passkey()
    assert f"The account {ada.name} has a new passkey." in text_of(post.wait_for(2))


def test_a_server_without_e_mail_says_so(erin: Owner) -> None:
    assert erin.browser.get("/email").get_json() == {"email": None, "waiting": None, "canMail": False}
    body = {"email": "erin@example.org", "password": PASSWORD}
    refusal(erin.browser.put("/email", json=body), 409, "mail_off")
    refusal(erin.new_browser().post("/forgot", json={"account": erin.name}), 409, "mail_off")


def test_a_failure_is_logged_without_addresses(
    databases: Databases, tmp_path: Path, caplog: pytest.LogCaptureFixture, post: MailServer
) -> None:
    settings = {"smtp_url": post.url, "mail_from": "chat@example.org", "public_url": "https://chat.example.org"}
    app = create_app({"instance": tmp_path, "database_url": databases.new(), "async_mode": "threading", **settings})
    with caplog.at_level(logging.WARNING):
        realtime.init_app(app)
        ask(Owner(app, "eve").signed_in(), "unknown.person@example.org")
        wait_until(lambda: "refuses" in caplog.text, "it is logged")
        close_app(app)
    assert "refuses the recipient (550)" in caplog.text
    assert "unknown.person" not in caplog.text


def test_wrong_passwords_are_counted_here_too(ada: Owner) -> None:
    place = {"REMOTE_ADDR": other_address()}
    for _ in range(FREE_FAILURES + 1):
        answer = ada.browser.delete("/email", json={"password": "wrong"}, environ_base=place)
        refusal(answer, 403, "wrong_password")
    refusal(ada.browser.delete("/email", json={"password": PASSWORD}, environ_base=place), 429, "too_many_attempts")


def test_every_sentence_is_there_in_each_language_with_the_same_values() -> None:
    assert set(NOTICES) == set(get_args(Notice))
    letters = {kind: texts for kind, texts in LETTERS.items() if kind != "test"}
    for texts in (*letters.values(), FRAMES, NOTICES.values()):
        for by_language in [texts] if isinstance(texts, dict) else texts:
            assert set(by_language) == {language.code for language in LANGUAGES}
            values = {frozenset(re.findall(r"\{\w+\}", "".join(text))) for text in by_language.values()}
            assert len(values) == 1, by_language


def test_e_mail_survives_the_end_of_the_process_and_its_secret_is_nowhere_before(
    databases: Databases, tmp_path: Path, post: MailServer
) -> None:
    settings = {"smtp_url": post.url, "mail_from": "chat@example.org", "public_url": "https://chat.example.org"}
    settings |= {"instance": str(tmp_path), "database_url": databases.new(), "async_mode": "threading"}
    before = create_app(settings)
    count = len(post.received)
    ask(Owner(before, "ivy").signed_in(), "ivy@example.org")
    ask(Owner(before, "joe").signed_in(), "joe@example.org")
    with before.app_context():
        stored = [row.payload for row in db.session.scalars(db.select(JobRow).order_by(JobRow.id))]
    close_app(before)
    assert [set(json.loads(payload)) for payload in stored] == [{"user_id", "email", "language", "subject"}] * 2
    assert len(post.received) == count, "no process has run jobs"
    after = create_app(settings)
    realtime.init_app(after)
    try:
        post.wait_for(count + 2)
        for owner, message in zip(("ivy", "joe"), post.received[count:], strict=True):
            assert message["To"] == f"{owner}@example.org"
            answer = after.test_client().post("/email/confirm", json={"secret": secret_in(message)})
            assert answer.status_code == 200
    finally:
        close_app(after)
