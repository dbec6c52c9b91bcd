"""The installation's key for push services: made once, and stored in the database, where every process finds it."""

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, select

from chatapp.actions.installation_settings import store_value
from chatapp.base64url import from_base64url, to_base64url
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import InstallationSetting, PushSubscription
from chatapp.push.application_key import ApplicationKey, new_private_key
from chatapp.secret import cipher_of

PUSH_KEY = "push_key"

STORED = select(InstallationSetting.value).where(InstallationSetting.name == PUSH_KEY)


def application_key(journal: Journal, key: bytes) -> ApplicationKey:
    """The key, which the first call makes. It is stored encrypted with `key`, the installation's for this purpose.

    If that is another one now, a new key is made and all subscriptions are dropped, which are for the old one.
    Browsers subscribe again when a page opens.
    """
    cipher = cipher_of(key)
    found = _decrypted(cipher, db.session.scalar(STORED))
    return ApplicationKey(found or journal.write(lambda transaction: _make(transaction, cipher)))


def _make(transaction: Transaction, cipher: Fernet) -> bytes:
    # Another process may have made it since.
    found = _decrypted(cipher, transaction.session.scalar(STORED))
    if found is not None:
        return found
    made = new_private_key()
    transaction.session.execute(delete(PushSubscription))
    store_value(transaction, PUSH_KEY, cipher.encrypt(to_base64url(made).encode()).decode())
    return made


def _decrypted(cipher: Fernet, stored: str | None) -> bytes | None:
    try:
        return from_base64url(cipher.decrypt(stored).decode()) if stored else None
    except InvalidToken:
        return None
