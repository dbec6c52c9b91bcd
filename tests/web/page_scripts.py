"""Scripts that tests run in a page."""

from tests.web.people import DATABASE

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
