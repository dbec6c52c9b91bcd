"""The page of the web client, as the server writes it."""

import re
from collections.abc import Callable

from flask import Flask

from chatapp.web.assets import FOLDER, SHEETS
from tests.conftest import Browser


def test_all_styles_of_the_first_page_come_in_one_file_in_their_order(browse: Callable[[str | None], Browser]) -> None:
    browser = browse(None)
    (address,) = re.findall(r'rel="stylesheet" href="([^"]+)"', browser.get("/").text)
    styles = browser.get(address)
    assert styles.status_code == 200
    assert styles.mimetype == "text/css"
    places = [styles.text.index((FOLDER / "css" / f"{name}.css").read_text()) for name in SHEETS["first"]]
    assert places == sorted(places)
    assert len(styles.text) == sum(len((FOLDER / "css" / f"{name}.css").read_text()) for name in SHEETS["first"])
    assert address in browser.get("/shell.json").json["files"], "The page has its styles without a network"


def test_the_page_may_load_files_from_the_bucket_that_has_them_and_from_nowhere_else(
    make_app: Callable[..., Flask],
) -> None:
    bucket = {"s3_bucket": "files", "s3_access_key": "key", "s3_secret_key": "secret"}
    for settings, others in (
        ({}, ""),
        ({**bucket, "s3_endpoint": "https://s3.example.org:9000/x"}, " https://s3.example.org:9000"),
    ):
        policy = make_app(**settings).test_client().get("/").headers["Content-Security-Policy"]
        assert f"img-src 'self' blob:{others}; media-src 'self' blob:{others}; " in policy
        assert policy.partition("connect-src")[2].partition(";")[0].endswith(others)
