"""Answers with the bytes of files and of their previews."""

from typing import BinaryIO, cast
from urllib.parse import quote

from flask import Response, request
from werkzeug.wsgi import wrap_file

from chatapp.api.current import current_files
from chatapp.errors import NotFound, Unavailable
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.eventloop.transfer_turns import TURN_BYTES
from chatapp.extensions import db
from chatapp.files import keys
from chatapp.files.storage import NotStored, StorageUnavailable
from chatapp.files.stored_file import StoredFile
from chatapp.journal.message_state import FileState

LINK_SECONDS = 60
"""How long a link to another storage leads to the bytes."""

HEADERS = {
    # Whether the reader is still a member is asked every time; the bytes themselves never change.
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


def file_response(file: FileState) -> Response:
    """A file's bytes, as a download. Raises NotFound and Unavailable."""
    return _answer(keys.key_of(file.blob_hash), file.content_type, file.name)


def preview_response(file: FileState, number: str) -> Response:
    """A smaller picture of a file, as a download. Raises NotFound and Unavailable."""
    if not (number.isascii() and number.isdigit() and len(number) == 1 and int(number) < len(file.previews)):
        raise NotFound("There is no such preview.", number=number)
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
