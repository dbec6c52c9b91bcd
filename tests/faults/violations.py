"""The kinds of broken promises, by the names that reports use."""

from dataclasses import dataclass

NOT_STORED = "acked and not stored"
ACKED_OTHERWISE = "acked otherwise than stored"
NEVER_ACKED = "never acked"
STORED_TWICE = "stored twice"
NOT_SENT = "stored and not sent"
STORED_WITH_GAP = "a gap in the stored sequences"
SHOWN_OTHERWISE = "shown otherwise than stored"
SHOWN_TO_OUTSIDER = "shown to an outsider"
RECEIVED_TWICE = "received twice"
RECEIVED_OUT_OF_ORDER = "received out of order"
RECEIVED_WITH_GAP = "received with a gap"
MISSING = "missing after the catch-up"
SIGNED_OUT = "signed out"
WATERMARK_FELL = "a watermark fell"
DELIVERED_TOO_FAR = "a watermark beyond what was delivered"
READ_TOO_FAR = "a watermark beyond what was read"
TICK_TAKEN_BACK = "a tick was taken back"


@dataclass(frozen=True)
class Violation:
    """A broken promise: one of the names above, and what shows it."""

    name: str
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.detail}"
