"""The export of a person's own data, as a ZIP."""
