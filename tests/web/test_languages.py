"""The page in other languages than English: the browser's or the chosen one, right to left, and with long words."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from chatapp.web.assets import AssetLibrary
from tests.web.page_checks import fits, violations
from tests.web.people import Person, bubble, composer, reload_offline, tick, wait_connected, write
from tests.web.server import ApiUser, Server

NewPerson = Callable[..., Person]
EXPECTED = {"de-CH,en;q=0.5": "de", "fr,zh-TW;q=0.8": "zh-Hans", "ar-EG": "ar", "fr": "en", "": "en"}
NARROW = {"width": 320, "height": 640}


def sign_in(person: Person, field: str) -> Page:
    """Signs in by the page's list of names."""
    page = person.page = person.context.new_page()
    page.goto(person.server.url)
    name = person.username.replace("user", "User ")
    page.get_by_label(field).fill(name)
    page.locator(".person").filter(has_text=re.compile(f"@{person.username}$|{name}")).first.click()
    wait_connected(page)
    return page


def choice(page: Page) -> Locator:
    return page.locator("select[name=language]")


def inline_edges(page: Page, text: str) -> tuple[float, float]:
    """Where a message and its time end, in pixels from the left."""
    script = "node => [node, node.querySelector('.meta')].map(one => one.getBoundingClientRect().left)"
    left, meta = bubble(page, text).evaluate(script)
    return left, meta


@pytest.mark.slow
def test_an_arabic_browser_gets_the_page_from_right_to_left(
    new_person: NewPerson, new_api_user: Callable[..., ApiUser]
) -> None:
    person, other = new_person(signed_in=False, locale="ar", bypass_csp=True), new_api_user()
    other.say(person.username, "Hello from the left", "مرحبا من اليمين")
    page = sign_in(person, "ابحث عن اسمك")
    expect(page.locator("html[lang=ar][dir=rtl]")).to_be_attached()
    line = page.locator("#conversations .line").filter(has_text="مرحبا من اليمين")
    expect(line.locator(".badge")).to_contain_text("رسالتان غير مقروءتين")
    line.click()
    expect(page).to_have_title("chatapp")
    for text in ("Hello from the left", "مرحبا من اليمين"):
        left, meta = inline_edges(page, text)
        assert meta - left < 16, "The time is at the end of the bubble, which is left, whatever runs which way in it"
    write(page, "رسالة")
    expect(tick(page, "رسالة")).to_have_attribute("aria-label", re.compile("تم الحفظ|وصلت إلى الجميع"))
    bubble(page, "Hello from the left").hover()
    page.get_by_role("button", name="إجراءات أخرى").first.click()
    expect(page.get_by_role("dialog", name="رسالة").get_by_role("button", name="رد", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    composer(page).fill("مسودة")
    page.get_by_role("button", name="الإعدادات").click()
    settings = page.get_by_role("dialog", name="الإعدادات")
    expect(settings).to_contain_text("إيصالات القراءة")
    assert violations(page) == []
    choice(page).select_option("de")
    expect(page.get_by_role("dialog", name="Einstellungen")).to_contain_text("Lesebestätigungen")
    expect(page.locator("html[lang=de][dir=ltr]")).to_be_attached()
    page.keyboard.press("Escape")
    expect(composer(page)).to_have_value("مسودة")
    page.reload()
    wait_connected(page)
    expect(page.get_by_role("button", name="Einstellungen")).to_be_visible()
    expect(composer(page)).to_have_value("مسودة")


@pytest.mark.slow
def test_german_words_fit_a_narrow_page(new_person: NewPerson, new_api_user: Callable[..., ApiUser]) -> None:
    person, other = new_person(signed_in=False, locale="de-AT", viewport=NARROW), new_api_user()
    other.say(person.username, "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 3)
    page = sign_in(person, "Deinen Namen suchen")
    assert fits(page)
    page.get_by_role("button", name="Einstellungen").click()
    expect(page.get_by_role("dialog")).to_contain_text("Lesebestätigungen")
    assert fits(page)
    assert page.get_by_role("dialog").evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    page.keyboard.press("Escape")
    page.goto(f"{person.server.url}#/u/{other.username}")
    expect(composer(page)).to_have_attribute("placeholder", re.compile("^Nachricht an"))
    assert fits(page)
    page.get_by_role("button", name="Mehr", exact=True).click()
    expect(page.get_by_role("menuitem", name="Stummschalten")).to_be_visible()
    assert fits(page)


@pytest.mark.slow
def test_a_language_chosen_before_signing_in_is_kept_without_a_network(new_person: NewPerson, server: Server) -> None:
    person = new_person(service_workers="allow")
    visitor = new_person(signed_in=False).context.new_page()
    visitor.goto(server.url)
    choice(visitor).select_option(label="简体中文")
    expect(visitor.get_by_text("选择你的名字，开始聊天。")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("选择你的名字，开始聊天。")).to_be_visible()
    choice(visitor).select_option(label="跟随系统")
    expect(visitor.get_by_text("Pick your name to start chatting.")).to_be_visible()
    page = person.open()
    page.get_by_role("button", name="Settings").click()
    choice(page).select_option("zh-Hans")
    expect(page.get_by_role("dialog", name="设置")).to_be_visible()
    reload_offline(person)
    expect(page.locator("html[lang=zh-Hans]")).to_be_attached()
    page.get_by_role("button", name="设置").click()
    expect(page.get_by_role("dialog", name="设置")).to_contain_text("已读回执")


def test_the_server_answers_in_the_language_of_the_browser(new_person: NewPerson, server: Server) -> None:
    request = new_person(signed_in=False).context.request
    for accepted, lang in EXPECTED.items():
        page = request.get(server.url, headers={"Accept-Language": accepted})
        assert f'<html lang="{lang}"' in page.text()
        assert f"locales/{lang}.json" in page.text()
        assert {"Accept-Language", "Cookie"} <= set(page.headers["vary"].split(", "))
        manifest = request.get(f"{server.url}manifest.webmanifest", headers={"Accept-Language": accepted}).json()
        assert manifest["lang"] == lang


def test_what_a_language_lacks_is_said_in_english(tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()
    english = {"close": "Close", "roles": {"owner": "Owner", "member": "Member"}}
    for code, sentences in {"en": english, "de": {"roles": {"member": "Mitglied"}}}.items():
        (tmp_path / "locales" / f"{code}.json").write_text(json.dumps(sentences))
    found = AssetLibrary(tmp_path).get("locales/de.json")
    assert found
    assert json.loads(found.body) == {"close": "Close", "roles": {"owner": "Owner", "member": "Mitglied"}}
