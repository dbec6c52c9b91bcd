"""Reads which guests see whom, for the Socket.IO side."""

from collections.abc import Collection

from chatapp.extensions import db
from chatapp.visibility import who_parted, who_sees


def seen_by_guests(guest_ids: Collection[int], user_ids: Collection[int]) -> dict[int, set[int]]:
    """Whom each of these guests sees among the users, by the guest's id. All see themselves."""
    seen = {guest_id: {guest_id} for guest_id in guest_ids if guest_id in user_ids}
    for row in db.session.execute(who_sees(guest_ids, user_ids)):
        seen.setdefault(row.guest_id, set()).add(row.user_id)
    return seen


def guests_who_read_of(guest_ids: Collection[int], user_id: int) -> set[int]:
    """Which of these guests see the user, or have read what the user said as a member who has left since."""
    parted = set(db.session.scalars(who_parted(guest_ids, user_id)))
    return parted | seen_by_guests(guest_ids, {user_id}).keys()
