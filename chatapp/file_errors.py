"""Errors of files and uploads. See `chatapp.errors`."""

from chatapp.errors import ChatError


class FileTooLarge(ChatError):
    """The file is larger than CHATAPP_FILE_BYTES. `details["limit"]` is in bytes."""

    code = "file_too_large"
    status = 413


class QuotaExceeded(ChatError):
    """The person's files would take more than their quota. `details` has `limit` and `used`, in bytes."""

    code = "quota_exceeded"
    status = 413


class StorageFull(ChatError):
    """There is no room for the file: all files together have a limit, and the disk has an end."""

    code = "storage_full"
    status = 507


class FileTypeRefused(ChatError):
    """Files of this type may not be sent. `details["types"]` are those that may."""

    code = "file_type_refused"
    status = 415


class FileInfected(ChatError):
    """The scanner has found something in the file, which is deleted."""

    code = "file_infected"
    status = 422


class UploadMissing(ChatError):
    """The upload is unknown, expired, used up by another message, or somebody else's."""

    code = "upload_missing"
    status = 404


def missing_upload(upload_id: str) -> UploadMissing:
    """The error for an upload that its owner does not have, or has no more."""
    return UploadMissing("There is no such upload, or a message has it already.", uploadId=upload_id)


class UploadIncomplete(ChatError):
    """Bytes of the file are missing, or it is not processed yet."""

    code = "upload_incomplete"
    status = 409


class OffsetConflict(ChatError):
    """The request continues at another place than where the upload ends. `details["offset"]` is the right one."""

    code = "offset_conflict"
    status = 409


class UploadLocked(ChatError):
    """Another request is writing to this upload."""

    code = "upload_locked"
    status = 423


class ChecksumMismatch(ChatError):
    """The bytes are others than the checksum says. They are not kept. The status is that of tus 1.0.0."""

    code = "checksum_mismatch"
    status = 460
