"""What a provider's claims say of a person, where no sign-in is needed to see it."""

from typing import Any

import pytest

from chatapp.oidc.person import Answer, person_of
from chatapp.oidc.settings import ProviderSettings

ROLES = {"admins": "administrator", "staff": "moderator"}


def role(claims: dict[str, Any], userinfo: dict[str, Any] | None = None, **settings: Any) -> str | None:
    given = {"label": "x", "issuer": "https://id.example.org", "client_id": "x", "roles": ROLES, **settings}
    person = person_of(Answer({"sub": "x", **claims}, userinfo or {}), ProviderSettings(**given))
    assert person is not None
    return person.role


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["staff"], "moderator"),
        (["visitors", "admins", "staff"], "administrator"),
        (["others"], "member"),
        ([], "member"),
        (None, "member"),
        ("staff", "moderator"),
        ("admins staff", "member"),
        ({"admins": {"id": "x"}}, "administrator"),
        ([["admins"], {"admins": 1}, 7, None], "member"),
        (7, "member"),
        (["ADMINS", " admins"], "member"),
    ],
)
def test_the_highest_role_of_the_groups_counts(groups: Any, expected: str) -> None:
    assert role({"groups": groups}) == expected
    assert role({}, {"groups": groups}) == expected


def test_a_provider_without_roles_gives_none() -> None:
    assert role({"groups": ["admins"]}, roles=None) is None


def test_the_claim_may_be_within_others_or_have_dots_in_its_name() -> None:
    within = {"realm_access": {"roles": ["admins"]}}
    assert role(within, groups_claim="realm_access.roles") == "administrator"
    assert role({"realm_access": "roles"}, groups_claim="realm_access.roles") == "member"
    name = "https://chat.example.org/groups"
    assert role({name: ["staff"]}, groups_claim=name) == "moderator"
    assert role({"groups": ["admins"]}, groups_claim=name) == "member"
