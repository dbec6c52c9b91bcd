"""The metrics of what every process counts."""

from collections.abc import Iterable

from chatapp.metrics.counters import CLOSING, DROPPED, PAUSING, counters
from chatapp.metrics.family import Family, counter, counter_by, counter_of_each, histogram


def counted() -> Iterable[Family]:
    """A `family.Part`."""
    yield counter("chatapp_messages_stored_total", "Messages stored by this process.", counters.messages)
    yield counter("chatapp_deliveries_total", "Messages handed to connections, one each.", counters.deliveries)
    yield histogram("chatapp_ack_seconds", "From the arrival of a message to its ack.", counters.ack_seconds)
    yield histogram("chatapp_journal_batch_drafts", "Drafts stored by one transaction.", counters.batch_drafts)
    yield histogram("chatapp_journal_commit_seconds", "Duration of a commit.", counters.commit_seconds)
    yield histogram("chatapp_bus_lag_seconds", "Age of other processes' notices on arrival.", counters.bus_seconds)
    yield from _of_http()
    yield from _of_limits()
    yield counter("chatapp_uploads_total", "Files that arrived completely.", counters.uploads)
    yield counter("chatapp_upload_bytes_total", "Bytes of files that arrived.", counters.upload_bytes)
    yield counter_by("chatapp_job_runs_total", "Runs of jobs by how they ended.", ("kind", "outcome"), counters.jobs)


def _of_http() -> Iterable[Family]:
    labels = ("method", "route", "status")
    yield counter_by("chatapp_http_requests_total", "HTTP requests.", labels, counters.requests)
    yield histogram("chatapp_http_request_seconds", "Duration of HTTP requests.", counters.request_seconds)


def _of_limits() -> Iterable[Family]:
    yield counter_by("chatapp_refusals_total", "Refused requests and events.", ("door", "code"), counters.refusals)
    closed = "Connections closed since they reached a limit."
    yield counter_of_each("chatapp_connections_closed_total", closed, "limit", counters.closed, CLOSING)
    paused = "Times that a connection reached a limit and was not read for a while."
    yield counter_of_each("chatapp_reading_paused_total", paused, "limit", counters.paused, PAUSING)
    dropped = "What was given up since there was too much of it."
    yield counter_of_each("chatapp_dropped_total", dropped, "what", counters.dropped, DROPPED)
