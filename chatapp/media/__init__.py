"""Uploaded files: what they are by their bytes, previews of them, and copies without where they were taken."""
