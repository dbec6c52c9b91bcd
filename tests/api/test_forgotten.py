"""Links for new passwords that people have sent to themselves."""

import threading

import pytest
from sqlalchemy import event, update

from chatapp.actions.accounts import set_email
from chatapp.actions.administration import deactivate, set_password
from chatapp.actions.audit import OPERATOR
from chatapp.actions.password_resets import add_reset
from chatapp.clock import now
from chatapp.extensions import db
from chatapp.models import PasswordReset, User
from tests.api.account_people import PASSWORD, Owner
from tests.api.error_bodies import refusal
from tests.api.mailing import NEW, ask, drain, forget, with_address
from tests.mail_server import MailServer, link_in, secret_in, text_of


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
    assert "job mail" in threads, "the statements are noticed"
    assert threading.current_thread().name not in threads


def test_one_account_causes_five_mails_an_hour_from_all_addresses(ada: Owner) -> None:
    for account in (ada.name, "nobody.limited"):
        codes = [forget(ada.app, account)[0] for _ in range(6)]  # type: ignore[index]
        assert codes == [200] * 5 + [429]
    for number in range(5):
        ask(ada, f"{number}.{ada.name}@example.org")
    body = {"email": f"6.{ada.name}@example.org", "password": PASSWORD}
    refusal(ada.browser.put("/email", json=body), 429, "too_many_attempts")


@pytest.mark.parametrize("mend", ["change", "reset", "operator", "operator's address"])
def test_an_account_that_is_taken_back_is_not_lost_to_an_address_that_waits(
    ada: Owner, post: MailServer, mend: str
) -> None:
    """Somebody who knows the password has links sent to an address of their own. The owner then mends the account."""
    journal = ada.app.extensions["chatapp.journal"]
    ask(ada, "intruder@example.org")
    waiting = secret_in(post.wait_for(1))
    if mend == "change":
        assert ada.browser.patch("/password", json={"current": PASSWORD, "password": NEW}).status_code == 200
    elif mend == "reset":
        with ada.app.app_context():
            secret = add_reset(journal, OPERATOR, ada.name).secret
        assert ada.new_browser().post("/reset", json={"secret": secret, "password": NEW}).status_code == 200
    else:
        with ada.app.app_context():
            if mend == "operator":
                set_password(journal, OPERATOR, ada.name, NEW)
            else:
                set_email(journal, ada.name, f"{ada.name}@example.org")
    refusal(ada.new_browser().post("/email/confirm", json={"secret": waiting}), 403, "email_link_invalid")


def test_an_operators_address_ends_the_links_that_were_sent_to_the_former_one(ada: Owner, post: MailServer) -> None:
    with_address(ada, post)
    forget(ada.app, ada.name)
    secret = secret_in(post.wait_for(2))
    with ada.app.app_context():
        set_email(ada.app.extensions["chatapp.journal"], ada.name, f"other.{ada.name}@example.org")
    refusal(ada.new_browser().post("/reset", json={"secret": secret, "password": NEW}), 403, "reset_invalid")


def test_a_stranger_who_asks_for_a_link_does_not_end_an_administrators(ada: Owner, post: MailServer) -> None:
    with_address(ada, post)
    with ada.app.app_context():
        secret = add_reset(ada.app.extensions["chatapp.journal"], OPERATOR, ada.name).secret
    forget(ada.app, ada.name)
    drain(ada.app, post)
    assert [one["Subject"] for one in post.received if one["Subject"] == "Choose a new password"] == []
    assert ada.new_browser().post("/reset", json={"secret": secret, "password": NEW}).status_code == 200


def test_a_username_that_looks_like_an_address_does_not_stand_in_its_way(ada: Owner, post: MailServer) -> None:
    email = with_address(ada, post)
    other = Owner(ada.app, "impostor")
    rename = update(User).where(User.username == other.name).values(username=email)
    ada.app.extensions["chatapp.journal"].write(lambda transaction: transaction.session.execute(rename))
    forget(ada.app, email)
    message = post.wait_for(2)
    assert (message["To"], message["Subject"]) == (email, "Choose a new password")
