"""Serializers of the caller's own account. See `chatapp.serializers`."""

from chatapp.account_shapes import PasskeyShape, SessionShape
from chatapp.actions.passkeys import ListedPasskey
from chatapp.actions.sessions import Caller, ListedSession
from chatapp.clock import to_iso


def listed_session(one: ListedSession, caller: Caller) -> SessionShape:
    return {
        "id": one.id,
        "method": one.method,
        "device": one.device,
        "address": one.address,
        "createdAt": to_iso(one.created_at),
        "lastUsedAt": to_iso(one.last_used_at) if one.last_used_at is not None else None,
        "expiresAt": to_iso(one.expires_at),
        "current": one.id == caller.session_id,
    }


def passkey(one: ListedPasskey) -> PasskeyShape:
    return {
        "id": one.id,
        "name": one.name,
        "isBackedUp": one.is_backed_up,
        "createdAt": to_iso(one.created_at),
        "lastUsedAt": to_iso(one.last_used_at) if one.last_used_at is not None else None,
    }
