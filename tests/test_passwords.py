"""Which new passwords are refused, and hashes with old parameters."""

import pytest
from argon2 import PasswordHasher

from chatapp import passwords
from chatapp.errors import PasswordCommon
from chatapp.passwords import hash_password, is_password, renewed_hash, require_uncommon

REAL_HASHER = passwords._hasher
"""The one that servers use. A fixture puts a quicker one in its place later."""


def test_a_hash_has_the_parameters_of_rfc_9106_for_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    made = hash_password("a phrase of some length")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_password("a phrase of some length", made)
    assert not is_password("another phrase", made)


@pytest.mark.parametrize(
    "password", ["password1", "PassWord1", "12345678", "qwertyuiop", "ｐａｓｓｗｏｒｄ１", "trustno1"]
)
def test_a_common_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordCommon, match="guessed first"):
        require_uncommon(password)


@pytest.mark.parametrize(
    "password", ["gregory-h", "GregoryH2026!", "Harbour Mail", "harbourmail99", "chatapp-1", "h12345678"]
)
def test_the_name_of_the_user_or_of_the_system_is_refused(password: str) -> None:
    with pytest.raises(PasswordCommon):
        require_uncommon(password, "gregory.h", "H", "", "Harbour Mail")


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "86420975318642097", "gregory likes tea", "пароль-для-чая"]
)
def test_another_password_is_not(password: str) -> None:
    require_uncommon(password, "gregory.h", "42", "")


def test_a_hash_is_renewed_if_its_parameters_are_not_todays(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    old = cheap.hash("a phrase of some length")
    renewed = renewed_hash("a phrase of some length", old)
    assert renewed is not None
    assert is_password("a phrase of some length", renewed)
    assert renewed_hash("a phrase of some length", renewed) is None
    monkeypatch.setattr(passwords, "_hasher", cheap)
    assert renewed_hash("a phrase of some length", old) is None
