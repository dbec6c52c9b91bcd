"""What comes in about threads: a validated model of every request and event."""

from chatapp.payload_fields import Name
from chatapp.payloads import Payload


class Following(Payload):
    """`PUT /thread/<threadId>/following`: with `on` false the caller follows the thread no longer."""

    on: bool = True


class FollowThread(Following):
    """`followThread`."""

    thread_id: Name
