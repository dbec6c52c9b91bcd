"""What tests of e-mail share: a mail server, an application that sends by it, and what people do there."""

from collections.abc import Iterator

import pytest
from flask import Flask

from chatapp import close_app, create_app, realtime
from tests.api.account_people import PASSWORD, Owner, other_address
from tests.conftest import CAST
from tests.databases import Databases
from tests.mail_server import MailServer, secret_in
from tests.people import wait_until

NEW = "quite another phrase"


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
    realtime.init_app(made)
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
    """Waits until everything that was asked for before is sent: e-mail is sent in order."""
    last = Owner(app, "drain").signed_in()
    ask(last, f"{last.name}@example.org")
    _wait_for_recipient(post, f"{last.name}@example.org")


def _wait_for_recipient(post: MailServer, email: str) -> None:
    wait_until(lambda: [email] in post.recipients, f"e-mail to {email}")
