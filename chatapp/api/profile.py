"""The caller's own profile, and the pictures of others."""

from flask import Blueprint, Response, request

from chatapp import people_serializers
from chatapp.actions import profile as profiles
from chatapp.actions.managed_accounts import managed_by
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.operation import operation
from chatapp.errors import (
    InvalidInput,
    MalformedRequest,
    NotFound,
    PictureUnreadable,
    TooManyPixels,
    Unavailable,
)
from chatapp.people_shapes import OneProfileShape, OwnProfileShape
from chatapp.profile_payloads import ChangeProfile
from chatapp.sign_in_errors import ManagedElsewhere

blueprint = Blueprint("profile", __name__)

PICTURE_PATH = "/profile/picture"
LARGEST_PICTURE_BYTES = 5_000_000
"""Of a picture as it is sent. Other bodies have the general limit."""
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
KEPT_SECONDS = 31_536_000

PICTURE_HEADERS = {
    # Its address names its bytes. Only signed-in people see it, so no cache between may keep it.
    "Cache-Control": f"private, max-age={KEPT_SECONDS}, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
}


@blueprint.get("/profile")
@operation("What the caller shows of themselves, and which directory manages their account", gives=OwnProfileShape)
def show_profile(caller: Caller) -> OwnProfileShape:
    own = people_serializers.profile(profiles.profile_of(caller.user_id))
    return {"profile": own, "managedBy": managed_by(caller.user_id)}


@blueprint.patch("/profile")
@operation(
    "Change what the caller shows of themselves",
    gives=OneProfileShape,
    body=ChangeProfile,
    errors=(ManagedElsewhere, InvalidInput, MalformedRequest),
)
def change_profile(caller: Caller, body: ChangeProfile) -> OneProfileShape:
    return {"profile": people_serializers.profile(profiles.change_profile(current_journal(), caller, body))}


@blueprint.put(PICTURE_PATH)
@operation(
    "Set the caller's picture, of which the middle square is kept",
    gives=OneProfileShape,
    takes=PICTURE_TYPES,
    errors=(PictureUnreadable, TooManyPixels, MalformedRequest, Unavailable),
)
def change_picture(caller: Caller) -> OneProfileShape:
    request.max_content_length = LARGEST_PICTURE_BYTES
    changed = profiles.change_picture(current_journal(), caller, request.get_data(cache=False))
    return {"profile": people_serializers.profile(changed)}


@blueprint.delete(PICTURE_PATH)
@operation("Remove the caller's picture", gives=OneProfileShape)
def remove_picture(caller: Caller) -> OneProfileShape:
    return {"profile": people_serializers.profile(profiles.remove_picture(current_journal(), caller))}


@blueprint.get("/picture/<picture_hash>")
@operation("A picture of somebody, 256 pixels wide and high", gives="image/webp", errors=(NotFound,))
def show_picture(caller: Caller, picture_hash: str) -> Response:
    return Response(profiles.picture_of(caller, picture_hash), content_type="image/webp", headers=PICTURE_HEADERS)
