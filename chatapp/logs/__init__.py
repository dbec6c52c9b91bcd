"""The log: how it is written, and which request or event a line is about."""
