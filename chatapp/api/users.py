"""All users, and all conversations of the caller."""

import gzip

from flask import Blueprint, Response, current_app, request

from chatapp import people_serializers, serializers
from chatapp.actions import groups, people
from chatapp.actions.sessions import Caller
from chatapp.actions.usernames import is_name_of
from chatapp.api.authentication import require_caller
from chatapp.api.operation import operation
from chatapp.errors import Forbidden, NotSignedIn
from chatapp.eventloop.thread_pool import run_in_thread
from chatapp.shapes import EverythingShape, UsersShape

blueprint = Blueprint("users", __name__)

COMPRESSION = 5
COMPRESSED_BYTES = 4_000
"""A shorter list of people is sent as it is: compressed it would not save a packet."""


@blueprint.after_request
def compress(response: Response) -> Response:
    """Compresses a long list of people, which the first page waits for where people sign in by name."""
    is_list = str(request.endpoint).endswith(".users") and response.status_code == 200
    if is_list and (response.content_length or 0) > COMPRESSED_BYTES:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip"):
            response.set_data(run_in_thread(gzip.compress, response.get_data(), COMPRESSION))
            response.content_encoding = "gzip"
    return response


@blueprint.get("/users")
@operation(
    "Everybody whom the caller sees, with who is online. Open to all in username mode: the sign-in page calls it",
    gives=UsersShape,
    needs_session=False,
    errors=(NotSignedIn,),
)
def users() -> UsersShape:
    viewer = None
    if current_app.extensions["chatapp.settings"].sign_in == "password":
        viewer = require_caller(request.environ)
    return {"users": [people_serializers.user(person) for person in people.list_people(viewer)]}


@blueprint.get("/all/<username>")
@operation(
    "Everybody whom the caller sees, and the groups that the caller is in", gives=EverythingShape, errors=(Forbidden,)
)
def everything(caller: Caller, username: str) -> EverythingShape:
    if not is_name_of(caller, username):
        raise Forbidden("This list is its owner's alone.")
    return {
        "users": [people_serializers.user(person) for person in people.list_people(caller)],
        "groups": [serializers.group(group) for group in groups.groups_of(caller)],
    }
