"""Backups: makes one archive of the database, the uploaded files and the instance folder, and restores it
(docs/decisions/0053-backup.md)."""
