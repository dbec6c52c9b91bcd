"""Serializers of the routes about reports and suspensions."""

from chatapp import file_serializers
from chatapp.actions.reported import ContextMessage, OpenedReport, ReportedMessage
from chatapp.actions.suspensions import ShownSuspension
from chatapp.clock import to_iso
from chatapp.report_shapes import ContextMessageShape, OpenedReportShape, ReportedMessageShape, SuspensionShape


def suspension(one: ShownSuspension | None) -> SuspensionShape | None:
    if one is None:
        return None
    return {"until": to_iso(one.until) if one.until is not None else None, "reason": one.reason}


def reported_message(one: ReportedMessage) -> ReportedMessageShape:
    return {
        "number": one.number,
        "messageId": one.message_id,
        "author": one.author,
        "content": one.content,
        "reasons": one.reasons,
        "reports": one.reports,
        "reportedAt": to_iso(one.reported_at),
    }


def opened_report(one: OpenedReport) -> OpenedReportShape:
    return {
        "messageId": one.message_id,
        "sequence": one.sequence,
        "author": one.author,
        "suspension": suspension(one.suspension),
        "place": {"isThread": one.place.is_thread, "name": one.place.name, "usernames": one.place.usernames},
        "reports": [
            {
                "reporter": report.reporter,
                "reason": report.reason,
                "comment": report.comment,
                "content": report.content,
                "reportedAt": to_iso(report.at),
            }
            for report in one.reports
        ],
        "context": [_context(message) for message in one.context],
    }


def _context(one: ContextMessage) -> ContextMessageShape:
    shape: ContextMessageShape = {
        "sequence": one.sequence,
        "sender": one.sender,
        "content": one.content,
        "at": to_iso(one.at),
        "isDeleted": one.is_deleted,
    }
    if one.files:
        shape["files"] = file_serializers.files_of(one.message_id, one.files)
    return shape
