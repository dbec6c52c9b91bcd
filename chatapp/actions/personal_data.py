"""Erases what the system knows of a person who is removed."""

from sqlalchemy import delete, select, update

from chatapp.actions.file_jobs import EXPIRE
from chatapp.clock import now
from chatapp.jobs.queue import enqueue_repeating
from chatapp.journal import Transaction
from chatapp.journal.scheduled import SENDING, job_key
from chatapp.models import (
    AuditEvent,
    Block,
    Conversation,
    ConversationPreference,
    DigestPosition,
    Draft,
    EmailVerification,
    ExternalIdentity,
    Invite,
    JobRow,
    Membership,
    Passkey,
    PasswordReset,
    Picture,
    PushSubscription,
    RecoveryCode,
    Report,
    SavedMessage,
    ScheduledMessage,
    SecondFactor,
    Session,
    ShownNotification,
    Suspension,
    Upload,
    User,
    UserSettings,
)
from chatapp.models.job import WAITING
from chatapp.models.user import MEMBER

OF_USER = (
    Block,
    ConversationPreference,
    DigestPosition,
    Draft,
    EmailVerification,
    ExternalIdentity,
    Passkey,
    PasswordReset,
    Picture,
    PushSubscription,
    RecoveryCode,
    SavedMessage,
    ScheduledMessage,
    SecondFactor,
    ShownNotification,
    Suspension,
    UserSettings,
)
"""Tables whose rows belong to one user alone. What others have noted of the user, such as a block, is theirs."""


def erase_personal_data(transaction: Transaction, user: User) -> None:
    """Leaves of an account, whose row is locked and whose sessions have ended, only what their messages need."""
    session = transaction.session
    user.first_name, user.last_name, user.display_skeleton = "Removed", "user", ""
    user.password_hash = user.email = user.last_seen_at = None
    user.mail_language = user.status_text = user.time_zone = user.picture = ""
    user.role, user.is_active = MEMBER, False
    session.flush()
    own_keys = JobRow.key.startswith(job_key(user.id, ""))
    session.execute(delete(JobRow).where(JobRow.kind == SENDING, JobRow.state == WAITING, own_keys))
    for table in OF_USER:
        session.execute(delete(table).where(table.user_id == user.id))
    session.execute(update(Upload).where(Upload.user_id == user.id).values(expires_at=now(), scheduled_as=None))
    enqueue_repeating(transaction, EXPIRE.name)
    # Ended sessions stay until they would have expired, so that their tokens are refused.
    forgotten = {"device": "", "address": "", "last_used_at": None}
    session.execute(update(Session).where(Session.user_id == user.id).values(forgotten))
    closed = {"comment": "", "content": "", "closed_at": now()}
    session.execute(update(Report).where(Report.reporter_id == user.id, Report.closed_at.is_(None)).values(closed))
    _revoke_invitations(transaction, user.id)
    directs = select(Membership.conversation_id).where(Membership.user_id == user.id)
    taken = (Conversation.id.in_(directs)) & Conversation.direct_key.is_not(None)
    session.execute(update(Conversation).where(taken).values(is_blocked=True))


def close_reports_about(transaction: Transaction, user_id: int) -> None:
    """Closes the reports of messages whose texts are deleted with their author."""
    closed = {"comment": "", "content": "", "closed_at": now()}
    of_author = (Report.author_id == user_id) & Report.closed_at.is_(None)
    transaction.session.execute(update(Report).where(of_author).values(closed))


def _revoke_invitations(transaction: Transaction, user_id: int) -> None:
    """The audit log alone knows who has made an invitation."""
    made = select(AuditEvent.target).where(AuditEvent.kind == "invitation_added", AuditEvent.actor_id == user_id)
    numbers = [int(target) for target in transaction.session.scalars(made)]
    valid = Invite.id.in_(numbers) & Invite.revoked_at.is_(None)
    transaction.session.execute(update(Invite).where(valid).values(revoked_at=now()))
