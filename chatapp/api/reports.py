"""Report a message; see reported ones in their context, close the reports, and suspend people."""

from datetime import timedelta

from flask import Blueprint, Response

from chatapp import report_serializers as serialize
from chatapp.actions import reported, reports, suspensions
from chatapp.actions.sessions import Caller
from chatapp.api.current import current_journal
from chatapp.api.file_responses import file_response, preview_response
from chatapp.api.operation import operation
from chatapp.errors import (
    Forbidden,
    InvalidInput,
    LastAdministrator,
    LimitReached,
    MalformedRequest,
    MessageDeleted,
    NotFound,
    Unavailable,
)
from chatapp.report_payloads import NewReport, NewSuspension, ReportsQuery
from chatapp.report_shapes import OpenedReportShape, ReportedMessagesShape
from chatapp.shapes import SentenceShape

blueprint = Blueprint("reports", __name__)

REFUSALS = (Forbidden, NotFound)


@blueprint.post("/message/<message_id>/report")
@operation(
    "Report a message of somebody else to the moderators",
    gives=SentenceShape,
    body=NewReport,
    errors=(NotFound, MessageDeleted, LimitReached, InvalidInput, MalformedRequest),
)
def report_message(caller: Caller, message_id: str, body: NewReport) -> SentenceShape:
    reports.report_message(current_journal(), caller, message_id, body.reason, body.comment)
    return {"response": "The moderators will see it."}


@blueprint.get("/admin/reports")
@operation(
    "Messages with open reports, the last reported first",
    gives=ReportedMessagesShape,
    query=ReportsQuery,
    errors=(Forbidden, InvalidInput),
)
def list_reported(caller: Caller, query: ReportsQuery) -> ReportedMessagesShape:
    found = reported.list_reported(caller.actor, query.before, query.limit)
    return {
        "open": reported.count_open(caller.actor),
        "messages": [serialize.reported_message(one) for one in found],
    }


@blueprint.get("/admin/reports/<message_id>")
@operation("A reported message in its context", gives=OpenedReportShape, errors=REFUSALS)
def open_report(caller: Caller, message_id: str) -> OpenedReportShape:
    return serialize.opened_report(reported.open_report(current_journal(), caller.actor, message_id))


@blueprint.get("/admin/reports/<message_id>/file/<file_id>")
@operation(
    "A file of a message around a reported one, as a download",
    gives="application/octet-stream",
    errors=(*REFUSALS, Unavailable),
)
def open_file(caller: Caller, message_id: str, file_id: str) -> Response:
    return file_response(reported.open_file(current_journal(), caller.actor, message_id, file_id))


@blueprint.get("/admin/reports/<message_id>/file/<file_id>/preview/<number>")
@operation("A smaller picture of such a file", gives="image/webp", errors=(*REFUSALS, Unavailable))
def open_preview(caller: Caller, message_id: str, file_id: str, number: str) -> Response:
    return preview_response(reported.open_file(current_journal(), caller.actor, message_id, file_id), number)


@blueprint.delete("/admin/reports/<message_id>")
@operation("Dismiss the reports of a message", gives=SentenceShape, errors=REFUSALS)
def dismiss(caller: Caller, message_id: str) -> SentenceShape:
    reported.dismiss(current_journal(), caller.actor, message_id)
    return {"response": "The reports are dismissed."}


@blueprint.delete("/admin/reports/<message_id>/message")
@operation("Delete a reported message, and close its reports", gives=SentenceShape, errors=REFUSALS)
def remove(caller: Caller, message_id: str) -> SentenceShape:
    reported.remove(current_journal(), caller, message_id)
    return {"response": "The message is removed."}


@blueprint.put("/admin/people/<username>/suspension")
@operation(
    "Suspend somebody for a time, or ban them",
    gives=SentenceShape,
    body=NewSuspension,
    errors=(*REFUSALS, InvalidInput, MalformedRequest, LastAdministrator),
)
def suspend(caller: Caller, username: str, body: NewSuspension) -> SentenceShape:
    length = timedelta(hours=body.hours) if body.hours is not None else None
    suspensions.suspend(current_journal(), caller.actor, username, length, body.reason)
    return {"response": "The account is suspended." if body.hours else "The account is banned."}


@blueprint.delete("/admin/people/<username>/suspension")
@operation("Lift a suspension or a ban", gives=SentenceShape, errors=REFUSALS)
def lift(caller: Caller, username: str) -> SentenceShape:
    suspensions.lift(current_journal(), caller.actor, username)
    return {"response": "The suspension is lifted."}
