"""Inspects files in a folder of its own, which a test leaves as empty as it was but for what it was given."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatapp.media.inspection import Media, inspect

Inspect = Callable[..., Media]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def look(tmp_path: Path, workspace: Path) -> Iterator[Inspect]:
    """`look(data, name)` inspects these bytes, and asserts that no other file is left than those of the result."""
    kept: set[Path] = set()

    def inspect_bytes(data: bytes, name: str = "file") -> Media:
        source = tmp_path / "source"
        source.write_bytes(data)
        found = inspect(source, name, workspace)
        assert source.read_bytes() == data, "the source stays as it is"
        kept.update(one.path for one in found.previews)
        kept.update([found.cleaned] if found.cleaned else [])
        assert set(workspace.iterdir()) == kept
        return found

    yield inspect_bytes
    assert set(workspace.iterdir()) == kept
