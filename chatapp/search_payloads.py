"""What comes in for a search, and its limits."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chatapp.payload_fields import SearchText
from chatapp.payloads import Payload

PAGE = 20
LARGEST_PAGE = 50
MINUTES_FROM_UTC = 840
"""The widest time zone is 14 hours from UTC."""

Order = Literal["newest", "relevance"]
Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE)]
Cursor = Annotated[str, Field(pattern=r"^[0-9]{1,18}(-[0-9]{1,18}-[0-9]{1,18})?$")]
Offset = Annotated[int, Field(ge=-MINUTES_FROM_UTC, le=MINUTES_FROM_UTC)]


class SearchRequest(Payload):
    """The event `search`. `utc_offset` is that of the caller's days, in minutes east of UTC."""

    q: SearchText
    order: Order = "newest"
    limit: Limit = PAGE
    cursor: Cursor | None = None
    utc_offset: Offset = 0


class SearchQuery(BaseModel):
    """The query of `GET /search`."""

    model_config = ConfigDict(alias_generator=to_camel)
    q: SearchText
    order: Order = "newest"
    limit: Limit = PAGE
    cursor: Cursor | None = None
    utc_offset: Offset = 0

    def request(self) -> SearchRequest:
        """The same as the event's payload."""
        return SearchRequest(**self.model_dump())
