"""What a client knows of its user's own: preferences, drafts, saved and scheduled messages, blocks, settings."""

from typing import Any

Key = tuple[str, bool]
"""A conversation on the wire: the receiver, and whether that is a group."""


class OwnState:
    """Each thing is kept as it is at its newest `userRevision`, by the kind of the changes that bring it."""

    def __init__(self) -> None:
        self._known: dict[str, dict[Any, dict[str, Any]]] = {
            kind: {} for kind in ("preferences", "draft", "saved", "block", "scheduled", "settings")
        }

    @property
    def preferences(self) -> dict[Key, dict[str, Any]]:
        return self._known["preferences"]

    @property
    def waiting(self) -> dict[str, dict[str, Any]]:
        """The scheduled messages that are neither sent nor deleted, by client id."""
        return {key: one for key, one in sorted(self._known["scheduled"].items()) if not one["gone"]}

    def apply(self, change: dict[str, Any], key: Key) -> None:
        """Applies a change, which is about the conversation `key` if it is about any."""
        kind = change["kind"]
        one = change[kind]
        identity = {"saved": "messageId", "block": "username", "scheduled": "clientId"}.get(kind)
        if identity is not None:
            self.take(kind, one[identity], one)
        else:
            self.take(kind, "" if kind == "settings" else key, one)

    def take(self, kind: str, identity: Any, one: dict[str, Any]) -> None:
        """Keeps a thing unless a newer one is known."""
        known = self._known[kind].get(identity)
        if known is None or one["userRevision"] > known["userRevision"]:
            self._known[kind][identity] = one

    def comparable(self) -> dict[str, Any]:
        """The state in which two clients must agree."""
        known = self._known
        return {
            "settings": known["settings"].get("", {"userRevision": 0}),
            "drafts": {key: one for key, one in sorted(known["draft"].items()) if one["content"]},
            "saved": dict.fromkeys(sorted(key for key, one in known["saved"].items() if one["saved"])),
            "blocks": dict.fromkeys(sorted(name for name, one in known["block"].items() if one["blocked"])),
            "scheduled": self.waiting,
        }
