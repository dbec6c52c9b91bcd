"""Checks what an operator says of a new user."""

from pydantic import BaseModel, ConfigDict

from chatapp.actions.accounts import NewUser
from chatapp.models.user import MEMBER
from chatapp.passwords import require_uncommon
from chatapp.payload_fields import EmailAddress, FirstName, LastName, NameAsAccount, NewPassword, NewUsername
from chatapp.payloads import parse


class _Account(BaseModel):
    model_config = ConfigDict(extra="forbid")
    username: NewUsername
    first_name: FirstName
    last_name: LastName
    email: EmailAddress | None


class _AccountByName(_Account):
    username: NameAsAccount


class _Username(BaseModel):
    username: NewUsername


class _UsernameAsAccount(_Username):
    username: NameAsAccount


class _Email(BaseModel):
    email: EmailAddress


class _Password(BaseModel):
    password: NewPassword


def new_user(
    username: str,
    first_name: str | None,
    last_name: str,
    password: str | None,
    role: str = MEMBER,
    email: str | None = None,
    *,
    sign_in: str,
) -> NewUser:
    """The user to add; `sign_in` is the setting. Raises InvalidInput, naming the field, and PasswordCommon."""
    fields = {"username": username, "first_name": first_name or username, "last_name": last_name, "email": email}
    account = parse(_AccountByName if sign_in == "username" else _Account, fields)
    secret = checked_password(password) if password is not None else None
    user = NewUser(account.username, account.first_name, account.last_name, secret, role, account.email)
    if secret is not None:
        require_uncommon(secret, *user.names)
    return user


def checked_email(email: str) -> str:
    """The address as it is stored. Raises InvalidInput."""
    return parse(_Email, {"email": email}).email


def checked_password(password: str) -> str:
    """The password itself. Raises InvalidInput if it is too short or too long."""
    return parse(_Password, {"password": password}).password


def checked_username(username: str, sign_in: str) -> str:
    """The username as it is stored; `sign_in` is the setting. Raises InvalidInput, saying the rule."""
    fields = {"username": username}
    return parse(_UsernameAsAccount if sign_in == "username" else _Username, fields).username
