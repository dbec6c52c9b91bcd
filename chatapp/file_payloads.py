"""What comes in about files: a validated model of every query. Headers of tus are read by `api/uploads.py`."""

from typing import Annotated, Literal

from pydantic import Field

from chatapp.payloads import ConversationQuery

FileKindChoice = Literal["all", "media", "voice", "other"]


class FilesQuery(ConversationQuery):
    """The query of `GET /files/<receiver>`: files before the file `before`. `kind` is `media` (pictures and videos),
    `voice` (voice messages), `other` (neither), or `all`."""

    before: Annotated[str, Field(max_length=100)] | None = None
    limit: int = Field(default=50, ge=1, le=100)
    kind: FileKindChoice = "all"
