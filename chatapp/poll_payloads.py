"""What comes in about polls: a validated model of every request and event, with the limits of the fields."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from chatapp.payload_fields import ClientId, FirstSequence, Name, one_line
from chatapp.payloads import MessageId, Payload

QUESTION_CHARACTERS = 300
OPTION_CHARACTERS = 100
FEWEST_OPTIONS = 2
MOST_OPTIONS = 10


def _different(options: list[str]) -> list[str]:
    folded = {unicodedata.normalize("NFKC", option).casefold() for option in options}
    if len(folded) < len(options):
        raise ValueError("must differ from each other")
    return options


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("must be a time such as 2026-01-31T12:00:00Z")


Question = Annotated[str, AfterValidator(one_line), Field(max_length=QUESTION_CHARACTERS)]
Option = Annotated[str, AfterValidator(one_line), Field(max_length=OPTION_CHARACTERS)]
Options = Annotated[list[Option], Field(min_length=FEWEST_OPTIONS, max_length=MOST_OPTIONS), AfterValidator(_different)]
End = Annotated[datetime | None, BeforeValidator(_instant, json_schema_input_type=str | None)]


class NewPoll(Payload):
    """`POST /polls` and `createPoll`."""

    receiver: Name
    group: bool = False
    question: Question
    options: Options
    is_multiple: bool = False
    is_anonymous: bool = False
    closes_at: End = None
    client_id: ClientId | None = None
    reply_to: FirstSequence | None = None


class NewVote(Payload):
    """`PUT /message/<messageId>/vote`: the options that the caller votes for, counted from 0; none takes the vote
    back."""

    options: list[Annotated[int, Field(ge=0, lt=MOST_OPTIONS)]] = Field(max_length=MOST_OPTIONS)


class Vote(NewVote, MessageId):
    """`vote`."""
