"""What comes in about the caller alone: preferences for a conversation, and settings. See `chatapp.payloads`."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from chatapp.payload_fields import LARGEST_SEQUENCE, DraftContent, FirstSequence, Name, Sequence
from chatapp.payloads import ConversationName, ConversationQuery, MessageId, Payload

Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
TimeZone = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]
"""An IANA name. Lists of zones differ: `quiet_hours.py` says what one means that the server does not know."""
Weekday = Annotated[int, Field(ge=1, le=7)]
"""As in ISO 8601: Monday is 1."""


class ConversationPreferences(ConversationName):
    """`PATCH /preferences` and `setPreferences`: what is given is changed."""

    level: Literal["default", "all", "mentions", "none"] | None = None
    unread_from: FirstSequence | None = None


class DoNotDisturb(Payload):
    """The hours without notifications, from a time of the day to another, on the days on which they begin."""

    start: Hour = Field(alias="from")
    end: Hour = Field(alias="to")
    days: list[Weekday] = Field(min_length=1, max_length=7)
    time_zone: TimeZone

    @model_validator(mode="after")
    def _is_a_period(self) -> "DoNotDisturb":
        if self.start == self.end:
            raise ValueError("`from` and `to` must be different times")
        return self


class ReceiptsQuery(ConversationQuery):
    """The query of `GET /receipts`: one message."""

    receiver: Name
    sequence: Sequence


class SetBlock(Payload):
    """`PUT /block/<username>`."""

    on: bool = True


class SaveDraft(ConversationName):
    """`PUT /draft` and `saveDraft`. `known` is the `userRevision` of the draft that this one replaces; without it, it
    replaces any. Empty content deletes the draft."""

    content: DraftContent
    known: Sequence | None = None


class Look(Payload):
    """`look`: the conversation that the connection's user looks at; a receiver of null for none."""

    receiver: Name | None
    group: bool = False


class Typing(ConversationName):
    """`typing`."""


class ChangeSettings(Payload):
    """`PATCH /settings` and `changeSettings`: what is given is changed; `doNotDisturb` of null switches it off."""

    shares_reads: bool | None = None
    shares_last_seen: bool | None = None
    shares_typing: bool | None = None
    shows_previews: bool | None = None
    shows_content: bool | None = None
    digest: Literal["off", "hourly", "daily"] | None = None
    do_not_disturb: DoNotDisturb | None = None


SAVED_PAGE = 30
LARGEST_SAVED_PAGE = 100


class SavedFlag(Payload):
    """`PUT /message/<messageId>/saved`: with `on` false the message is removed from the saved ones."""

    on: bool = True


class SaveMessage(SavedFlag, MessageId):
    """`saveMessage`."""


class SavedQuery(BaseModel):
    """The query of `GET /saved`. `before` is the `next` of the page before."""

    before: FirstSequence = LARGEST_SEQUENCE
    limit: int = Field(default=SAVED_PAGE, ge=1, le=LARGEST_SAVED_PAGE)


class SavedRequest(Payload):
    """`savedMessages`."""

    before: FirstSequence = LARGEST_SEQUENCE
    limit: int = Field(default=SAVED_PAGE, ge=1, le=LARGEST_SAVED_PAGE)

    def query(self) -> SavedQuery:
        """The same as the query over HTTP."""
        return SavedQuery(before=self.before, limit=self.limit)
