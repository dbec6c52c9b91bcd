"""The caller's own data: export all of it."""

from contextlib import ExitStack

from flask import Blueprint, Response, current_app, stream_with_context

from chatapp.actions.data_exports import RunningExports, begin_export
from chatapp.actions.sessions import Caller
from chatapp.actions.system_permissions import MANAGE_OWN_ACCOUNT
from chatapp.api.confirming import CONFIRMED, counted
from chatapp.api.current import current_files, current_journal
from chatapp.api.operation import operation
from chatapp.clock import now
from chatapp.data_errors import ExportLimited
from chatapp.export.contents import export_of
from chatapp.export.messages import Exporter
from chatapp.passkey_payloads import Confirmation

blueprint = Blueprint("own_data", __name__)

NAME = "chat-data.zip"


@blueprint.post("/export")
@operation(
    "Download everything that is the caller's, as a ZIP",
    permission=MANAGE_OWN_ACCOUNT,
    gives="application/zip",
    body=Confirmation,
    errors=(*CONFIRMED, ExportLimited),
)
def export(caller: Caller, body: Confirmation) -> Response:
    running: RunningExports = current_app.extensions["chatapp.running_exports"]
    with ExitStack() as stack:
        stack.enter_context(running.one_of(caller.user_id))
        with counted(caller):
            begin_export(current_journal(), caller, body.password)
        exporter, storage = Exporter(caller.user_id, caller.session_id), current_files().storage
        pieces = stream_with_context(export_of(exporter, caller.username, now(), storage))
        headers = {"Content-Disposition": f"attachment; filename={NAME}", "Cache-Control": "no-store"}
        response = Response(pieces, content_type="application/zip", headers=headers)
        # Under way until the last piece is sent, or the client is gone.
        response.call_on_close(stack.pop_all().close)
    return response
