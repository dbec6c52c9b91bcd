"""The shapes of what goes out, with the names of the wire. OpenAPI is made from them."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from chatapp.file_shapes import FileShape, QuotedFileShape
from chatapp.link_preview_shapes import LinkPreviewShape
from chatapp.mention_shapes import MentionShape
from chatapp.people_shapes import PersonRemovedShape, RenamedShape, UserShape
from chatapp.personal_shapes import BlockShape, DraftShape, PreferencesShape, SavedShape, ScheduledShape, SettingsShape
from chatapp.poll_shapes import PollShape
from chatapp.reaction_shapes import ReactionShape
from chatapp.thread_shapes import RootShape


class QuoteShape(TypedDict):
    """The answered message. Its sender and text are null for a reader who may not see it."""

    sequence: int
    sender: str | None
    content: str | None
    file: NotRequired[QuotedFileShape]


class ForwardedShape(TypedDict):
    """Who wrote a forwarded message, and when it was sent."""

    sender: str
    timestamp: str


class MessageStateShape(TypedDict):
    """What a message has beyond its text. Most messages have none of it."""

    changedRevision: NotRequired[int]
    editedAt: NotRequired[str]
    deletedAt: NotRequired[str]
    deletedBy: NotRequired[str]
    pinnedAt: NotRequired[str]
    pinnedBy: NotRequired[str]
    reactions: NotRequired[list[ReactionShape]]
    replyTo: NotRequired[QuoteShape]
    threadId: NotRequired[str]
    poll: NotRequired[PollShape]
    forwarded: NotRequired[ForwardedShape]
    mentions: NotRequired[list[MentionShape]]
    files: NotRequired[list[FileShape]]
    linkPreviews: NotRequired[list[LinkPreviewShape]]


class MessageShape(MessageStateShape):
    sender: str
    receiver: str
    content: str
    timestamp: str
    deliveredToAll: bool
    messageId: str
    sequence: int
    clientId: str | None
    revision: int


class RoleShape(TypedDict):
    username: str
    role: str | None


class DetailsShape(TypedDict):
    """What a group's settings say; of a conversation of two people what holds for every one of them."""

    topic: str
    description: str
    sharesHistory: bool
    isPublic: bool
    writers: Literal["everybody", "admins"]
    pinners: Literal["everybody", "admins"]
    retentionDays: int
    erasedSequence: int


class GroupShape(DetailsShape):
    groupName: str
    groupId: str
    users: list[UserShape]
    messages: list[MessageShape]
    createdAt: str
    revision: int
    role: str
    members: list[RoleShape]


class PublicGroupShape(TypedDict):
    """All that those who are not in a public group see of it."""

    groupId: str
    groupName: str
    topic: str
    description: str
    memberCount: int
    isMember: bool


class MemberShape(TypedDict):
    username: str
    deliveredSequence: int
    readSequence: int | None
    role: str


class ConversationShape(DetailsShape):
    receiver: str
    group: bool
    name: str
    lastMessage: MessageShape | None
    lastSequence: int
    readSequence: int
    unread: int
    unreadMentions: list[int]
    members: list[MemberShape]
    revision: int
    createdAt: str
    role: str
    preferences: PreferencesShape
    threadOf: RootShape | None


class OneThreadShape(TypedDict):
    thread: ConversationShape


class ReactedShape(TypedDict):
    username: str
    emoji: str
    on: bool


class UpdateShape(MessageStateShape):
    """A changed message: its whole state, its text if that changed, and whose reactions changed."""

    messageId: str
    sequence: int
    content: NotRequired[str]
    reacted: list[ReactedShape]


class ChangeShape(TypedDict):
    """One change: `kind` says which of the other fields there are."""

    receiver: NotRequired[str]
    group: NotRequired[bool]
    kind: Literal[
        "message",
        "update",
        "members",
        "details",
        "conversation",
        "preferences",
        "draft",
        "saved",
        "block",
        "scheduled",
        "settings",
    ]
    revision: NotRequired[int]
    message: NotRequired[MessageShape]
    update: NotRequired[UpdateShape]
    members: NotRequired[list[RoleShape]]
    name: NotRequired[str]
    topic: NotRequired[str]
    description: NotRequired[str]
    sharesHistory: NotRequired[bool]
    isPublic: NotRequired[bool]
    writers: NotRequired[Literal["everybody", "admins"]]
    pinners: NotRequired[Literal["everybody", "admins"]]
    retentionDays: NotRequired[int]
    erasedSequence: NotRequired[int]
    userRevision: NotRequired[int]
    conversation: NotRequired[ConversationShape | None]
    preferences: NotRequired[PreferencesShape]
    draft: NotRequired[DraftShape]
    saved: NotRequired[SavedShape]
    block: NotRequired[BlockShape]
    scheduled: NotRequired[ScheduledShape]
    settings: NotRequired[SettingsShape]


class ConversationSyncShape(TypedDict):
    receiver: str
    group: bool
    revision: int
    startOver: bool
    conversation: ConversationShape | None
    changes: list[ChangeShape]
    readSequence: int
    members: list[MemberShape]


class ConversationNameShape(TypedDict):
    receiver: str
    group: bool


class SyncShape(TypedDict):
    userRevision: int
    more: bool
    conversations: list[ConversationSyncShape]
    gone: list[ConversationNameShape]
    changes: list[ChangeShape]
    names: int
    renamed: list[RenamedShape | PersonRemovedShape]
    retentionDays: int


class UsersShape(TypedDict):
    users: list[UserShape]


class EverythingShape(TypedDict):
    users: list[UserShape]
    groups: list[GroupShape]


class NewGroupShape(TypedDict):
    newGroup: GroupShape


class OneGroupShape(TypedDict):
    group: GroupShape


class OnePublicGroupShape(TypedDict):
    group: PublicGroupShape


class PublicGroupsShape(TypedDict):
    """`next`: the `after` of the next page; null for the last page."""

    groups: list[PublicGroupShape]
    next: str | None


class ConversationsShape(TypedDict):
    conversations: list[ConversationShape]


class HitShape(TypedDict):
    receiver: str
    group: bool
    message: MessageShape
    ranges: list[list[int]]
    fileRanges: list[list[list[int]]]


class SearchShape(TypedDict):
    hits: list[HitShape]
    more: bool
    cursor: str | None


class SentenceShape(TypedDict):
    response: str


class MessageAckShape(TypedDict):
    success: bool
    response: MessageShape


class OneMessageShape(TypedDict):
    message: MessageShape


class MessageIdShape(TypedDict):
    messageId: str


class PinnedShape(TypedDict):
    messages: list[MessageShape]


class VersionShape(TypedDict):
    content: str
    writtenAt: str


class VersionsShape(TypedDict):
    versions: list[VersionShape]


class ErrorShape(TypedDict):
    code: str
    message: str
    details: dict[str, Any]


class FailureShape(TypedDict):
    success: bool
    response: str
    error: ErrorShape
