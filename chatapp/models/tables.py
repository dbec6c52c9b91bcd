"""The Core tables, for statements that read columns and create no ORM objects."""

from sqlalchemy import Table

from chatapp.models.base import Base
from chatapp.models.block import Block
from chatapp.models.conversation import Conversation
from chatapp.models.installation_setting import InstallationSetting
from chatapp.models.job import JobRow
from chatapp.models.link_preview import LinkPicture, LinkPreview, MessagePreview
from chatapp.models.membership import FormerMembership, Membership
from chatapp.models.mention import Mention
from chatapp.models.message import Message, MessageVersion, Reaction
from chatapp.models.picture import Picture
from chatapp.models.poll import Poll, PollVote
from chatapp.models.preference import ConversationPreference, Draft, UserSettings
from chatapp.models.push_subscription import PushSubscription
from chatapp.models.saved_message import SavedMessage
from chatapp.models.scheduled_message import ScheduledMessage
from chatapp.models.search_position import SearchPosition
from chatapp.models.session import Session
from chatapp.models.stored_file import Blob, MessageFile, Upload
from chatapp.models.user import User
from chatapp.models.username_change import UsernameChange


def _table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 the declarative base always creates a Table
    return table


USERS = _table_of(User)
USERNAME_CHANGES = _table_of(UsernameChange)
SESSIONS = _table_of(Session)
BLOCKS = _table_of(Block)
CONVERSATIONS = _table_of(Conversation)
MEMBERSHIPS = _table_of(Membership)
FORMER_MEMBERSHIPS = _table_of(FormerMembership)
MESSAGES = _table_of(Message)
MENTIONS = _table_of(Mention)
VERSIONS = _table_of(MessageVersion)
REACTIONS = _table_of(Reaction)
POLLS = _table_of(Poll)
POLL_VOTES = _table_of(PollVote)
CONVERSATION_PREFERENCES = _table_of(ConversationPreference)
DRAFTS = _table_of(Draft)
USER_SETTINGS = _table_of(UserSettings)
SEARCH_POSITIONS = _table_of(SearchPosition)
PICTURES = _table_of(Picture)
BLOBS = _table_of(Blob)
UPLOADS = _table_of(Upload)
MESSAGE_FILES = _table_of(MessageFile)
LINK_PICTURES = _table_of(LinkPicture)
LINK_PREVIEWS = _table_of(LinkPreview)
MESSAGE_PREVIEWS = _table_of(MessagePreview)
SAVED_MESSAGES = _table_of(SavedMessage)
INSTALLATION_SETTINGS = _table_of(InstallationSetting)
JOBS = _table_of(JobRow)
SCHEDULED_MESSAGES = _table_of(ScheduledMessage)
PUSH_SUBSCRIPTIONS = _table_of(PushSubscription)
