"""The directory that is configured."""

from typing import TYPE_CHECKING

from flask import current_app

from chatapp.config import Settings
from chatapp.ldap.settings import load_directory

if TYPE_CHECKING:
    from chatapp.ldap.directory import Directory


def directory_of(settings: Settings) -> "Directory | None":
    """The directory of an installation, if it has one. Raises BadSetting."""
    found = load_directory(settings)
    if found is None:
        return None
    # The library takes a fifth of a second to import, which nobody pays who has no directory.
    from chatapp.ldap.directory import Directory

    return Directory(found)


def configured_directory() -> "Directory | None":
    """The directory of this installation. Needs an app context."""
    directory: Directory | None = current_app.extensions["chatapp.directory"]
    return directory
