"""The settings of uploaded files: what they are read as, and what a bucket needs."""

from pathlib import Path

import pytest

from chatapp.config import BadSetting, load
from chatapp.files.configured import scanner_of
from chatapp.files.scanner import Scanner
from chatapp.shown_settings import shown

COMPLETE = {
    "CHATAPP_S3_BUCKET": "files",
    "CHATAPP_S3_ENDPOINT": "https://s3.example.org/",
    "CHATAPP_S3_ACCESS_KEY": "chatapp",
    "CHATAPP_S3_SECRET_KEY": "hush-hush",
}


def test_what_is_complete_is_taken_and_its_secret_is_not_shown(tmp_path: Path) -> None:
    found = load(environ={"CHATAPP_INSTANCE": str(tmp_path), **COMPLETE, "CHATAPP_S3_PREFIX": "/chat/files/"})
    assert (found.s3_endpoint, found.s3_prefix) == ("https://s3.example.org", "chat/files")
    assert "hush" not in str(shown(found))


@pytest.mark.parametrize("name", [name for name in COMPLETE if name != "CHATAPP_S3_BUCKET"])
def test_what_a_bucket_lacks_is_named(tmp_path: Path, name: str) -> None:
    rest = {other: value for other, value in COMPLETE.items() if other != name}
    with pytest.raises(BadSetting, match=f"^CHATAPP_S3_BUCKET needs {name} "):
        load(environ={"CHATAPP_INSTANCE": str(tmp_path), **rest})


def test_a_file_of_the_secret_must_be_there(tmp_path: Path) -> None:
    rest = {name: value for name, value in COMPLETE.items() if name != "CHATAPP_S3_SECRET_KEY"}
    environ = {"CHATAPP_INSTANCE": str(tmp_path), **rest, "CHATAPP_S3_SECRET_KEY_FILE": str(tmp_path / "secret")}
    with pytest.raises(BadSetting, match=r"^CHATAPP_S3_SECRET_KEY_FILE cannot be .*: there is no such file\.$"):
        load(environ=environ)
    (tmp_path / "secret").write_text("hush-hush\n")
    assert load(environ=environ).s3_secret_key == ""


@pytest.mark.parametrize("address", ["/run/clamav/clamd.ctl", "clamd.example.org:3310", "[::1]:3310"])
def test_a_scanner_is_asked_where_the_setting_says(tmp_path: Path, address: str) -> None:
    settings = load(environ={"CHATAPP_INSTANCE": str(tmp_path), "CHATAPP_CLAMD": address})
    assert scanner_of(settings) == Scanner(address)
    assert scanner_of(load(environ={"CHATAPP_INSTANCE": str(tmp_path)})) is None
