"""The settings that say what people may do, and how often, as administrators see them."""

from chatapp.config import LOAD_LIMITS, PREFIX, Settings
from chatapp.shown_settings import shown

LIMITS = (
    "sign_in",
    "joining",
    "token_seconds",
    "edit_seconds",
    "sign_in_limit",
    "sign_in_address_failures",
    *LOAD_LIMITS,
)


def shown_limits(settings: Settings) -> dict[str, str]:
    """The settings of LIMITS by their variables, as `chatapp config` prints them."""
    every = shown(settings)
    return {name: every[name] for name in (PREFIX + limit.upper() for limit in LIMITS)}
