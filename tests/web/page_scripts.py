"""Scripts that tests run in a page."""

from playwright.sync_api import Page, expect

from tests.web.people import DATABASE, Person

UNSENT_MESSAGES_STORED = """(count) => new Promise((resolve) => {
  indexedDB.open(DATABASE).onsuccess = (opened) => {
    const database = opened.target.result;
    database.transaction("outbox").objectStore("outbox").count().onsuccess = (counted) => {
      database.close();
      resolve(counted.target.result === count);
    };
  };
})""".replace("DATABASE", DATABASE)
"""Whether the browser's database holds this number of unsent messages. A page that closes earlier keeps a draft."""

FILES_STORED = """([count, bytes]) => new Promise((resolve) => {
  indexedDB.open(DATABASE).onsuccess = ({ target: { result: database } }) => {
    database.transaction("files").objectStore("files").getAll().onsuccess = ({ target: { result: blobs } }) => {
      database.close();
      resolve(blobs.length === count && blobs.reduce((sum, blob) => sum + blob.size, 0) === bytes);
    };
  };
})""".replace("DATABASE", DATABASE)
"""Whether the browser's database holds this number of files, with so many bytes in all."""

LOSE_FOCUS = """() => {
    Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
    dispatchEvent(new Event('blur'));
}"""
GAIN_FOCUS = """() => {
    Object.defineProperty(document, 'hasFocus', { value: () => true, configurable: true });
    dispatchEvent(new Event('focus'));
}"""
RECORD_NOTIFICATIONS = """
    window.shown = [];
    window.Notification = class { static permission = 'granted'; static requestPermission = async () => 'granted';
        constructor(title, options) { Object.assign(this, { title, ...options }); shown.push(this); } close() {} };
"""


def open_with_notifications(person: Person) -> Page:
    """Opens a page with notifications turned on. Its `shown` lists them."""
    page = person.context.new_page()
    page.add_init_script(RECORD_NOTIFICATIONS)
    page.goto(person.server.url)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Notifications").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return page
