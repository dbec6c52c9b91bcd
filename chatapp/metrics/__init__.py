"""Figures about a running process: what counts them, and how Prometheus reads them (docs/operations.md)."""
