"""A backup that is restored has every row and every file, and nothing is lost that was there before."""

import stat
from collections.abc import Callable
from pathlib import Path

from chatapp.actions.released_files import delete_released
from chatapp.backup.destinations import Folder
from chatapp.backup.making import make_backup
from tests.backup.installations import Installation
from tests.cli.running import expect_output

Install = Callable[..., Installation]


def test_a_restored_installation_has_every_row_and_every_file(
    chat: Installation, install: Install, tmp_path: Path
) -> None:
    (chat.folder / "oidc.toml").write_text("address = 'https://chat.example.org'\n")
    (chat.folder / "server.log").write_text("a log")
    archive = tmp_path / "backup.tar"
    chat.index()
    rows, files = chat.rows(), chat.stored()
    made = chat.run("backup", str(archive))
    expect_output(made, 0, str(archive), "3 uploaded files")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert len(files) == 3 + 1, "three files, and the preview of a picture"
    chat.say(chat.browser("anna"), "after the backup")
    new = install("new", is_new=True)
    expect_output(new.run("restore", str(archive)), 0, "Restored:", "4 stored files")
    assert new.rows() == rows
    assert new.stored() == files
    for name in ("secret_key", "oidc.toml"):
        path = new.folder / name
        assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == ((chat.folder / name).read_bytes(), 0o600)
    assert not (new.folder / "server.log").exists()
    expect_output(new.run("db", "check"), 0, "Nothing is wrong.")
    expect_output(new.run("files", "check", "--read"), 0, "3 files are known")
    assert new.run("users", "list").output == chat.run("users", "list").output


def test_nothing_is_overwritten_without_force_and_nothing_deleted_with_it(
    chat: Installation, install: Install, tmp_path: Path
) -> None:
    archive = str(tmp_path / "backup.tar")
    rows, files = chat.rows(), chat.stored()
    expect_output(chat.run("backup", archive), 0)
    other = install("other")
    other.say(other.browser("ben"), "another chat", b"another file")
    other.close()
    before, other_files, listing = other.rows(), other.stored(), other.listing()
    key = (other.folder / "secret_key").read_bytes()
    refused = other.run("restore", archive)
    expect_output(refused, 1, "There is something already", "uploads", "--force")
    assert (other.rows(), other.listing()) == (before, listing), "nothing was changed"
    result = other.run("restore", archive, "--force")
    expect_output(result, 0, "Moved aside: ", "Restored: ")
    assert (other.rows(), other.stored()) == (rows, files)
    aside = [line.removeprefix("Moved aside: ") for line in result.output.splitlines() if "aside" in line]
    old = {Path(name).name.partition(".before-")[0]: Path(name) for name in aside}
    assert old["secret_key"].read_bytes() == key
    assert {str(one.relative_to(old["uploads"])) for one in old["uploads"].glob("??/*")} == set(other_files)
    if chat.is_sqlite:
        (database,) = (path for path in old.values() if path.name.startswith("empty-") or "chatapp-" in path.name)
        former = Installation(other.folder, f"sqlite:///{database}", {})
        assert former.rows() == before
    else:
        assert any("the schema public.before-" in name for name in aside)


def test_bytes_that_a_snapshot_names_are_not_deleted_before_they_are_copied(
    chat: Installation, install: Install, tmp_path: Path
) -> None:
    anna = chat.browser("anna")
    message = chat.say(anna, "for a moment", b"soon deleted")
    files = chat.stored()
    store, journal = chat.app.extensions["chatapp.files"], chat.app.extensions["chatapp.journal"]
    seen: list[str] = []

    def stages(name: str, _length: int) -> object:
        seen.append(name)
        if name == "Adding the uploaded files":
            assert anna.delete(f"/message/{message}").status_code == 200
            with chat.app.app_context():
                assert delete_released(journal, store.storage) == 0
            assert chat.stored() == files
        from chatapp.backup.progress import silently

        return silently(name, 0)

    settings = chat.app.extensions["chatapp.settings"]
    installation = chat.app.extensions["chatapp.installation"]
    with chat.app.app_context():
        made = make_backup(settings, journal, installation, Folder(tmp_path), "a.tar", stages, has_files=True)  # type: ignore[arg-type]
    assert (made.missing, made.damaged) == ([], [])
    assert "Adding the uploaded files" in seen
    with chat.app.app_context():
        assert delete_released(journal, store.storage) > 0, "after the backup they are"
    assert len(chat.stored()) == len(files) - 1
    new = install("new", is_new=True)
    expect_output(new.run("restore", str(tmp_path / "a.tar")), 0)
    assert new.stored() == files


def test_files_that_are_missing_or_damaged_are_named_and_the_rest_is_saved(chat: Installation, tmp_path: Path) -> None:
    first, second, *_ = sorted((chat.folder / "uploads").glob("??/" + "?" * 64))
    first.unlink()
    second.chmod(0o600)
    second.write_bytes(b"!" * second.stat().st_size)
    made = chat.run("backup", str(tmp_path / "backup.tar"))
    expect_output(made, 0, f"missing\t{first.parent.name}/{first.name}", f"damaged\t{second.parent.name}/{second.name}")
    expect_output(chat.run("restore", "--check", str(tmp_path / "backup.tar")), 0, "complete")


def test_a_restore_is_refused_while_the_database_is_in_use(
    chat: Installation, install: Install, tmp_path: Path
) -> None:
    archive = str(tmp_path / "backup.tar")
    expect_output(chat.run("backup", archive), 0)
    busy = install("busy")
    rows, journal = busy.rows(), busy.app.extensions["chatapp.journal"]
    assert journal is not None, "the application is open"
    result = busy.run("restore", archive, "--force")
    expect_output(result, 1, "Stop")
    assert busy.rows() == rows
    busy.close()
    expect_output(busy.run("restore", archive, "--force"), 0, "Restored")


def test_a_backup_goes_only_into_the_same_kind_of_database(
    chat: Installation, tmp_path: Path, postgres_url: str
) -> None:
    archive = str(tmp_path / "backup.tar")
    expect_output(chat.run("backup", archive), 0)
    other = postgres_url if chat.is_sqlite else f"sqlite:///{tmp_path}/other.db"
    result = Installation(tmp_path / "other", other, {}).run("restore", archive)
    expect_output(result, 1, "The archive has a database of", "CHATAPP_DATABASE_URL")
