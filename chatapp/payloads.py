"""What comes in: a validated model of every request and event. All field limits live here."""

import re
import unicodedata
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from chatapp.blank_text import is_blank
from chatapp.errors import InvalidInput, MalformedRequest

CONTENT_BYTES = 65_536
"""Longest message, in bytes of UTF-8."""
GROUP_NAME_CHARACTERS = 100
GROUP_MEMBERS = 5_000
"""Most users that one request may put into a group."""
USERNAME_CHARACTERS = 64
PASSWORD_CHARACTERS = 1_024
"""Longest password that is hashed: argon2 takes any length, an attacker's patience should not."""
PAGE = 100
LARGEST_PAGE = 500
LARGEST_SEQUENCE = 2**63 - 1
KNOWN_CONVERSATIONS = 20_000
"""Most conversations that one sync may ask about."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Unicode's Cc, but newline and tab."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half a character: legal in JSON's escapes, impossible in UTF-8."""
_USERNAME = re.compile(r"\w[\w.@+-]*")


def _content(text: str) -> str:
    text = text.replace("\r\n", "\n")
    _printable(text)
    if len(text.encode()) > CONTENT_BYTES:
        raise ValueError(f"must be at most {CONTENT_BYTES} bytes of UTF-8")
    if is_blank(text):
        raise ValueError("must have something visible in it")
    return text


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # most messages, at a tenth of what the searches cost
    if _SURROGATE.search(text):
        raise ValueError("must be well-formed Unicode, without lone surrogates")
    if _CONTROL.search(text):
        raise ValueError("must not hold control characters other than newline and tab")
    return text


def _name(text: str) -> str:
    text = unicodedata.normalize("NFC", _printable(text)).strip()
    if is_blank(text) or "\n" in text or "\t" in text:
        raise ValueError("must be one line with something visible in it")
    return text


def _name_or_nothing(text: str) -> str:
    return _name(text) if text else text


def _client_id(text: str) -> str:
    return str(UUID(text))


def _known(text: Any) -> list[list[str]]:
    """`name:revision:watermarks`, and so on. A username holds neither a comma nor a colon."""
    parts = [part.split(":") for part in text.split(",") if part] if isinstance(text, str) else []
    if any(len(part) != 3 for part in parts):
        raise ValueError("must be name:revision:watermarks, separated by commas")
    return parts


def _username(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    if not _USERNAME.fullmatch(text) or is_blank(text):  # Hangul's fillers are letters
        raise ValueError("must begin with a letter or digit and go on with letters, digits or . _ - @ +")
    return text


Content = Annotated[str, Field(max_length=CONTENT_BYTES), AfterValidator(_content)]
# Names are counted as they are kept, composed: some characters take more code points then, and most take fewer.
GroupName = Annotated[str, AfterValidator(_name), Field(min_length=1, max_length=GROUP_NAME_CHARACTERS)]
ClientId = Annotated[str, Field(min_length=32, max_length=45), AfterValidator(_client_id)]
Name = Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(_printable)]
"""A username or a conversation's id as somebody else wrote it: looked up, so any printable text will do."""
NewUsername = Annotated[str, AfterValidator(_username), Field(min_length=1, max_length=USERNAME_CHARACTERS)]
FirstName = Annotated[str, AfterValidator(_name), Field(min_length=1, max_length=100)]
LastName = Annotated[str, AfterValidator(_name_or_nothing), Field(max_length=100)]
Sequence = Annotated[int, Field(ge=0, le=LARGEST_SEQUENCE)]
Known = tuple[Name, Sequence, Sequence]
KnownList = Annotated[
    list[Known], BeforeValidator(_known, json_schema_input_type=str), Field(max_length=KNOWN_CONVERSATIONS)
]
"""`bob:17:34,carol:3:6`"""


class Payload(BaseModel):
    """camelCase on the wire. Unknown fields are ignored: existing clients send whole objects back."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", strict=True)


class SignIn(Payload):
    """`POST /login`. The password is needed where the account has one."""

    username: Name
    password: str | None = Field(default=None, max_length=PASSWORD_CHARACTERS)


class MessageEvent(Payload):
    """`privateMessage` and `groupMessage`."""

    sender: Name
    receiver: Name
    content: Content
    client_id: ClientId | None = None


class PostMessage(Payload):
    """`POST /messages`. The sender is the session's user; one that is named must be that."""

    sender: Name | None = None
    receiver: Name
    group: bool = False
    content: Content
    client_id: ClientId | None = None


class UserName(Payload):
    """A posted user: only the name counts."""

    username: Name


class NewGroup(Payload):
    """`POST /group`, and `createGroup` for a new one. The creator always belongs."""

    group_name: GroupName
    users: list[UserName] = Field(default=[], max_length=GROUP_MEMBERS)
    client_id: ClientId | None = None
    shares_history: bool = True


class GroupDetails(Payload):
    """`PATCH /group/<groupId>`: what is given is changed."""

    group_name: GroupName | None = None
    shares_history: bool | None = None


class NewMembers(Payload):
    """`POST /group/<groupId>/members`."""

    users: list[UserName] = Field(min_length=1, max_length=GROUP_MEMBERS)


class NewRole(Payload):
    """`PUT /group/<groupId>/members/<username>`."""

    role: Literal["owner", "admin", "member"]


class KnownConversation(Payload):
    """What a client has of a conversation: all changes up to `revision` (0: nothing), and `watermarks`, the sum of the
    delivered and read sequences that it knows of the members whom the server lists. Watermarks only rise, so that equal
    sums mean equal watermarks."""

    receiver: Name
    group: bool = False
    revision: Sequence
    watermarks: Sequence = 0


class SyncRequest(Payload):
    """The event `sync`: what a client has of the conversations that it asks about, and of its user's own changes."""

    user_revision: Sequence = 0
    conversations: list[KnownConversation] = Field(default=[], max_length=KNOWN_CONVERSATIONS)


class SyncQuery(BaseModel):
    """The query of `GET /sync`: lists of `name:revision:watermarks`, separated by commas."""

    model_config = ConfigDict(alias_generator=to_camel)
    user_revision: Sequence = 0
    direct: KnownList = Field(default_factory=list)
    group: KnownList = Field(default_factory=list)

    def request(self) -> SyncRequest:
        """The same as the event's payload."""
        known = [*((entry, False) for entry in self.direct), *((entry, True) for entry in self.group)]
        conversations = [
            KnownConversation(receiver=receiver, group=group, revision=revision, watermarks=watermarks)
            for (receiver, revision, watermarks), group in known
        ]
        return SyncRequest(user_revision=self.user_revision, conversations=conversations)


class GroupId(Payload):
    """`createGroup` for a group that was made over HTTP, and every event that names a group and nothing else."""

    group_id: Name


class ChangeGroup(GroupDetails, GroupId):
    """`changeGroup`."""


class AddMembers(NewMembers, GroupId):
    """`addMembers`."""


class RemoveMember(UserName, GroupId):
    """`removeMember`: the caller's own name leaves the group."""


class SetRole(NewRole, RemoveMember):
    """`setRole`."""


class MarkRead(Payload):
    """`markRead`: the caller has read up to `sequence`."""

    receiver: Name
    group: bool = False
    sequence: Sequence


class HistoryQuery(BaseModel):
    """The query of `GET /messages/<sender>/<receiver>`. `before` and `after` are exclusive sequences, one at a time."""

    group: str = Field(default="no", pattern="^(yes|no)$")
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
