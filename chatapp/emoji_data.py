"""The emoji that a reaction may be: those that Unicode recommends for general interchange (RGI, UTS 51)."""

from functools import cache


@cache
def _known() -> frozenset[str]:
    # Not at the top: the data takes 50 ms and 8 MB, and is needed with the first reaction.
    from emoji import EMOJI_DATA, STATUS

    return frozenset(text for text, data in EMOJI_DATA.items() if data["status"] == STATUS["fully_qualified"])


def fully_qualified(text: str) -> str | None:
    """The emoji in the one form that is stored; None for text that is no single emoji.

    The variation selector U+FE0F at the end may be missing, or superfluous: keyboards and libraries disagree about it.
    """
    return next((form for form in (text, text + "\ufe0f", text.removesuffix("\ufe0f")) if form in _known()), None)
