"""Uploads in which the scanner finds something."""

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.api.senders import error_of, sign_in
from tests.api.test_uploads import partial_files, state, stored_files
from tests.files.clamd import EICAR, clamd
from tests.uploads import add, begin


def test_each_infected_file_is_refused_by_an_error_of_its_own(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "clamd"
    folder.mkdir()
    with clamd(folder) as addresses:
        app = make_app(clamd=addresses[0])
        alice, answer_to = sign_in(app, "alice"), app.handle_user_exception
        errors: list[Exception] = []

        def watched(error: Exception) -> object:
            errors.append(error)
            return answer_to(error)

        monkeypatch.setattr(app, "handle_user_exception", watched)
        for _ in range(3):
            path = begin(alice, len(EICAR)).headers["Location"]
            answer = add(alice, path, 0, EICAR)
            assert (answer.status_code, error_of(answer)["code"]) == (422, "file_infected")
            found = state(alice, path.rpartition("/")[2])
            assert (found["state"], found["error"]) == (
                "refused",
                {"code": "file_infected", "message": "The scanner has found something in the file."},
            )
    assert partial_files(app) == stored_files(app) == []
    assert len({id(error) for error in errors}) == 3
    assert len({len(traceback.extract_tb(error.__traceback__)) for error in errors}) == 1
