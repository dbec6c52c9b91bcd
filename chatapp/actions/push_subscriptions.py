"""Push subscriptions: a browser's begins, is listed, and ends; and what push services have answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, or_, select, true, update

from chatapp.actions.own_settings import settings_of
from chatapp.actions.sessions import Caller
from chatapp.clock import now
from chatapp.errors import InvalidInput, NotFound
from chatapp.extensions import db
from chatapp.journal import Journal, Transaction
from chatapp.models import PushSubscription, Session
from chatapp.previews.guard import Refused
from chatapp.push.addresses import PushAddresses
from chatapp.push.encryption import check_keys
from chatapp.push_payloads import Subscribe
from chatapp.quiet_hours import is_quiet

NOTED_EVERY = timedelta(minutes=5)
"""How exactly it is stored that a push service takes messages. Each message would be a write."""

Reason = Literal["not_subscribed", "failing", "do_not_disturb"]
"""Why the caller's browser would show no notification now, as far as the server knows."""


@dataclass(frozen=True, slots=True)
class ListedSubscription:
    """A subscription as shown to its user. `device` is the User-Agent of its session."""

    device: str
    endpoint: str
    language: str
    created_at: datetime
    succeeded_at: datetime | None
    failed_at: datetime | None
    is_current: bool

    @property
    def is_failing(self) -> bool:
        """Whether the push service did not take the last message."""
        return self.failed_at is not None and (self.succeeded_at is None or self.failed_at > self.succeeded_at)


def subscribe(journal: Journal, addresses: PushAddresses, caller: Caller, page: str, wanted: Subscribe) -> None:
    """The browser of the caller's session is sent notifications from now on, in place of an earlier subscription of it.

    `page` is the origin of the page that asks. Raises InvalidInput for what no browser gives.
    """
    try:
        addresses.check(wanted.endpoint)
    except Refused as error:
        raise InvalidInput("There is no such push service.", fields={"endpoint": str(error)}) from None
    try:
        check_keys(wanted.keys.p256dh, wanted.keys.auth)
    except ValueError:
        raise InvalidInput("The keys are not those of a browser.", fields={"keys": "cannot be read"}) from None

    def write(transaction: Transaction) -> None:
        stored = transaction.session.get(PushSubscription, caller.session_id)
        if stored is not None and _is_same(stored, page, wanted):
            return
        # Whoever used this browser before has another session.
        replaced = or_(PushSubscription.session_id == caller.session_id, PushSubscription.endpoint == wanted.endpoint)
        transaction.session.execute(delete(PushSubscription).where(replaced))
        transaction.session.expunge_all()
        transaction.session.add(
            PushSubscription(
                session_id=caller.session_id,
                user_id=caller.user_id,
                endpoint=wanted.endpoint,
                client_key=wanted.keys.p256dh,
                client_secret=wanted.keys.auth,
                page=page,
                language=wanted.language,
                created_at=now(),
            )
        )

    journal.write(write)


def _is_same(stored: PushSubscription, page: str, wanted: Subscribe) -> bool:
    known = (stored.endpoint, stored.client_key, stored.client_secret, stored.page, stored.language)
    return known == (wanted.endpoint, wanted.keys.p256dh, wanted.keys.auth, page, wanted.language)


def unsubscribe(journal: Journal, caller: Caller) -> None:
    """Ends the subscription of the caller's session, if there is one."""
    forget(journal, [caller.session_id])


def forget(journal: Journal, session_ids: Collection[str], endpoint: str | None = None) -> None:
    """Ends the subscriptions of these sessions; with an endpoint, unless they have got another one since."""
    is_same = true() if endpoint is None else PushSubscription.endpoint == endpoint
    is_meant = PushSubscription.session_id.in_(session_ids) & is_same
    journal.write(lambda transaction: transaction.session.execute(delete(PushSubscription).where(is_meant)) and None)


def note_answers(journal: Journal, taken: Collection[str], failed: Collection[str]) -> None:
    """Stores that push services took messages for these sessions, or did not."""
    _note(journal, taken, PushSubscription.succeeded_at, PushSubscription.failed_at)
    _note(journal, failed, PushSubscription.failed_at, PushSubscription.succeeded_at)


def _note(journal: Journal, session_ids: Collection[str], column: Any, other: Any) -> None:
    if not session_ids:
        return
    at = now()
    is_old = or_(column.is_(None), column < at - NOTED_EVERY, column < other)
    is_meant = PushSubscription.session_id.in_(sorted(session_ids)) & is_old
    query = update(PushSubscription).where(is_meant).values({column: at})
    journal.write(lambda transaction: transaction.session.execute(query) and None, durable=False)


def subscriptions_of(caller: Caller) -> list[ListedSubscription]:
    """The caller's valid subscriptions, the oldest first."""
    query = (
        select(PushSubscription, Session.device)
        .join(Session, Session.id == PushSubscription.session_id)
        .where(PushSubscription.user_id == caller.user_id, Session.revoked_at.is_(None), Session.expires_at > now())
        .order_by(PushSubscription.created_at)
    )
    return [
        ListedSubscription(
            device,
            row.endpoint,
            row.language,
            row.created_at,
            row.succeeded_at,
            row.failed_at,
            row.session_id == caller.session_id,
        )
        for row, device in db.session.execute(query)
    ]


def of_user(user_id: int) -> Sequence[PushSubscription]:
    """The subscriptions of a user."""
    return db.session.scalars(select(PushSubscription).where(PushSubscription.user_id == user_id)).all()


def own_subscription(caller: Caller) -> PushSubscription:
    """The subscription of the caller's session. Raises NotFound."""
    found = db.session.get(PushSubscription, caller.session_id)
    if found is None:
        raise NotFound("This session has no subscription.")
    return found


def reasons_for_silence(caller: Caller, subscriptions: Collection[ListedSubscription]) -> list[Reason]:
    """Why the caller's browser would show no notification now, whatever is written to them."""
    current = next((one for one in subscriptions if one.is_current), None)
    reasons: list[Reason] = []
    if current is None:
        reasons.append("not_subscribed")
    elif current.is_failing:
        reasons.append("failing")
    if is_quiet(settings_of(caller.user_id).do_not_disturb, now()):
        reasons.append("do_not_disturb")
    return reasons
