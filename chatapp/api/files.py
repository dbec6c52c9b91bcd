"""Files of messages: their bytes, their previews, and the list of a conversation's."""

from flask import Blueprint, Response

from chatapp import file_serializers
from chatapp.actions import shared_files
from chatapp.actions.sessions import Caller
from chatapp.actions.shared_files import FileSearch
from chatapp.api.file_responses import file_response, preview_response
from chatapp.api.operation import operation
from chatapp.errors import InvalidInput, NotAMember, NotFound, Unavailable
from chatapp.file_payloads import FilesQuery
from chatapp.file_shapes import FilesShape

blueprint = Blueprint("files", __name__)

KINDS: dict[str, tuple[tuple[str, ...], bool | None]] = {
    "all": ((), None),
    "media": (("picture", "video"), False),
    "voice": (("audio", "video"), True),
    "other": (("audio", "pdf", "text", "other"), False),
}
"""The kinds of files and whether they are voice messages, by `kind` in the query. A recorded sound may be in a
container that is also a video's."""


@blueprint.get("/files/<receiver>")
@operation(
    "The files of a conversation, newest first",
    gives=FilesShape,
    query=FilesQuery,
    errors=(NotFound, NotAMember, InvalidInput),
)
def show_files(caller: Caller, receiver: str, query: FilesQuery) -> FilesShape:
    kinds, is_voice = KINDS[query.kind]
    search = FileSearch(receiver, query.is_group, query.before, kinds, is_voice, query.limit)
    return file_serializers.page(shared_files.files_of(caller, search))


@blueprint.get("/file/<file_id>")
@operation("A file's bytes, as a download", gives="application/octet-stream", errors=(NotFound, Unavailable))
def show_file(caller: Caller, file_id: str) -> Response:
    return file_response(shared_files.find_file(caller, file_id))


@blueprint.get("/file/<file_id>/preview/<number>")
@operation("A smaller picture of a file", gives="image/webp", errors=(NotFound, Unavailable))
def show_preview(caller: Caller, file_id: str, number: str) -> Response:
    return preview_response(shared_files.find_file(caller, file_id), number)
