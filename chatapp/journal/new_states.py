"""New messages that have more than their text from the beginning."""

# Only messages with a changed revision are asked for a state. The change log does not take it for a change.
MARK_STATE = "UPDATE message SET changed_revision = revision WHERE conversation_id = ? AND sequence = ?"
