"""E-mail addresses of accounts, links for new passwords that are sent there, and what else is sent."""

import itertools
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, update

from chatapp import close_app, create_app
from chatapp.actions.accounts import set_email
from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.mail.delivery import MailFailed, deliver
from chatapp.mail.letters import Letter
from chatapp.models import EmailVerification, PasswordReset
from tests.api.account_people import PASSWORD, Owner, other_address
from tests.api.error_bodies import refusal
from tests.conftest import CAST
from tests.databases import Databases
from tests.mail_server import MailServer, link_in, secret_in, text_of
from tests.people import wait_until

NEW = "quite another phrase"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    started = MailServer().start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def mail_app(databases: Databases, post: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = create_app(
        {
            "instance": tmp_path_factory.mktemp("instance"),
            "database_url": databases.new(*CAST),
            "async_mode": "threading",
            "smtp_url": post.url,
            "mail_from": "Our Chat <chat@example.org>",
            "public_url": "https://chat.example.org/",
        }
    )
    yield made
    close_app(made)


@pytest.fixture
def ada(mail_app: Flask, post: MailServer) -> Iterator[Owner]:
    """A new account in password mode, signed in. Its e-mail is the only one."""
    post.received.clear()
    post.recipients.clear()
    yield Owner(mail_app, "ada").signed_in()
    drain(mail_app, post)


def ask(owner: Owner, email: str, password: str | None = PASSWORD, language: str = "en") -> None:
    headers = {"Accept-Language": language}
    answer = owner.browser.put("/email", json={"email": email, "password": password}, headers=headers)
    assert answer.status_code == 200, answer.text


def confirm(owner: Owner, secret: str) -> int:
    """By a browser without a session: people read e-mail elsewhere."""
    return owner.new_browser().post("/email/confirm", json={"secret": secret}).status_code


def with_address(owner: Owner, post: MailServer) -> str:
    email = f"{owner.name}@example.org"
    count = len(post.received)
    ask(owner, email)
    assert confirm(owner, secret_in(post.wait_for(count + 1))) == 200
    return email


def forget(app: Flask, account: str, **headers: str) -> object:
    place = {"REMOTE_ADDR": other_address()}
    answer = app.test_client().post("/forgot", json={"account": account}, environ_base=place, headers=headers)
    return answer.status_code, answer.get_json()


def state(owner: Owner) -> tuple[str | None, str | None]:
    found = owner.browser.get("/email").get_json()
    assert found["canMail"] is True
    return found["email"], found["waiting"]


def drain(app: Flask, post: MailServer) -> None:
    """Waits until everything that was asked for before is sent: the outbox sends in order."""
    last = Owner(app, "drain").signed_in()
    ask(last, f"{last.name}@example.org")
    _wait_for_recipient(post, f"{last.name}@example.org")


def _wait_for_recipient(post: MailServer, email: str) -> None:
    wait_until(lambda: [email] in post.recipients, f"e-mail to {email}")


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


def test_a_forgotten_password_is_chosen_anew_by_a_mailed_link(ada: Owner, post: MailServer) -> None:
    email = with_address(ada, post)
    here = ada.browser
    assert forget(ada.app, f" {ada.name.upper()} ") == forget(ada.app, email.upper())
    message = post.wait_for(3)
    first, second = map(secret_in, post.received[1:])
    assert (message["To"], message["Subject"]) == (email, "Choose a new password")
    assert link_in(message).startswith("https://chat.example.org/#/reset/")
    browser = ada.new_browser()
    refusal(browser.post("/reset", json={"secret": first, "password": NEW}), 403, "reset_invalid")
    assert browser.post("/reset", json={"secret": second, "password": NEW}).status_code == 200
    refusal(browser.post("/reset", json={"secret": second, "password": NEW}), 403, "reset_invalid")
    assert here.get("/loggedIn").status_code == 401, "the sessions have ended"
    assert ada.log_in(PASSWORD).status_code == 401
    assert ada.log_in(NEW).status_code == 200
    assert "The password of the account" in text_of(post.wait_for(4))
    kinds = [kind for kind, _ in ada.audited()]
    assert kinds.count("password_reset_mailed") == 2
    assert "password_reset" in kinds


def test_a_mailed_link_lasts_an_hour_and_ends_with_the_password_or_the_address(ada: Owner, post: MailServer) -> None:
    with_address(ada, post)

    def link(count: int) -> str:
        forget(ada.app, ada.name)
        return secret_in(post.wait_for(count))

    def use(secret: str) -> None:
        refusal(ada.new_browser().post("/reset", json={"secret": secret, "password": NEW}), 403, "reset_invalid")

    secret = link(2)
    with ada.app.app_context():
        left = [row.expires_at - now() for row in db.session.scalars(db.select(PasswordReset))]
    assert all(0 < one.total_seconds() <= 3_600 for one in left)
    expire = update(PasswordReset).values(expires_at=now())
    ada.app.extensions["chatapp.journal"].write(lambda transaction: transaction.session.execute(expire))
    use(secret)
    secret = link(3)
    assert ada.browser.patch("/password", json={"current": PASSWORD, "password": NEW}).status_code == 200
    post.wait_for(4)
    use(secret)
    secret = link(5)
    assert ada.browser.delete("/email", json={"password": NEW}).status_code == 200
    post.wait_for(6)
    use(secret)


def test_the_answer_says_nothing_about_an_account(ada: Owner, post: MailServer) -> None:
    with_address(ada, post)
    bare, waiting, closed = (Owner(ada.app, name).signed_in() for name in ("bare", "waiting", "closed"))
    passwordless = Owner(ada.app, "passwordless", None)
    journal = ada.app.extensions["chatapp.journal"]
    for owner in (closed, passwordless):
        set_email(journal, owner.name, f"{owner.name}@example.org")
    ask(waiting, f"{waiting.name}@example.org")
    deactivate(journal, OPERATOR, closed.name)
    post.wait_for(2)
    names = ["nobody.at.all", "nobody@example.org", "x" * 1_000, "a\nb", *(o.name for o in (bare, waiting, closed))]
    answers = [forget(ada.app, name) for name in [*names, passwordless.name, f"{waiting.name}@example.org"]]
    assert set(map(str, answers)) == {str(forget(ada.app, ada.name))}
    drain(ada.app, post)
    sent = [to for (to,) in post.recipients if not to.startswith("drain")]
    assert sent == [f"{ada.name}@example.org", f"{waiting.name}@example.org", f"{ada.name}@example.org"]


def test_the_time_of_the_answer_says_nothing_either(ada: Owner, post: MailServer) -> None:
    """Nothing is looked up until the answer is made, for nobody."""
    with_address(ada, post)
    threads: list[str] = []

    def note(*_: object) -> None:
        threads.append(threading.current_thread().name)

    with ada.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for account in (ada.name, f"{ada.name}@example.org", "nobody.timed"):
            forget(ada.app, account)
        post.wait_for(3)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert "chatapp outbox" in threads, "the statements are noticed"
    assert threading.current_thread().name not in threads


def test_one_account_causes_five_mails_an_hour_from_all_addresses(ada: Owner) -> None:
    for account in (ada.name, "nobody.limited"):
        codes = [forget(ada.app, account)[0] for _ in range(6)]  # type: ignore[index]
        assert codes == [200] * 5 + [429]
    for number in range(5):
        ask(ada, f"{number}.{ada.name}@example.org")
    body = {"email": f"6.{ada.name}@example.org", "password": PASSWORD}
    refusal(ada.browser.put("/email", json=body), 429, "too_many_attempts")


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
        ask(Owner(app, "eve").signed_in(), "unknown.person@example.org")
        close_app(app)  # waits for what is queued
    assert "refuses the recipient (550)" in caplog.text
    assert "unknown.person" not in caplog.text
