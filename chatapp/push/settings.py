"""The settings of web push. See `chatapp.config`."""

import re
from dataclasses import dataclass

from chatapp import config_values as values
from chatapp.setting_field import setting

_CONTACT = re.compile(r"mailto:[^@\s<>]+@[^@\s<>]+|https://[^\s<>]+")


def _contact(text: str) -> str:
    # RFC 8292 section 2.1.
    if not _CONTACT.fullmatch(text):
        raise ValueError
    return text


CONTACT = values.Type(_contact, "mailto:admin@example.org or an https:// address")


@dataclass(frozen=True)
class PushSettings:
    """Neither is needed."""

    push_contact: str = setting(
        "",
        "How push services reach whoever runs the chat: `mailto:` and an address, or an `https://` address. Default: "
        "the address that e-mail is sent from, else `CHATAPP_PUBLIC_URL`, else the address of the chat",
        CONTACT,
    )
    push_origins: tuple[str, ...] = setting(
        "",
        "Origins of push services that may be on an internal network. All others have to be public. Default: none",
        values.origins,
    )
