"""Serializers of the routes about reports and suspensions."""

from chatapp.actions.reported import OpenedReport, ReportedMessage
from chatapp.actions.suspensions import ShownSuspension
from chatapp.clock import to_iso
from chatapp.report_shapes import OpenedReportShape, ReportedMessageShape, SuspensionShape


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
        "context": [
            {
                "sequence": message.sequence,
                "sender": message.sender,
                "content": message.content,
                "at": to_iso(message.at),
                "isDeleted": message.is_deleted,
            }
            for message in one.context
        ],
    }
