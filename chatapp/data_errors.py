"""Errors about a person's own data. See `chatapp.errors`."""

from chatapp.errors import ChatError


class ExportLimited(ChatError):
    """An export of the caller's is under way, or there were as many in the last hour as there may be."""

    code = "export_limited"
    status = 429
