"""Messages with files of each kind, as they look in every setting, and for those who use assistive technology."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web import media
from tests.web.media import jpeg, text
from tests.web.page_checks import PHONE, fits, take_screenshot, violations
from tests.web.people import Person
from tests.web.server import ApiUser, SentFile

NewPerson = Callable[..., Person]
NewApiUser = Callable[..., ApiUser]


def send_each_kind(person: Person, sender: ApiUser, page: Page, folder: Any) -> None:
    film = media.video(page)
    files = [
        jpeg(alt="Boats"),
        SentFile("ferry.webm", "video/webm", film, {"width": 320, "height": 180, "seconds": 1.5}),
        SentFile("horn.wav", "audio/wav", media.sound(30)),
        SentFile("voice.webm", "audio/webm", film, {"isVoice": True, "seconds": 1.5, "waveform": [5, 60, 100, 30]}),
        SentFile("minutes.pdf", "application/pdf", media.pdf(folder)),
        text("ferries.py", "def ferry():\n    return 1\n"),
        SentFile("plans.zip", "application/zip", b"PK\x03\x04" + bytes(300)),
    ]
    for file in files:
        sender.send_files(person.username, "", file)


@pytest.mark.slow
@pytest.mark.parametrize("look", ["light", "dark phone", "narrow Arabic", "forced colours"])
def test_each_kind_of_file_fits_and_can_be_read_by_everybody(
    new_person: NewPerson, new_api_user: NewApiUser, tmp_path: Any, look: str
) -> None:
    looks: dict[str, dict[str, Any]] = {
        "light": {},
        "dark phone": {**PHONE, "color_scheme": "dark"},
        "narrow Arabic": {"locale": "ar", "viewport": {"width": 320, "height": 640}},
        "forced colours": {"forced_colors": "active"},
    }
    alice, bob = new_person(bypass_csp=True, **looks[look]), new_api_user()
    blank = alice.context.new_page()
    send_each_kind(alice, bob, blank, tmp_path)
    blank.close()
    page = alice.open(f"#/u/{bob.username}")
    for step in range(4):
        page.evaluate("step => { document.querySelector('.scroller').scrollTop = step * 500; }", step)
        page.wait_for_timeout(200)
        assert violations(page) == []
        assert fits(page)
        take_screenshot(page, f"files-{look.replace(' ', '-')}-{step}")
