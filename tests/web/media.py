"""Files that tests send: pictures, sounds, a video that the browser records, and documents."""

import base64
import io
import math
import struct
import wave
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from tests.web.server import SentFile

SAMPLES_A_SECOND = 8_000
VOICE_SECONDS = 12

RECORD_VIDEO = """async ({ width, height, milliseconds }) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm;codecs=vp8" });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((done) => { recorder.onstop = done; });
    recorder.start();
    const started = performance.now();
    while (performance.now() - started < milliseconds) {
        context.fillStyle = `hsl(${(performance.now() / 10) % 360} 60% 45%)`;
        context.fillRect(0, 0, width, height);
        await new Promise((done) => setTimeout(done, 50));
    }
    recorder.stop();
    await ended;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
}"""


def jpeg(name: str = "harbour.jpg", width: int = 1600, height: int = 1200, hue: int = 200, **about: Any) -> SentFile:
    return SentFile(name, "image/jpeg", picture(width, height, hue), about)


def text(name: str, content: str) -> SentFile:
    return SentFile(name, "text/plain", content.encode())


def voice(name: str = "voice.wav") -> SentFile:
    about = {"isVoice": True, "seconds": VOICE_SECONDS, "waveform": [10, 40, 90, 60, 20]}
    return SentFile(name, "audio/wav", sound(VOICE_SECONDS), about)


def picture(width: int = 800, height: int = 600, hue: int = 200, format_name: str = "JPEG") -> bytes:
    """A picture of rings, so that a part of it differs from the whole."""
    drawn = Image.new("HSV", (width, height), (hue, 120, 210)).convert("RGB")
    pen = ImageDraw.Draw(drawn)
    for ring in range(5):
        radius = (5 - ring) * min(width, height) / 11
        colour = f"hsl({(hue + 40 * ring) % 360}, 60%, {30 + 10 * ring}%)"
        pen.ellipse(
            (width / 2 - radius, height / 2 - radius, width / 2 + radius, height / 2 + radius),
            fill=colour,
        )
    written = io.BytesIO()
    drawn.save(written, format_name)
    return written.getvalue()


def sound(seconds: float = 12.0) -> bytes:
    """A WAV file with a soft tone that comes and goes."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES_A_SECOND)
        count = int(seconds * SAMPLES_A_SECOND)
        levels = (2_000 * math.sin(at / 9) * math.sin(at / SAMPLES_A_SECOND) ** 2 for at in range(count))
        file.writeframes(b"".join(struct.pack("<h", int(level)) for level in levels))
    return written.getvalue()


def video(page: Page, width: int = 320, height: int = 180, milliseconds: int = 1_500) -> bytes:
    """A WebM file that the page's browser records."""
    options = {"width": width, "height": height, "milliseconds": milliseconds}
    return base64.b64decode(page.evaluate(RECORD_VIDEO, options))


def pdf(folder: Path) -> bytes:
    """A document of one page."""
    path = folder / "page.pdf"
    Image.open(io.BytesIO(picture(595, 842))).save(path, "PDF")
    return path.read_bytes()
