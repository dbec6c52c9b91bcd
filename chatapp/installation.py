"""What tells this installation from others on the same host name: browsers send a cookie to every port of a host."""

import hashlib
import hmac

ID_CHARACTERS = 12


def installation_id(key: str) -> str:
    """The same for every process that signs tokens with this key, and of no use in finding the key."""
    return hmac.new(key.encode(), b"installation", hashlib.sha256).hexdigest()[:ID_CHARACTERS]
