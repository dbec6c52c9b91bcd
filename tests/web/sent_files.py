"""What tests of sending files share: choosing, dropping and pasting them, and what has arrived."""

import base64
import hashlib
import random
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.pictures import encoded, plain
from tests.web.server import ApiUser

PICTURE = encoded(plain(size=(640, 400)), "PNG")


def picture(name: str = "sunset.png") -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": PICTURE}


def text(name: str = "notes.txt", content: str = "some notes") -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": content.encode()}


def noise(size: int, name: str = "noise.bin") -> FilePayload:
    """A file of that many bytes, which nothing can compress."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": random.Random(name).randbytes(size)}


def attach(page: Page, *files: FilePayload) -> None:
    """Chooses files by the button, and waits until the last one is attached."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(list(files))
    expect(attached(page).filter(has_text=files[-1]["name"])).to_be_visible()


def attached(page: Page) -> Locator:
    return page.locator(".tray-file")


def names_attached(page: Page) -> list[str]:
    return [one.get_attribute("title") or "" for one in page.locator(".tray-file .file-name").all()]


TRANSFER = """(files) => {
  const transfer = new DataTransfer();
  for (const { name, mimeType, data } of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: mimeType }));
  }
  return transfer;
}"""


def transfer(page: Page, *files: FilePayload, **texts: str) -> Any:
    """A DataTransfer of the page, with these files and with texts such as `html` and `plain`."""
    held = page.evaluate_handle(
        TRANSFER,
        [
            {"name": one["name"], "mimeType": one["mimeType"], "data": base64.b64encode(one["buffer"]).decode()}
            for one in files
        ],
    )
    for kind, content in texts.items():
        held.evaluate("(transfer, [type, content]) => transfer.setData(type, content)", [f"text/{kind}", content])
    return held


PASTE = """(field, clipboardData) => {
  const options = { clipboardData, bubbles: true, cancelable: true };
  return !field.dispatchEvent(new ClipboardEvent("paste", options));
}"""


def paste(page: Page, held: Any) -> bool:
    """Pastes into the message field, and returns whether the page took it for itself."""
    return bool(page.locator("#composer").evaluate(PASTE, held))


def drag(page: Page, kind: str, held: Any, over: str = ".conversation") -> None:
    page.locator(over).first.dispatch_event(kind, {"dataTransfer": held})


def files_of(reader: ApiUser, partner: str) -> list[dict[str, Any]]:
    """The files of all messages with a partner, in their order."""
    messages = reader.request("GET", f"messages/{reader.username}/{partner}?group=no&limit=500")
    return [file for message in messages for file in message.get("files", [])]


def sha256(file: FilePayload) -> str:
    return hashlib.sha256(file["buffer"]).hexdigest()
