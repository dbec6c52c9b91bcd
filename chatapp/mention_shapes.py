"""The shape of a mention, and its serializer. See `chatapp.shapes`."""

from typing import Literal, NotRequired, cast

from typing_extensions import TypedDict

from chatapp.journal.message_state import MentionPlace
from chatapp.username_rule import REMOVED_PREFIX

MentionKind = Literal["user", "group", "here"]


class MentionShape(TypedDict):
    """`start` and `end` count UTF-16 code units. `username` is there for a mention of a user; for one of a removed
    person it only says so. `mine`: `@here` mentions the reader; missing in an event for all members."""

    start: int
    end: int
    kind: MentionKind
    username: NotRequired[str]
    mine: NotRequired[bool]


def mention(place: MentionPlace) -> MentionShape:
    kind = "user" if place.username is not None else place.kind
    shape: MentionShape = {"start": place.start, "end": place.end, "kind": cast("MentionKind", kind)}
    if place.username is not None:
        # The text has the name of the time. The whole present name beside it would link the two.
        is_removed = place.username.startswith(REMOVED_PREFIX)
        shape["username"] = REMOVED_PREFIX if is_removed else place.username
    if place.is_own is not None:
        shape["mine"] = place.is_own
    return shape
