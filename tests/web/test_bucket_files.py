"""Files in a bucket, which browsers fetch from there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.files.s3_server import s3_server
from tests.web.media import jpeg
from tests.web.people import Person
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]


@pytest.mark.slow
def test_a_picture_comes_from_the_bucket(make_server: Callable[..., Server], new_person: NewPerson) -> None:
    with s3_server() as bucket:
        server = make_server(
            2,
            S3_BUCKET=bucket.name,
            S3_ENDPOINT=bucket.endpoint,
            S3_ACCESS_KEY=bucket.access_key,
            S3_SECRET_KEY=bucket.secret_key,
        )
        alice, bob = new_person("user0", server), ApiUser(server, "user1")
        page = alice.open("#/u/user1")
        addresses: list[str] = []
        page.on("requestfinished", lambda request: addresses.append(request.url))
        bob.send_files("user0", "", jpeg())
        expect(page.locator("img.picture-there")).to_be_visible()
        assert any(address.startswith(bucket.endpoint) for address in addresses)
