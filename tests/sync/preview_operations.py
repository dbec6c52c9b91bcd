"""The operations on previews of links: their arrival, which nobody asks for, and their removal by the sender."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from chatapp.actions.link_previews import fetch_previews
from chatapp.models.conversation import parse_message_id
from chatapp.previews.fetching import Preview, PreviewPicture
from tests.sync.driver import Driver, indexes, picks

LINKS = ("https://a.example.com/", "see https://b.example.com/ and https://a.example.com/")


class PreviewOperations(Driver):
    """What becomes of links. The pages are those of nobody, so what they say is made up."""

    @rule(sender=indexes, group=picks, channel=picks, text=st.sampled_from(LINKS))
    def send_link(self, sender: int, group: int, channel: int, text: str) -> None:
        self._send(sender, self._group(group), text, channel, is_group=True)

    @rule(by=indexes, pick=picks, channel=picks, has_picture=st.booleans())
    def look_up_links(self, by: int, pick: int, channel: int, has_picture: bool) -> None:
        picture = PreviewPicture(b"RIFF", 3, 2) if has_picture else None
        message_id = self._linking(by, pick)
        place = None if message_id is None else parse_message_id(message_id)
        app = self.http_apps[channel % len(self.http_apps)]
        if place is not None:
            with app.app_context():
                journal = app.extensions["chatapp.journal"]
                fetch_previews(journal, *place, lambda url: Preview(url, "", str(pick), picture))

    @rule(by=indexes, pick=picks, channel=picks)
    def remove_previews(self, by: int, pick: int, channel: int) -> None:
        message_id = self._linking(by, pick)
        if pick % 3 == 0 and message_id is not None:
            answer = self._http(by, channel, "DELETE", f"/message/{message_id}/previews", {})
            assert answer.get("error", {}).get("code") not in ("internal_error", "unavailable"), answer

    def _linking(self, by: int, pick: int) -> str | None:
        """The id of a message with a link that the user knows; None if they know none."""
        listener = self.listeners[by]
        listener.drain()
        known = [
            (key, sequence)
            for key, one in sorted(listener.client.conversations.items())
            for sequence, message in sorted(one.messages.items())
            if "://" in (message["content"] or "")
        ]
        if not known:
            return None
        key, sequence = known[pick % len(known)]
        page = listener._page(*key)
        return next((one["messageId"] for one in page if one["sequence"] == sequence), None)
