"""The languages of the web client, and which of them a browser gets."""

from dataclasses import dataclass

from flask import Request

from chatapp.api.authentication import own_cookie


@dataclass(frozen=True)
class Language:
    """`code` names its catalogues in static/locales/, `name` is what it is called in itself, `emoji` the language of
    the emoji's names: `static/vendor/emoji-<emoji>.json`."""

    code: str
    name: str
    direction: str = "ltr"
    emoji: str = "en"


LANGUAGES = (
    Language("en", "English"),
    Language("de", "Deutsch", emoji="de"),
    Language("zh-Hans", "简体中文", emoji="zh"),
    Language("ar", "العربية", "rtl"),
)

COOKIE = "language"
"""Set by the page, so that the choice holds before somebody signs in, and for the page as the server sends it."""


def preferred(request: Request) -> Language:
    """The first language of the browser's list that there is, whatever its region or script; otherwise English."""
    for tag, quality in request.accept_languages:
        found = [one for one in LANGUAGES if _base(one.code) == _base(tag) and quality > 0]
        if found:
            return found[0]
    return LANGUAGES[0]


def spoken(request: Request) -> Language:
    """The language that was chosen in this browser; otherwise the one that it prefers."""
    chosen = request.cookies.get(own_cookie(COOKIE))
    return next((one for one in LANGUAGES if one.code == chosen), None) or preferred(request)


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
