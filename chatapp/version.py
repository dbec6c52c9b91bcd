"""The version, said once: setup.cfg reads it from here."""

VERSION = "0.1.0"
