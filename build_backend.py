"""Builds the package (PEP 517): setuptools does, once the web client is built.

Its libraries come from npm, and what is built of it is not committed. Without it the package would have no page, and
nobody would be told. An editable installation is left alone: its page says what is missing.
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

from chatapp.web import bundle, npm, vendor

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

NO_CLIENT = (
    "The web client has not been built, and without it there would be no page. Either install npm with Node "
    f"{npm.OLDEST_NODE_TEXT} or newer and build again, or use `make wheel`, which brings its own."
)


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    _put_client_in_place()
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """With the built client, so that a wheel can be built of it without npm."""
    _put_client_in_place()
    name: str = build_meta.build_sdist(sdist_directory, config_settings)
    return name


def _put_client_in_place() -> None:
    """Ends the build with a sentence where the client is missing or out of date, and cannot be built."""
    if vendor.is_complete() and not bundle.is_stale():
        return
    if not npm.found_npm():
        sys.exit(NO_CLIENT)
    try:
        vendor.install(development=False)
        vendor.build()
    except (subprocess.CalledProcessError, FileNotFoundError):
        sys.exit(f"npm or esbuild failed; what it said is above. {NO_CLIENT}")
