"""The names of files that other people see and save."""

import pytest

from chatapp.file_names import file_name


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("photo_\u202egnp.exe", "photo_gnp.exe"),
        ("\u2067a\u2069\u202bb.txt", "ab.txt"),
        ("\u202e", "file"),
        ("صورة\u200f.png", "صورة\u200f.png"),
        (
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467.png",
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467.png",
        ),
    ],
)
def test_a_name_cannot_be_turned_around(sent: str, shown: str) -> None:
    assert file_name(sent) == shown
