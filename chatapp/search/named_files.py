"""The names of a message's files as the search reads them: one text, for either database."""

SEPARATOR = "/"
"""No name of a file has it."""

# Only messages with a changed revision have files: no others are looked up.
NAMES_IN_SQLITE = f"""CASE WHEN m.changed_revision IS NULL THEN '' ELSE COALESCE((
SELECT group_concat(n.name, '{SEPARATOR}') FROM (SELECT f.name FROM message_file f
WHERE f.conversation_id = m.conversation_id AND f.sequence = m.sequence ORDER BY f.position) n), '') END"""  # noqa: S608
"""The names of the files of message `m`, as a column."""

NAMES_IN_POSTGRESQL = f"""CASE WHEN m.changed_revision IS NULL THEN '' ELSE COALESCE((
SELECT string_agg(f.name, '{SEPARATOR}' ORDER BY f.position) FROM message_file f
WHERE f.conversation_id = m.conversation_id AND f.sequence = m.sequence), '') END"""  # noqa: S608


def names_in(column: str) -> list[str]:
    """The names in such a column, in the order of the files."""
    return column.split(SEPARATOR) if column else []
