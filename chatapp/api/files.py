"""Files of messages: their bytes, their previews, and the list of a conversation's."""

from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from chatapp import file_serializers
from chatapp.actions import shared_files
from chatapp.actions.sessions import Caller
from chatapp.actions.shared_files import FileSearch
from chatapp.api.current import current_files
from chatapp.api.operation import operation
from chatapp.errors import InvalidInput, NotAMember, NotFound, Unavailable
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.eventloop.transfer_turns import TURN_BYTES
from chatapp.extensions import db
from chatapp.file_payloads import FilesQuery
from chatapp.file_shapes import FilesShape
from chatapp.files import keys
from chatapp.files.storage import NotStored, StorageUnavailable
from chatapp.files.stored_file import StoredFile

blueprint = Blueprint("files", __name__)

LINK_SECONDS = 60
"""How long a link to another storage leads to the bytes."""

KINDS: dict[str, tuple[tuple[str, ...], bool | None]] = {
    "all": ((), None),
    "media": (("picture", "video"), False),
    "voice": (("audio", "video"), True),
    "other": (("audio", "pdf", "text", "other"), False),
}
"""The kinds of files and whether they are voice messages, by `kind` in the query. A recorded sound may be in a
container that is also a video's."""

HEADERS = {
    # Whether the reader is still a member is asked every time; the bytes themselves never change.
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


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
    file = shared_files.find_file(caller, file_id)
    return _answer(keys.key_of(file.blob_hash), file.content_type, file.name)


@blueprint.get("/file/<file_id>/preview/<number>")
@operation("A smaller picture of a file", gives="image/webp", errors=(NotFound, Unavailable))
def show_preview(caller: Caller, file_id: str, number: str) -> Response:
    file = shared_files.find_file(caller, file_id)
    if not (number.isascii() and number.isdigit() and len(number) == 1 and int(number) < len(file.previews)):
        raise NotFound("There is no such preview.", fileId=file_id)
    return _answer(keys.preview_key(file.blob_hash, int(number)), "image/webp", f"{file.name}.webp")


def _answer(key: str, content_type: str, name: str) -> Response:
    """Sends what is stored under a key: by the process, by nginx, or by the storage itself."""
    # The client may take long, and needs no connection to the database for it.
    db.session.remove()
    store = current_files()
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    if (link := store.storage.link(key, LINK_SECONDS, content_type=content_type, disposition=disposition)) is not None:
        return Response(status=302, headers={"Location": link, "Cache-Control": "no-store"})
    try:
        size = run_in_thread(store.storage.size, key)
    except NotStored:
        raise NotFound("There is no such file.") from None
    except StorageUnavailable as error:
        raise Unavailable("The file cannot be read now. Please try again.") from error
    headers = {**HEADERS, "Content-Disposition": disposition, "Content-Type": content_type}
    if store.accel_redirect:
        return Response(headers={**headers, "X-Accel-Redirect": store.accel_redirect + quote(key)})
    body = wrap_file(request.environ, cast(BinaryIO, StoredFile(store.storage, key, size)), TURN_BYTES)
    response = Response(body, headers=headers, direct_passthrough=True)
    response.content_length = size
    response.set_etag(key.rpartition("/")[2])
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    return response
