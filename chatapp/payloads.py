"""What comes in: a validated model of every request and event, those about groups being in `group_payloads.py`.
`payload_fields.py` has the limits of fields."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from chatapp.blank_text import is_blank
from chatapp.errors import InvalidInput, MalformedRequest
from chatapp.payload_fields import (
    BLANK,
    FILES,
    KNOWN_CONVERSATIONS,
    LARGEST_PAGE,
    LARGEST_PIXELS,
    LONGEST_SECONDS,
    PAGE,
    PASSWORD_CHARACTERS,
    WAVEFORM_VALUES,
    AltText,
    ClientId,
    DraftContent,
    Emoji,
    FirstSequence,
    InviteText,
    KnownList,
    Name,
    Sequence,
    UploadId,
)


class Payload(BaseModel):
    """camelCase on the wire. Unknown fields are ignored: existing clients send whole objects back."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", strict=True)


class SignIn(Payload):
    """`POST /login`. The password is needed where the account has one, and the code of the second factor, or a recovery
    code, where that is on."""

    username: Name
    password: str | None = Field(default=None, max_length=PASSWORD_CHARACTERS)
    code: str | None = Field(default=None, max_length=40)


class InviteSecret(Payload):
    """`POST /invite`. The secret is the last part of an invitation's link."""

    invite: InviteText


class ProviderStart(Payload):
    """`POST /oidc/<name>/start`. The invitation is for somebody who has no account yet."""

    invite: InviteText | None = None


class ConversationName(Payload):
    """A conversation: the other user's name, or with `group` a group's id. Alone it is the payload of `pinned`."""

    receiver: Name
    group: bool = False


class NewFile(Payload):
    """A file of a new message: a complete upload, and what the sender says of it. The width and the height are a
    video's, the seconds a video's or a sound's, the waveform a voice message's."""

    upload_id: UploadId
    alt: AltText = ""
    width: int | None = Field(default=None, ge=1, le=LARGEST_PIXELS)
    height: int | None = Field(default=None, ge=1, le=LARGEST_PIXELS)
    seconds: float | None = Field(default=None, ge=0, le=LONGEST_SECONDS)
    waveform: list[Annotated[int, Field(ge=0, le=100)]] = Field(default=[], max_length=WAVEFORM_VALUES)
    is_voice: bool = False


def text_beside_files(content: str, info: ValidationInfo) -> str:
    """The text of a payload whose `files` are read before it. Raises ValueError for a blank one without files."""
    if not info.data.get("files") and is_blank(content):
        raise ValueError(BLANK)
    return content


class NewMessage(Payload):
    """What a message has, however it is sent. A message with files may have no text."""

    receiver: Name
    files: list[NewFile] = Field(default=[], max_length=FILES)
    content: DraftContent
    client_id: ClientId | None = None
    reply_to: FirstSequence | None = None

    @field_validator("content")
    @classmethod
    def _needs_text(cls, content: str, info: ValidationInfo) -> str:
        return text_beside_files(content, info)


class MessageEvent(NewMessage):
    """`privateMessage` and `groupMessage`."""

    sender: Name


class PostMessage(NewMessage):
    """`POST /messages`. The sender is the session's user; one that is named must be that."""

    sender: Name | None = None
    group: bool = False


class UserName(Payload):
    """A posted user: only the name counts."""

    username: Name


class KnownConversation(ConversationName):
    """What a client has of a conversation: all changes up to `revision` (0: nothing), and `watermarks`, the sum of the
    delivered and read sequences that it knows of the members whom the server lists. Watermarks only rise, so that equal
    sums mean equal watermarks."""

    revision: Sequence
    watermarks: Sequence = 0


class SyncRequest(Payload):
    """The event `sync`: what a client has of the conversations that it asks about, and of its user's own changes.

    `names` is the number of the last change of a username that the client has heard of. One that has nothing yet leaves
    it out.
    """

    user_revision: Sequence = 0
    names: Sequence | None = None
    conversations: list[KnownConversation] = Field(default=[], max_length=KNOWN_CONVERSATIONS)


class SyncQuery(BaseModel):
    """The query of `GET /sync`: lists of `name:revision:watermarks`, separated by commas."""

    model_config = ConfigDict(alias_generator=to_camel)
    user_revision: Sequence = 0
    names: Sequence | None = None
    direct: KnownList = Field(default_factory=list)
    group: KnownList = Field(default_factory=list)

    def request(self) -> SyncRequest:
        """The same as the event's payload."""
        known = [*((entry, False) for entry in self.direct), *((entry, True) for entry in self.group)]
        conversations = [
            KnownConversation(receiver=receiver, group=group, revision=revision, watermarks=watermarks)
            for (receiver, revision, watermarks), group in known
        ]
        return SyncRequest(user_revision=self.user_revision, names=self.names, conversations=conversations)


class MarkRead(ConversationName):
    """`markRead`: the caller has read up to `sequence`."""

    sequence: Sequence


class NewText(Payload):
    """`PATCH /message/<messageId>`. The text may be blank if the message has files."""

    content: DraftContent


class NewReaction(Payload):
    """`POST /message/<messageId>/reactions`: with `on` false the caller's reaction is taken back."""

    emoji: Emoji
    on: bool = True


class MessageId(Payload):
    """Every event that names a message and nothing else."""

    message_id: Name


class EditMessage(NewText, MessageId):
    """`editMessage`."""


class React(NewReaction, MessageId):
    """`react`."""


class NewPin(Payload):
    """`PUT /message/<messageId>/pin`: with `on` false the message is unpinned."""

    on: bool = True


class PinMessage(NewPin, MessageId):
    """`pinMessage`."""


class Forward(ConversationName):
    """`POST /message/<messageId>/forward`: where the copy goes."""

    client_id: ClientId | None = None


class ForwardMessage(Forward, MessageId):
    """`forwardMessage`."""


class ConversationQuery(BaseModel):
    """Says whether the receiver in the path is a group. Alone it is the query of `GET /pinned/<receiver>`."""

    group: str = Field(default="no", pattern="^(yes|no)$")

    @property
    def is_group(self) -> bool:
        return self.group == "yes"


class HistoryQuery(ConversationQuery):
    """The query of `GET /messages/<sender>/<receiver>`. `before` and `after` are exclusive sequences, one at a time."""

    before: Sequence | None = None
    after: Sequence | None = None
    limit: int = Field(default=PAGE, ge=1, le=LARGEST_PAGE)


Model = TypeVar("Model", bound=BaseModel)


def parse(model: type[Model], payload: Any) -> Model:
    """The typed model of a payload. Raises MalformedRequest if it is no object, InvalidInput if a field is wrong."""
    if not isinstance(payload, dict):
        raise MalformedRequest("Expected a JSON object.")
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        fields = {
            _place(detail["loc"]): _reason(detail["msg"])
            for detail in error.errors(include_url=False, include_input=False)
        }
        sentence = "; ".join(f"{name}: {reason}" for name, reason in list(fields.items())[:5])
        raise InvalidInput(f"Invalid input. {sentence}.", fields=fields) from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "payload"


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
