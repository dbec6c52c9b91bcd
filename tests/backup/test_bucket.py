"""Backups to a bucket, and of files that are in a bucket."""

from collections.abc import Callable
from pathlib import Path

import obstore

from chatapp.files.bucket import Bucket
from chatapp.files.s3_storage import S3Storage, open_bucket
from tests.backup.installations import Installation
from tests.cli.running import expect_output


def settings_of(bucket: Bucket) -> dict[str, str]:
    return {
        "CHATAPP_S3_ENDPOINT": bucket.endpoint,
        "CHATAPP_S3_ACCESS_KEY": bucket.access_key,
        "CHATAPP_S3_SECRET_KEY": bucket.secret_key,
    }


def names_in(bucket: Bucket, prefix: str) -> list[str]:
    return sorted(item["path"] for page in obstore.list(open_bucket(bucket), prefix) for item in page)


def test_a_backup_in_a_bucket_is_restored_from_there(
    chat: Installation, install: Callable[..., Installation], bucket: Bucket
) -> None:
    named, place = settings_of(bucket), f"s3://{bucket.name}/backups-{chat.is_sqlite}/chat"
    rows, files = chat.rows(), chat.stored()
    expect_output(chat.run("backup", "--to", place, "--keep", "1", **named), 0, place)
    expect_output(chat.run("backup", "--to", place, "--keep", "1", **named), 0, "Deleted: 1")
    (name,) = names_in(bucket, f"backups-{chat.is_sqlite}")
    assert chat.listing() == [one for one in chat.listing() if not one.endswith((".tar", ".part"))]
    new = install("new", is_new=True)
    expect_output(new.run("restore", f"s3://{bucket.name}/{name}", **named), 0)
    assert (new.rows(), new.stored()) == (rows, files)
    missing = new.run("restore", f"{place}/chatapp-nothing.tar", "--force", **named)
    expect_output(missing, 1, "cannot be used")


def test_files_of_a_bucket_are_in_the_archive_only_if_asked(
    install: Callable[..., Installation], bucket: Bucket, tmp_path: Path
) -> None:
    prefix = "files-of-chat"
    chat = install("chat", **settings_of(bucket), CHATAPP_S3_BUCKET=bucket.name, CHATAPP_S3_PREFIX=prefix)
    chat.say(chat.browser("anna"), "a file", b"in the bucket")
    chat.index()
    rows = chat.rows()
    expect_output(chat.run("backup", str(tmp_path / "without.tar")), 0, "listed and not included")
    expect_output(chat.run("backup", str(tmp_path / "with.tar"), "--files"), 0, "1 uploaded files")
    key = next(S3Storage(Bucket(**{**vars(bucket), "prefix": prefix})).keys())
    new = install("new", is_new=True)
    expect_output(new.run("restore", str(tmp_path / "without.tar")), 0, "not in the archive")
    assert (new.rows(), new.stored()) == (rows, {})
    into_folder = install("folder", is_new=True)
    expect_output(into_folder.run("restore", str(tmp_path / "with.tar")), 0)
    assert (into_folder.rows(), into_folder.stored()) == (rows, {key: b"in the bucket"})
