"""What comes in about reports and suspensions. See `chatapp.payloads`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from chatapp.administration_payloads import Limit
from chatapp.models.report import COMMENT_CHARACTERS
from chatapp.models.suspension import REASON_CHARACTERS
from chatapp.payload_fields import FirstSequence, printable
from chatapp.payloads import Payload

LONGEST_HOURS = 24 * 366


class NewReport(Payload):
    """`POST /message/<message_id>/report`."""

    reason: Literal["spam", "harassment", "hate", "violence", "sexual", "private", "other"]
    comment: Annotated[str, Field(max_length=COMMENT_CHARACTERS), AfterValidator(printable)] = ""


class ReportsQuery(Payload):
    """The query of `GET /admin/reports`. `before` is the `number` of the last one of the page before."""

    model_config = ConfigDict(strict=False)
    before: FirstSequence | None = None
    limit: Limit = 50


class NewSuspension(Payload):
    """`PUT /admin/people/<username>/suspension`: for so many hours; null is a ban."""

    hours: Annotated[int, Field(ge=1, le=LONGEST_HOURS)] | None
    reason: Annotated[str, Field(max_length=REASON_CHARACTERS), AfterValidator(printable)] = ""
