"""The settings of metrics and logs. See `chatapp.config`."""

from dataclasses import dataclass

from chatapp import config_values as values
from chatapp.setting_field import setting

TOKEN_CHARACTERS = 32


def _token(text: str) -> str:
    # It is compared as it comes in a header.
    if len(text) < TOKEN_CHARACTERS or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return text


TOKEN = values.Type(_token, f"{TOKEN_CHARACTERS} or more letters, digits and signs of ASCII, without a space")


@dataclass(frozen=True)
class MonitoringSettings:
    """What an operator watches the server by."""

    metrics_token: str = setting(
        "",
        "Token by which Prometheus reads `GET /metrics`, 32 characters or more. Default: none, and no metrics",
        TOKEN,
        secret=True,
    )
    log_format: str = setting(
        "text",
        "`text`: warnings and errors as lines of text; `json`: a JSON object a line, also for each request and each "
        "event of note",
        values.choice("text", "json"),
    )
