"""The rules, as verbs. No requests, no sockets: both doors call the same functions.

Actions read through `db.session` and write through the journal. They take the caller as a `Caller`, and find what they
work on through the caller's own memberships.
"""
