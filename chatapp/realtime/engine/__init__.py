"""The hot path: how events come in and go out."""
