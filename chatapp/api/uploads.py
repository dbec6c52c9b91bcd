"""Uploads by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload): core, creation, termination, checksum
and expiration."""

import base64
import binascii
from collections.abc import Iterator
from email.utils import format_datetime

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import ClientDisconnected

from chatapp import file_serializers
from chatapp.actions import uploads
from chatapp.actions.sessions import Caller
from chatapp.actions.uploads import Checksum, Progress
from chatapp.api.current import current_files, current_journal
from chatapp.api.operation import operation
from chatapp.clock import monotonic
from chatapp.errors import InvalidInput, LimitReached, MalformedRequest, Unavailable
from chatapp.eventloop.transfer_turns import TURN_BYTES, take_turn
from chatapp.file_errors import (
    ChecksumMismatch,
    FileInfected,
    FileTooLarge,
    FileTypeRefused,
    OffsetConflict,
    QuotaExceeded,
    StorageFull,
    UploadLocked,
    UploadMissing,
)
from chatapp.file_names import file_name
from chatapp.file_shapes import OneUploadShape, UploadLimitsShape
from chatapp.payload_fields import LARGEST_SEQUENCE

blueprint = Blueprint("uploads", __name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
CHECKSUMS = ("sha256", "sha1")
BYTES_TYPE = "application/offset+octet-stream"

PIECE_BYTES = 262_144
"""What is held in memory of an upload before it is written."""

PIECE_SECONDS = 5.0
"""How long it is held. So what a slow sender has sent is soon kept, and an upload that was cancelled soon ends."""

UPLOAD = "/uploads/<upload_id>"


@blueprint.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
def show_protocol() -> Response:
    """What this server can do, for any client. A page of another site asks by a preflight, which CORS answers."""
    response = Response(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
    response.headers["Tus-Max-Size"] = str(current_files().largest_bytes)
    return _with_version(response)


@blueprint.get("/uploads")
@operation("What the caller may send", gives=UploadLimitsShape)
def show_upload_limits(caller: Caller) -> UploadLimitsShape:
    return {"limits": file_serializers.limits(uploads.limits_of(current_files(), caller))}


@blueprint.post("/uploads")
@operation(
    "Begin an upload (tus creation)",
    gives=None,
    status=201,
    errors=(FileTooLarge, QuotaExceeded, StorageFull, FileTypeRefused, LimitReached, InvalidInput),
)
def begin_upload(caller: Caller) -> Response:
    size = _number("Upload-Length")
    about = _metadata(request.headers.get("Upload-Metadata", ""))
    name, content_type = file_name(about.get("filename", "")), about.get("filetype", "").lower()
    progress = uploads.create_upload(current_journal(), current_files(), caller, size, name, content_type)
    response = _answer(progress, 201)
    response.headers["Location"] = f"{request.root_path}{request.path.rstrip('/')}/{progress.upload_id}"
    return response


@blueprint.get(UPLOAD)
@operation(
    "An upload; a complete one is processed if it is not yet",
    gives=OneUploadShape,
    errors=(UploadMissing, UploadLocked, Unavailable),
)
def show_upload(caller: Caller, upload_id: str) -> Response:
    if request.method == "HEAD":
        # tus asks how far an upload has come.
        progress = uploads.progress_of(current_files(), caller, upload_id)
        response = _answer(progress, 200)
        response.headers["Upload-Length"] = str(progress.size)
        return response
    found = uploads.upload_of(current_journal(), current_files(), caller, upload_id)
    body: OneUploadShape = {"upload": file_serializers.upload(found)}
    return jsonify(body)


@blueprint.patch(UPLOAD)
@operation(
    "Add bytes to an upload",
    gives=None,
    status=204,
    takes=(BYTES_TYPE,),
    errors=(
        *(UploadMissing, OffsetConflict, UploadLocked, ChecksumMismatch, FileTooLarge, FileTypeRefused),
        *(FileInfected, StorageFull, Unavailable, MalformedRequest, InvalidInput),
    ),
)
def add_to_upload(caller: Caller, upload_id: str) -> Response:
    store = current_files()
    # Flask's limit is for what is held in memory.
    request.max_content_length = store.largest_bytes
    offset, checksum = _number("Upload-Offset"), _checksum(request.headers.get("Upload-Checksum"))
    return _answer(uploads.receive(current_journal(), store, caller, upload_id, offset, _pieces(), checksum), 204)


@blueprint.delete(UPLOAD)
@operation("Cancel an upload", gives=None, status=204, errors=(UploadMissing,))
def cancel_upload(caller: Caller, upload_id: str) -> Response:
    uploads.cancel_upload(current_journal(), current_files(), caller, upload_id)
    return _with_version(Response(status=204))


def _pieces() -> Iterator[bytes]:
    """The body, PIECE_BYTES or what comes in PIECE_SECONDS at a time, up to where the client or the network breaks
    off."""
    is_open = True
    while is_open:
        piece, deadline = bytearray(), monotonic() + PIECE_SECONDS
        try:
            while is_open and len(piece) < PIECE_BYTES and monotonic() < deadline:
                data = request.stream.read(min(PIECE_BYTES - len(piece), TURN_BYTES))
                piece += data
                is_open = bool(data)
                take_turn()
        except (OSError, ClientDisconnected):
            is_open = False
        if piece:
            yield bytes(piece)


def _answer(progress: Progress, status: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(progress.offset)
    response.headers["Upload-Expires"] = format_datetime(progress.expires_at, usegmt=True)
    response.headers["Cache-Control"] = "no-store"
    return _with_version(response)


def _with_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    return response


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    # Python refuses to read numbers of thousands of digits.
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_SEQUENCE))
    if not is_number or int(text) > LARGEST_SEQUENCE:
        raise InvalidInput(f"The header {header} must be a number.", fields={header: "must be a number"})
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """`filename <base64>,filetype <base64>`. What is not UTF-8 is left out."""
    found = {}
    for pair in text.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _checksum(text: str | None) -> Checksum | None:
    if text is None:
        return None
    algorithm, _, digest = text.strip().partition(" ")
    try:
        if algorithm in CHECKSUMS:
            return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except binascii.Error:
        pass
    raise InvalidInput(
        "The header Upload-Checksum must have sha256 or sha1 and a digest in base64.",
        fields={"Upload-Checksum": "must have sha256 or sha1 and a digest in base64"},
    )
