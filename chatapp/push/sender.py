"""Notifies the members of a conversation, and takes notifications away that were read elsewhere.

What a browser is sent is found out when it is sent: by then a person may have read the message, muted the
conversation, or signed out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from chatapp.actions import push_keys, push_subscriptions, shown_notifications
from chatapp.actions.installation_settings import shown_name
from chatapp.actions.push_messages import Place, RecentMessage, place_of, recent_messages, seconds_to_next
from chatapp.actions.push_recipients import Notification, notifications_of, subscribers_of, unread_total
from chatapp.clock import now
from chatapp.config import Settings
from chatapp.journal import Journal
from chatapp.journal.push_jobs import READING
from chatapp.models import PushSubscription
from chatapp.prepared_statements import release_connection
from chatapp.push import contents
from chatapp.push.addresses import PushAddresses
from chatapp.push.application_key import ApplicationKey
from chatapp.push.service import Answer, Outcome, Push, PushService

SLACK = timedelta(minutes=1)
"""How much earlier than its job a message may have been stored: its transaction may have waited."""
RETRY_SECONDS = (10, 60, 300, 1_800, 7_200)
"""Pauses after attempts that failed. After the last of them the notification is given up."""
UNSEEN_REFUSING = (".push.apple.com",)
"""Push services that end a subscription after a few messages that show nothing."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The notification of the messages after a sequence, which a push service did not take for one browser. `attempt`
    is the number of the next one, from 2."""

    conversation_id: int
    session_id: str
    after: int
    attempt: int
    seconds: float


class PushSender:
    """One for each process. It has no thread of its own, and works in the app context of a job or a request."""

    def __init__(self, journal: Journal, settings: Settings, key: bytes) -> None:
        self._journal = journal
        self._settings = settings
        self._key = key
        self.addresses = PushAddresses(settings.push_origins)
        self._service = PushService(self.addresses)

    def application_key(self) -> ApplicationKey:
        return push_keys.application_key(self._journal, self._key)

    def notify(self, conversation_id: int, since: datetime) -> tuple[list[Retry], float | None]:
        """Notifies the members of the messages that were stored since then. Returns what is left to do: the browsers
        whose push services did not take it, and after how many seconds the messages are due that could be read yet."""
        self._journal.flush_watermarks_for_read()
        place = place_of(conversation_id)
        if place is None or not (subscribers := subscribers_of(conversation_id)):
            return [], None
        until = now() - READING
        messages = recent_messages(place, until)
        after = shown_notifications.notified_up_to(conversation_id)
        old = [one.sequence for one in messages if one.sent_at < since - SLACK]
        retries = self._send(place, messages, subscribers, max([after, *old]), attempt=1)
        if messages:
            shown_notifications.note_notified(self._journal, conversation_id, messages[-1].sequence)
        return retries, seconds_to_next(place, until)

    def retry(self, retry: Retry) -> Retry | None:
        """As `notify`, for one browser. Returns the next attempt if the push service did not take it again."""
        place = place_of(retry.conversation_id)
        subscribers = [one for one in subscribers_of(retry.conversation_id) if one.session_id == retry.session_id]
        if place is None or not subscribers:
            return None
        messages = recent_messages(place, now() - READING)
        left = self._send(place, messages, subscribers, retry.after, retry.attempt)
        return left[0] if left else None

    def take_away(self, conversation_id: int) -> None:
        """Takes the notifications of a conversation away from those who have read it to its end.

        Browsers close them themselves where a page is open. Some push services end a subscription that is sent what
        shows nothing; their browsers show it until a page opens.
        """
        read = shown_notifications.read_meanwhile(conversation_id)
        if not read:
            return
        shown_notifications.forget_shown(self._journal, conversation_id, list(read))
        pushes = [push for user_id, last in read.items() for push in self._closing(conversation_id, user_id, last)]
        key = self.application_key()
        release_connection()
        self._service.send_all(key, pushes)

    def test(self, subscription: PushSubscription) -> Answer:
        """Sends a test to one browser."""
        text = contents.test(subscription.language, shown_name(self._settings))
        push = self._push(subscription, text, contents.TEST_SECONDS_KEPT, "high")
        key, session_id = self.application_key(), subscription.session_id
        release_connection()
        answer = self._service.send_all(key, [push])[0]
        self._settle({answer.outcome: {session_id: push.endpoint}})
        return answer

    def _send(
        self, place: Place, messages: Sequence[RecentMessage], subscribers: Sequence[Any], after: int, attempt: int
    ) -> list[Retry]:
        found = notifications_of(place, messages, subscribers, after)
        if not found:
            return []
        # Before they are sent: whoever reads one at once finds that it is shown.
        shown_notifications.note_shown(self._journal, place.conversation_id, {one.subscriber.user_id for one in found})
        key, pushes = self.application_key(), self._pushes(place, found)
        release_connection()
        answers = self._service.send_all(key, pushes)
        by_outcome: dict[Outcome, dict[str, str]] = {}
        for one, answer in zip(found, answers, strict=True):
            by_outcome.setdefault(answer.outcome, {})[one.subscriber.session_id] = one.subscriber.endpoint
        self._settle(by_outcome)
        if attempt > len(RETRY_SECONDS):
            return []
        return [
            Retry(
                place.conversation_id,
                one.subscriber.session_id,
                after,
                attempt + 1,
                max(RETRY_SECONDS[attempt - 1], answer.retry_seconds),
            )
            for one, answer in zip(found, answers, strict=True)
            if answer.outcome == "later"
        ]

    def _settle(self, by_outcome: dict[Outcome, dict[str, str]]) -> None:
        """Stores what the push services have answered: by outcome, the endpoints by session."""
        for session_id, endpoint in by_outcome.get("gone", {}).items():
            push_subscriptions.forget(self._journal, [session_id], endpoint)
        failed = {**by_outcome.get("later", {}), **by_outcome.get("refused", {})}
        push_subscriptions.note_answers(self._journal, list(by_outcome.get("taken", {})), list(failed))

    def _pushes(self, place: Place, found: Sequence[Notification]) -> list[Push]:
        system = shown_name(self._settings)
        unread = {user_id: unread_total(user_id) for user_id in {one.subscriber.user_id for one in found}}
        return [self._notification(place, one, unread[one.subscriber.user_id], system) for one in found]

    def _notification(self, place: Place, one: Notification, unread: int, system: str) -> Push:
        to, message = one.subscriber, one.message
        shown = contents.Shown(
            f"{place.conversation_id}-{message.sequence}",
            message.sender_name,
            place.name,
            place.is_thread,
            not place.is_direct and message.mentions(to.user_id),
            message.content,
            message.file,
            one.count,
            unread,
        )
        shows_content = to.shows_content is None or bool(to.shows_content)
        text = contents.notification(shown, to.language, system, shows_content=shows_content)
        topic = contents.topic_of(place.conversation_id, to.client_secret)
        return self._push(to, text, contents.SECONDS_KEPT, "high", topic)

    def _closing(self, conversation_id: int, user_id: int, sequence: int) -> list[Push]:
        text = contents.read_up_to(conversation_id, sequence, unread_total(user_id))
        return [
            self._push(one, text, contents.SECONDS_KEPT, "low", contents.topic_of(conversation_id, one.client_secret))
            for one in push_subscriptions.of_user(user_id)
            if not str(urlsplit(one.endpoint).hostname).endswith(UNSEEN_REFUSING)
        ]

    def _push(self, to: Any, text: bytes, seconds_kept: int, urgency: str, topic: str | None = None) -> Push:
        contact = self._contact(to.page)
        return Push(to.endpoint, to.client_key, to.client_secret, contact, text, seconds_kept, urgency, topic)

    def _contact(self, page: str) -> str:
        """RFC 8292 section 2.1: an address of e-mail or of a page."""
        settings = self._settings
        address = parseaddr(settings.mail_from)[1]
        return settings.push_contact or (f"mailto:{address}" if address else settings.public_url or page)
