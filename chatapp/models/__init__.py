"""The tables, one file each."""

from chatapp.models.audit_event import AuditEvent
from chatapp.models.block import Block
from chatapp.models.conversation import Conversation
from chatapp.models.digest_position import DigestPosition
from chatapp.models.email_verification import EmailVerification
from chatapp.models.external_identity import ExternalIdentity
from chatapp.models.installation_setting import InstallationSetting
from chatapp.models.invite import Invite, InviteGroup
from chatapp.models.job import JobRow
from chatapp.models.link_preview import LinkPicture, LinkPreview, MessagePreview
from chatapp.models.membership import FormerMembership, Membership
from chatapp.models.mention import Mention
from chatapp.models.message import Message, MessageVersion, Reaction
from chatapp.models.notice import NoticeRow
from chatapp.models.passkey import Passkey, UsedChallenge
from chatapp.models.password_reset import PasswordReset
from chatapp.models.picture import Picture
from chatapp.models.poll import Poll, PollVote
from chatapp.models.preference import ConversationPreference, Draft, UserSettings
from chatapp.models.presence import Node, Presence
from chatapp.models.push_subscription import PushPosition, PushSubscription, ShownNotification
from chatapp.models.removal import Removal
from chatapp.models.report import Report
from chatapp.models.saved_message import SavedMessage
from chatapp.models.scheduled_message import ScheduledMessage
from chatapp.models.search_position import SearchPosition
from chatapp.models.second_factor import RecoveryCode, SecondFactor
from chatapp.models.session import Session
from chatapp.models.stored_file import Blob, MessageFile, Upload
from chatapp.models.suspension import Suspension
from chatapp.models.user import User
from chatapp.models.username_change import UsernameChange

__all__ = [
    "AuditEvent",
    "Blob",
    "Block",
    "Conversation",
    "ConversationPreference",
    "DigestPosition",
    "Draft",
    "EmailVerification",
    "ExternalIdentity",
    "FormerMembership",
    "InstallationSetting",
    "Invite",
    "InviteGroup",
    "JobRow",
    "LinkPicture",
    "LinkPreview",
    "Membership",
    "Mention",
    "Message",
    "MessageFile",
    "MessagePreview",
    "MessageVersion",
    "Node",
    "NoticeRow",
    "Passkey",
    "PasswordReset",
    "Picture",
    "Poll",
    "PollVote",
    "Presence",
    "PushPosition",
    "PushSubscription",
    "Reaction",
    "RecoveryCode",
    "Removal",
    "Report",
    "SavedMessage",
    "ScheduledMessage",
    "SearchPosition",
    "SecondFactor",
    "Session",
    "ShownNotification",
    "Suspension",
    "Upload",
    "UsedChallenge",
    "User",
    "UserSettings",
    "UsernameChange",
]
