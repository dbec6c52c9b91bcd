"""Archives that are damaged, of something else or of a newer version are refused; old ones are deleted as asked."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.backup.installations import Installation
from tests.cli.running import expect_output
from tests.databases import Databases

BLOCK_BYTES = 512


@pytest.fixture
def small(sqlite_only: Databases, tmp_path: Path) -> "Callable[..., Installation]":
    """Installations on SQLite: the form of an archive does not depend on the database."""

    def make(name: str = "chat") -> Installation:
        made = Installation(tmp_path / name, sqlite_only.new(), {})
        made.add_people("anna", "ben")
        made.say(made.browser("anna"), "hello", b"some bytes")
        made.close()
        return made

    return make


@pytest.fixture
def archive(small: Callable[..., Installation], tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar"
    expect_output(small().run("backup", str(path)), 0)
    return path


@pytest.fixture
def new(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "new", f"sqlite:///{tmp_path}/new/chatapp.db", {})


def expect_refusal(new: Installation, archive: Path, *words: str) -> None:
    """Neither a check nor a restore takes it, and nothing is left behind."""
    for options in (("--check",), ()):
        expect_output(new.run("restore", str(archive), *options), 1, "Error: ", *words)
        assert [name for name in new.listing() if not name.endswith(".sockets")] == []


def test_the_archive_is_taken_as_it_is(archive: Path, new: Installation) -> None:
    """Else the refusals below would mean nothing."""
    expect_output(new.run("restore", str(archive), "--check"), 0, "complete")
    assert new.listing() == []
    expect_output(new.run("restore", str(archive)), 0)


def test_an_archive_that_was_cut_off_is_refused_wherever_it_ends(archive: Path, new: Installation) -> None:
    data = archive.read_bytes()
    with tarfile.open(archive) as tar:
        starts = [member.offset for member in tar.getmembers()]
    for length in (*starts[1:], *(start + 700 for start in starts), starts[-1] + BLOCK_BYTES + 10):
        archive.write_bytes(data[:length])
        expect_refusal(new, archive, "backup.tar is")


def test_a_flipped_byte_is_found_in_every_member_and_in_what_names_it(archive: Path, new: Installation) -> None:
    data = archive.read_bytes()
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
    assert {member.name.partition("/")[0] for member in members} >= {"manifest.json", "chatapp.db.gz", "uploads"}
    for member in members:
        for place in (member.offset + 3, member.offset_data, member.offset_data + member.size - 1):
            flipped = bytearray(data)
            flipped[place] ^= 1
            archive.write_bytes(flipped)
            expect_refusal(new, archive, "backup.tar is")


@pytest.mark.parametrize("content", [b"", b"no archive at all" * 1000, b"PK\x03\x04" + bytes(2000)])
def test_another_file_is_refused(archive: Path, new: Installation, content: bytes) -> None:
    archive.write_bytes(content)
    expect_refusal(new, archive, "is no backup of chatapp")


def test_another_tar_is_refused_and_unpacks_nothing(archive: Path, new: Installation, tmp_path: Path) -> None:
    with tarfile.open(archive, "w") as tar:
        tar.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    expect_refusal(new, archive, "is no backup of chatapp")
    expect_refusal(new, tmp_path / "nowhere.tar", "cannot be read")


def test_a_member_that_would_leave_the_folder_is_refused(archive: Path, new: Installation, tmp_path: Path) -> None:
    with tarfile.open(archive, "a") as tar:
        tar.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    expect_refusal(new, archive, "is damaged")
    rewritten(archive, {"instance/secret_key": "instance/../../outside"})
    expect_refusal(new, archive, "is damaged")
    assert not (tmp_path / "outside").exists()


def rewritten(archive: Path, names: dict[str, str], **manifest: object) -> None:
    """Gives members other names, and the manifest other values."""
    with tarfile.open(archive) as tar:
        members = [(member, tar.extractfile(member)) for member in tar.getmembers()]
        contents = [(member.name, content.read()) for member, content in members if content is not None]
    with tarfile.open(archive, "w") as tar:
        for name, content in contents:
            data = json.dumps({**json.loads(content), **manifest}).encode() if name == "manifest.json" else content
            member = tarfile.TarInfo(names.get(name, name))
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


@pytest.mark.slow
def test_an_archive_of_a_newer_version_names_it(archive: Path, new: Installation) -> None:
    rewritten(archive, {}, revision="9999", version="7.0")
    expect_refusal(new, archive, "7.0", "revision 9999", "Install that one first")
    rewritten(archive, {}, revision="0035", format=2)
    expect_refusal(new, archive, "Install that one first")


def test_as_many_backups_stay_as_asked_and_those_of_others_too(
    small: Callable[..., Installation], tmp_path: Path
) -> None:
    place = tmp_path / "backups"
    chat, other = small(), small("other")
    expect_output(other.run("backup", "--to", str(place)), 0)
    (place / "letter.txt").write_text("not a backup")
    kept = set(place.iterdir())
    made = []
    for _ in range(4):
        expect_output(chat.run("backup", "--to", str(place), "--keep", "2"), 0)
        made.append(max(set(place.iterdir()) - kept, key=lambda path: path.name))
    assert set(place.iterdir()) == {*kept, *made[-2:]}, "neither older ones nor what is half done"
    expect_output(chat.run("backup", CHATAPP_BACKUP_TO=str(place), CHATAPP_BACKUP_KEEP="1"), 0, "Deleted: 2")
    assert len(set(place.iterdir()) - kept) == 1


def test_a_backup_overwrites_nothing_and_says_where_it_can_go(
    small: Callable[..., Installation], archive: Path, tmp_path: Path
) -> None:
    chat, before = Installation(tmp_path / "chat", "", {}), archive.read_bytes()
    chat = small("again")
    expect_output(chat.run("backup", str(archive)), 1, "exists already")
    assert archive.read_bytes() == before
    expect_output(chat.run("backup"), 2, "CHATAPP_BACKUP_TO")
    expect_output(chat.run("backup", str(archive), "--keep", "3"), 2)
    expect_output(chat.run("backup", "--to", "s3://bucket/x"), 1, "CHATAPP_S3_ENDPOINT")
    (tmp_path / "file").touch()
    expect_output(chat.run("backup", "--to", str(tmp_path / "file" / "x")), 1, "cannot be used")


def test_a_damaged_database_is_not_backed_up_as_if_it_were_sound(
    small: Callable[..., Installation], tmp_path: Path
) -> None:
    chat = small()
    chat.close()
    path = Path(chat.url.removeprefix("sqlite:///"))
    data = bytearray(path.read_bytes())
    data[8 * 4096 : 40 * 4096] = bytes(32 * 4096)
    path.write_bytes(data)
    result = chat.run("backup", str(tmp_path / "backup.tar"))
    assert result.exit_code == 1, result.output
    assert not (tmp_path / "backup.tar").exists()
