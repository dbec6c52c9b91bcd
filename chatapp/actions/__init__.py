"""The rules, as verbs. HTTP routes and Socket.IO handlers call the same functions, which know neither.

Actions read through `db.session` and write through the journal. They take the caller as a `Caller`, and look up
conversations through the caller's memberships.
"""
