"""Changes of usernames. A user is their id: a change gives the id another name, and the former names stay theirs.

A former name leads to whoever had it, so that clients and links that still use it reach the right person, and never
somebody else. Who renames takes the table's lock, so that the numbers of the changes are dense in the order of commits.
"""

from datetime import timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from chatapp.actions.accounts import reserved_for_others, taken_by_others
from chatapp.actions.administration import find_subject
from chatapp.actions.audit import Actor, record
from chatapp.actions.confirmation import require_confirmation
from chatapp.actions.managed_accounts import managed_by
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import CHANGE_USERNAMES
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.errors import Forbidden
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.journal.revisions import announce_memberships, take_user_revisions
from chatapp.lookalikes import skeleton
from chatapp.models import Conversation, Membership, User, UsernameChange
from chatapp.models.conversation import direct_key
from chatapp.models.user import GUEST
from chatapp.notices import UsernameChanged
from chatapp.sign_in_errors import ManagedElsewhere, NameIsAccount, NameTaken, TooManyRenames

OWN_CHANGES = 3
OWN_CHANGES_WITHIN = timedelta(days=30)
"""How often people change their own name. Others have to recognise them; an administrator may help out."""


def change_own_username(
    journal: Journal, settings: Settings, caller: Caller, username: str, password: str | None
) -> None:
    """Gives the caller another username.

    Raises NameIsAccount where people sign in by name, Forbidden for a guest, ManagedElsewhere, TooManyRenames,
    NameTaken, WrongPassword and ConfirmationRequired.
    """
    if settings.sign_in != "password":
        raise NameIsAccount("People sign in by name here, so that the name cannot change.")
    if caller.role == GUEST:
        raise Forbidden("Guests do not change their username.")
    _require_own_name(caller.user_id)
    require_confirmation(caller, password)

    def write(transaction: Transaction) -> None:
        user = transaction.session.scalar(select(User).where(User.id == caller.user_id).with_for_update())
        if user is None or user.removed_at is not None or user.username == username:
            return
        count = select(func.count()).select_from(UsernameChange)
        recent = count.where(
            UsernameChange.user_id == caller.user_id,
            UsernameChange.is_own,
            UsernameChange.changed_at > now() - OWN_CHANGES_WITHIN,
        )
        if (transaction.session.scalar(recent) or 0) >= OWN_CHANGES:
            raise TooManyRenames(
                f"You may change your username {OWN_CHANGES} times in {OWN_CHANGES_WITHIN.days} days.",
                limit=OWN_CHANGES,
            )
        rename(transaction, caller.actor, user, username)

    journal.write(write)


def change_username(journal: Journal, actor: Actor, username: str, new_username: str) -> None:
    """Gives somebody another username. Raises Forbidden, NotFound, ManagedElsewhere and NameTaken."""
    found = db.session.scalar(select(User.id).where(User.username == username))
    db.session.remove()
    if found is not None:
        _require_own_name(found)

    def write(transaction: Transaction) -> None:
        user = find_subject(transaction, actor, username, CHANGE_USERNAMES)
        if user.username != new_username:
            rename(transaction, actor, user, new_username)

    journal.write(write)


def rename(transaction: Transaction, actor: Actor, user: User, username: str) -> None:
    """Gives a user, whose row is locked, another name. Raises as `give_name` does."""
    former = user.username
    give_name(transaction, user, username, is_own=actor.user_id == user.id)
    record(transaction, "username_changed", actor, username, before=former, after=username)


def give_name(transaction: Transaction, user: User, username: str, *, is_own: bool) -> None:
    """Gives a user, whose row is locked, another name, also in the keys of their private conversations. `is_own`: they
    chose it themselves.

    Raises NameTaken for a name that somebody else has or had, or that looks like one.
    """
    session = transaction.session
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE username_change IN EXCLUSIVE MODE"))
    own = skeleton(username)
    if taken_by_others(session, own, user.id) or reserved_for_others(session, own, user.id):
        raise NameTaken("This name is taken, or looks like one that is.", username=username)
    former = user.username
    number = (session.scalar(select(func.max(UsernameChange.number))) or 0) + 1
    user.username, user.name_skeleton = username, own
    user.profile_revision += 1
    session.add(
        UsernameChange(
            number=number,
            user_id=user.id,
            username=former,
            new_username=username,
            skeleton=skeleton(former),
            changed_at=now(),
            is_own=is_own,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise NameTaken("This name is taken, or looks like one that is.", username=username) from error
    # First: the connections enter the rooms of the new name.
    transaction.notices.append(UsernameChanged(number))
    _rename_conversations(transaction, user.id, former, username)


def _rename_conversations(transaction: Transaction, user_id: int, former: str, username: str) -> None:
    """For both people each of these conversations is gone under the former name, and new under the present one.

    The rows are locked before their keys are read: the other user may be given another name at the same time.
    """
    session = transaction.session
    query = (
        select(Conversation.id, Conversation.direct_key)
        .join(Membership, Membership.conversation_id == Conversation.id)
        .where(Membership.user_id == user_id, Conversation.direct_key.is_not(None))
        .order_by(Conversation.id)
        .with_for_update(of=Conversation)
    )
    for row in session.execute(query).all():
        names = [username if name == former else name for name in str(row.direct_key).split(" ")]
        renamed = update(Conversation).where(Conversation.id == row.id).values(direct_key=direct_key(*names))
        session.execute(renamed, execution_options={"synchronize_session": False})
        both = set(session.scalars(select(Membership.user_id).where(Membership.conversation_id == row.id)))
        for one, revision in take_user_revisions(transaction, both).items():
            membership = update(Membership).where(Membership.conversation_id == row.id, Membership.user_id == one)
            session.execute(membership.values(user_revision=revision), execution_options={"synchronize_session": False})
        announce_memberships(transaction, row.id, both)


def _require_own_name(user_id: int) -> None:
    if (label := managed_by(user_id)) is not None:
        raise ManagedElsewhere(f"The username of this account is changed in {label}.", managedBy=label)
