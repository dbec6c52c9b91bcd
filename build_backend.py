"""Builds the package (PEP 517): setuptools does, once the web client's libraries are in place.

They come from npm and are not committed. Without them what is built would have no page, and nobody would be told. An
editable installation is left alone: its page says what is missing.
"""

import subprocess
import sys
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

from chatapp.web import vendor

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

NO_LIBRARIES = (
    "The web client's libraries are missing, and without them there would be no page. Either install npm with Node "
    f"{vendor.OLDEST_NODE_TEXT} or newer and build again, or use `make wheel`, which brings its own."
)


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _put_libraries_in_place()
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """With the libraries, so that a wheel can be built of it without npm."""
    _put_libraries_in_place()
    name: str = build_meta.build_sdist(sdist_directory, config_settings)
    return name


def _put_libraries_in_place() -> None:
    """Ends the build with a sentence where they are missing and cannot be fetched."""
    if vendor.is_complete():
        return
    if not vendor.found_npm():
        sys.exit(NO_LIBRARIES)
    try:
        vendor.install(development=False)
    except subprocess.CalledProcessError:
        sys.exit(f"npm failed; what it said is above. {NO_LIBRARIES}")
    vendor.copy()
