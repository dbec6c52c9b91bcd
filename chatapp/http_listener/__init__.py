"""The project's own HTTP/1.1 listener. docs/decisions/0011-own-listener.md describes its scope."""
