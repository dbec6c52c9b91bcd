"""The HTTP/1.1 listener of `chatapp serve` and `python ws.py`; see docs/decisions/0011-own-listener.md."""
