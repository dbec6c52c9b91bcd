"""All files of the export of one person."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import orjson

from chatapp import personal_serializers
from chatapp.actions import own_data
from chatapp.actions.audit import lines_by
from chatapp.actions.blocks import OwnBlock
from chatapp.actions.own_settings import OwnSettings
from chatapp.actions.personal_changes import DraftChange, PersonalChange, PreferencesChange, personal_changes
from chatapp.actions.saved_messages import Saved
from chatapp.actions.scheduled_messages import Scheduled
from chatapp.administration_serializers import audit_as_json_lines
from chatapp.clock import to_iso
from chatapp.export.archive import File, zip_of
from chatapp.export.files import sent_files
from chatapp.export.messages import Exporter, conversations_of, lines_of, listed
from chatapp.export.readme import README
from chatapp.extensions import db
from chatapp.files.storage import Storage
from chatapp.prepared_statements import release_connection

ABOUT: dict[str, Callable[[int], Any]] = {
    "profile.json": own_data.profile_of,
    "sessions.json": own_data.sessions_of,
    "passkeys.json": own_data.passkeys_of,
    "identities.json": own_data.identities_of,
    "security.json": own_data.security_of,
}
PERSONAL: dict[str, type[PersonalChange]] = {
    "settings.json": OwnSettings,
    "preferences.json": PreferencesChange,
    "drafts.json": DraftChange,
    "saved.json": Saved,
    "scheduled.json": Scheduled,
    "blocks.json": OwnBlock,
}


def export_of(exporter: Exporter, username: str, at: datetime, storage: Storage) -> Iterator[bytes]:
    """The ZIP with everything of one person, in pieces. Reads and compresses one page of messages at a time. Raises
    NotSignedIn on the way if the session has ended."""
    return zip_of(_files(exporter, username, at, storage), at)


def _files(exporter: Exporter, username: str, at: datetime, storage: Storage) -> Iterator[File]:
    user_id = exporter.user_id
    yield File("README.txt", [README.format(username=username, at=to_iso(at)).encode()])
    about = {name: _json(read(user_id)) for name, read in ABOUT.items()}
    if (picture := own_data.picture_of(user_id)) is not None:
        about["picture.webp"] = picture
    # The client may be slow. An open read would keep SQLite's log from being shortened.
    db.session.remove()
    for name, content in about.items():
        yield File(name, [content])
    yield File("activity.jsonl", _activity(user_id))
    for name, kind in PERSONAL.items():
        yield File(name, _personal(user_id, kind))
    conversations = conversations_of(user_id)
    release_connection()
    yield File("conversations.json", [_json([listed(one, username) for one in conversations])])
    for one in conversations:
        yield File(one.file, lines_of(one, exporter))
    yield from sent_files(exporter, storage)


def _activity(user_id: int) -> Iterator[bytes]:
    """What the audit log says that they did."""
    for line in audit_as_json_lines(lines_by(user_id)):
        yield line.encode()


def _personal(user_id: int, kind: type[PersonalChange]) -> Iterator[bytes]:
    """A JSON array of what concerns the user alone and is there: what was deleted leaves an empty row behind."""
    after, separator = 0, b"["
    while True:
        changes, up_to = personal_changes(user_id, after)
        release_connection()
        for change in changes:
            if isinstance(change, kind) and _is_there(change):
                yield separator + _json(personal_serializers.personal_change(change))
                separator = b","
        if up_to is None:
            break
        after = up_to
    yield b"[]" if separator == b"[" else b"]"


def _is_there(change: PersonalChange) -> bool:
    match change:
        case Saved():
            return change.is_saved
        case Scheduled():
            return not change.is_gone
        case OwnBlock():
            return change.is_on
        case DraftChange():
            return bool(change.draft.content)
    return True


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"
