"""Who gets which account when a provider signs them in, and which role."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chatapp.actions import invites
from chatapp.actions.administration import deactivate
from chatapp.actions.audit import OPERATOR
from chatapp.actions.suspensions import suspend
from chatapp.extensions import db
from chatapp.models import User
from tests.oidc.scripted_provider import ScriptedProvider
from tests.oidc.signing_in import add, fresh_email, numbers, sign_in, who


def test_the_first_sign_in_makes_an_account_and_the_second_finds_it(app: Flask, provider: ScriptedProvider) -> None:
    names = {"preferred_username": f"Erin{next(numbers)}", "given_name": "Erin", "family_name": "Ebert"}
    first, second = app.test_client(), app.test_client()
    assert sign_in(first, provider, sub="erin", **names) == "signed-in"
    assert who(first) == names["preferred_username"].lower()
    assert sign_in(second, provider, sub="erin", preferred_username="another", email="erin@example.org") == "signed-in"
    assert who(second) == who(first)
    users = {user["username"]: user for user in first.get("/users").get_json()["users"]}
    assert (users[who(first)]["firstName"], users[who(first)]["lastName"]) == ("Erin", "Ebert")


def test_the_same_subject_at_another_issuer_is_somebody_else(app: Flask, provider: ScriptedProvider) -> None:
    first, second = app.test_client(), app.test_client()
    assert sign_in(first, provider, sub="frank") == "signed-in"
    found = app.extensions["chatapp.oidc"]["open"]
    assert sign_in(second, provider, sub="frank") == "signed-in"
    assert who(second) == who(first)
    other = ScriptedProvider()
    try:
        found.settings, kept = found.settings.model_copy(update={"issuer": other.issuer}), found.settings
        found._metadata, found._keys = {}, None
        assert sign_in(second, other, sub="frank") == "signed-in"
        assert who(second) != who(first)
    finally:
        found.settings = kept
        other.close()


@pytest.mark.parametrize("password", [None, "a long enough phrase"])
def test_an_account_is_found_by_a_verified_address(
    app: Flask, client: FlaskClient, provider: ScriptedProvider, password: str | None
) -> None:
    email = fresh_email()
    name = add(app, email, password)
    assert (
        sign_in(client, provider, "closed", sub=f"at {email}", email=email.upper(), email_verified=True) == "signed-in"
    )
    assert who(client) == name
    later = app.test_client()
    assert sign_in(later, provider, "closed", sub=f"at {email}", email="moved@example.org") == "signed-in"
    assert who(later) == name


@pytest.mark.parametrize("verified", [False, None, "false", 1, [True], {}])
def test_an_unverified_address_links_nothing(
    app: Flask, client: FlaskClient, provider: ScriptedProvider, verified: Any
) -> None:
    email = fresh_email()
    name = add(app, email)
    told = sign_in(client, provider, "closed", email=email, email_verified=verified)
    assert told == "sign-in-failed/joining_closed"
    assert sign_in(client, provider, "open", email=email, email_verified=verified) == "signed-in"
    assert who(client) != name


def test_the_verification_of_one_address_does_not_count_for_another(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    email = fresh_email()
    add(app, email)
    provider.userinfo = {"email": "mallory@example.org", "email_verified": True}
    assert sign_in(client, provider, "closed", email=email) == "sign-in-failed/joining_closed"


def test_letters_that_only_look_like_others_in_lower_case_link_nothing(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    number = next(numbers)
    add(app, f"kim{number}@example.org")
    kelvin = f"\u212aim{number}@example.org"
    assert sign_in(client, provider, "closed", email=kelvin, email_verified=True) == "sign-in-failed/joining_closed"


def test_a_provider_that_may_not_link_makes_an_account_without_the_address(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    email = fresh_email()
    name = add(app, email)
    assert sign_in(client, provider, "unlinked", email=email, email_verified=True) == "signed-in"
    assert who(client) != name


def test_only_the_domains_of_a_provider_join(client: FlaskClient, provider: ScriptedProvider) -> None:
    for email, verified in (("a@elsewhere.test", True), (fresh_email(), False), ("a@example.org.test", True)):
        told = sign_in(client, provider, "ours", email=email, email_verified=verified)
        assert told == "sign-in-failed/joining_closed"
    assert sign_in(client, provider, "ours", email=fresh_email(), email_verified=True) == "signed-in"


def test_a_deactivated_account_stays_out(app: Flask, client: FlaskClient, provider: ScriptedProvider) -> None:
    email = fresh_email()
    linked, unlinked = {"sub": f"gone {email}"}, {"email": email, "email_verified": True}
    assert sign_in(client, provider, **linked) == "signed-in"
    deactivate(app.extensions["chatapp.journal"], OPERATOR, str(who(client)))
    deactivate(app.extensions["chatapp.journal"], OPERATOR, add(app, email))
    for claims in (linked, unlinked):
        later = app.test_client()
        assert sign_in(later, provider, **claims) == "sign-in-failed/account_deactivated"
        assert who(later) is None


def test_a_suspended_account_stays_out(app: Flask, client: FlaskClient, provider: ScriptedProvider) -> None:
    claims = {"sub": fresh_email()}
    assert sign_in(client, provider, **claims) == "signed-in"
    suspend(app.extensions["chatapp.journal"], OPERATOR, str(who(client)), timedelta(hours=1), "")
    assert who(client) is None
    assert sign_in(client, provider, **claims) == "sign-in-failed/account_suspended"


def test_a_closed_provider_makes_no_account(client: FlaskClient, provider: ScriptedProvider) -> None:
    assert sign_in(client, provider, "closed") == "sign-in-failed/joining_closed"
    assert who(client) is None


def test_where_people_join_by_invitation_one_is_needed_and_used_up(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    with app.app_context():
        invite = invites.add_invite(app.extensions["chatapp.journal"], OPERATOR, 1, timedelta(days=1)).secret
    assert sign_in(client, provider, "configured") == "sign-in-failed/invite_invalid"
    assert sign_in(client, provider, "configured", invite="another") == "sign-in-failed/invite_invalid"
    assert sign_in(client, provider, "configured", invite=invite, sub="invited") == "signed-in"
    assert sign_in(client, provider, "configured", invite=invite) == "sign-in-failed/invite_invalid"
    assert sign_in(client, provider, "configured", sub="invited") == "signed-in"


@pytest.mark.parametrize(
    ("claims", "username"),
    [
        ({"preferred_username": "gina.%d"}, "gina.%d"),
        ({"preferred_username": "gina%d@example.org"}, "gina%d"),
        ({"email": "Hal%d@example.org", "email_verified": True}, "hal%d"),
        ({"preferred_username": "  <Ida %d>/x "}, "ida-%d-x"),
        ({"preferred_username": "Jürgen%d"}, "jürgen%d"),
        ({"preferred_username": "x" * 80 + "%d"}, "x" * 64),
        ({"preferred_username": 7, "nickname": "kim%d"}, "kim%d"),
    ],
)
def test_a_username_is_made_fit(
    client: FlaskClient, provider: ScriptedProvider, claims: dict[str, Any], username: str
) -> None:
    number = next(numbers)
    filled = {key: value % number if "%d" in str(value) else value for key, value in claims.items()}
    assert sign_in(client, provider, **filled) == "signed-in"
    assert who(client) == (username % number if "%d" in username else username)


def test_claims_that_cannot_be_stored_are_left_out(client: FlaskClient, provider: ScriptedProvider) -> None:
    bad = "\ud800\0\u3164"
    provider.userinfo = {"email": bad + "@x", "email_verified": True, "given_name": bad, "family_name": bad}
    provider.userinfo |= {"preferred_username": bad, "nickname": "../..", "groups": [bad, 7, None]}
    assert sign_in(client, provider) == "signed-in"
    assert str(who(client)).startswith("user")


def test_a_taken_username_gets_a_number(app: Flask, provider: ScriptedProvider) -> None:
    found = []
    for name in ("mia", "Mia", "MIA"):
        client = app.test_client()
        assert sign_in(client, provider, preferred_username=name) == "signed-in"
        found.append(who(client))
    assert found == ["mia", "mia2", "mia3"]
    client = app.test_client()
    assert sign_in(client, provider, preferred_username="alice") == "signed-in"
    assert who(client) == "alice2"


def role_of(app: Flask, client: FlaskClient) -> str | None:
    with app.app_context():
        role: str | None = db.session.scalar(select(User.role).where(User.username == who(client)))
        db.session.remove()
        return role


def test_the_groups_give_the_role_anew_at_each_sign_in(
    app: Flask, client: FlaskClient, provider: ScriptedProvider
) -> None:
    assert sign_in(client, provider, "staff", sub="head", groups=["admins"]) == "signed-in"
    for groups, role in ((["admins", "staff"], "administrator"), (["staff"], "moderator"), (None, "member")):
        assert sign_in(client, provider, "staff", sub="neil", groups=groups) == "signed-in"
        assert role_of(app, client) == role
    assert sign_in(client, provider, "staff", sub="neil", groups=["staff"]) == "signed-in"
    assert sign_in(client, provider, "open", sub="neil", groups=["admins"]) == "signed-in"
    assert role_of(app, client) == "moderator", "the other provider gives no roles"


def test_the_last_administrator_stays_one(app: Flask, client: FlaskClient, provider: ScriptedProvider) -> None:
    journal = app.extensions["chatapp.journal"]
    assert sign_in(client, provider, "staff", sub="olga", groups=["admins"]) == "signed-in"
    with app.app_context():
        others = select(User.username).where(User.role == "administrator", User.is_active)
        names = [name for name in db.session.scalars(others) if name != who(client)]
        db.session.remove()
    for name in names:
        deactivate(journal, OPERATOR, name)
    assert sign_in(client, provider, "staff", sub="olga", groups=[]) == "signed-in"
    assert role_of(app, client) == "administrator"
    assert sign_in(app.test_client(), provider, "staff", sub="pete", groups=["admins"]) == "signed-in"
    assert sign_in(client, provider, "staff", sub="olga", groups=[]) == "signed-in"
    assert role_of(app, client) == "member"
