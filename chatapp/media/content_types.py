"""What a file is by its first bytes. Its name only tells apart what is the same container.

Only types that chatapp treats in some way are known. Everything else is downloaded as `application/octet-stream`.
"""

import codecs
import re
from dataclasses import dataclass

HEAD_BYTES = 65_536
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class FileType:
    """`kind` is one of picture, video, audio, pdf, text and other; `content_type` a media type without parameters."""

    kind: str
    content_type: str


OTHER = FileType("other", UNKNOWN)

_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (rb"\xff\xd8\xff", "picture", "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "picture", "image/png"),
    (rb"GIF8[79]a", "picture", "image/gif"),
    (rb"RIFF....WEBP", "picture", "image/webp"),
    (rb"....ftyp(heic|heix|heim|heis|mif1|msf1|hevc|hevx)", "picture", "image/heic"),
    (rb"....ftypavi[fs]", "picture", "image/avif"),
    (rb"....ftypM4[AB] ", "audio", "audio/mp4"),
    (rb"....ftypqt  ", "video", "video/quicktime"),
    (
        rb"....ftyp(isom|iso[2-9]|mp4[12]|M4VP?|avc1|dash|3gp|3g2|f4v|mmp4|MSNV|NDXC|XAVC|mp71|cmf)",
        "video",
        "video/mp4",
    ),
    (rb"\x1a\x45\xdf\xa3", "video", "video/x-matroska"),
    (rb"%PDF-\d", "pdf", "application/pdf"),
    (rb"OggS.{24}(OpusHead|\x01vorbis|\x7fFLAC|Speex)", "audio", "audio/ogg"),
    (rb"OggS.{24}\x80theora", "video", "video/ogg"),
    (rb"fLaC", "audio", "audio/flac"),
    (rb"RIFF....WAVE", "audio", "audio/wav"),
    (rb"ID3[\x02-\x04]", "audio", "audio/mpeg"),
    (rb"\xff[\xf0\xf1\xf8\xf9][\x40-\xbf]", "audio", "audio/aac"),
    # MPEG 1, 2 or 2.5, layer III, with a valid bit rate and sampling rate.
    (rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]", "audio", "audio/mpeg"),
    (rb"PK\x03\x04", "other", "application/zip"),
    (rb"\x1f\x8b\x08", "other", "application/gzip"),
    (rb"7z\xbc\xaf\x27\x1c", "other", "application/x-7z-compressed"),
)
_PATTERNS = [(re.compile(rb"(?s)" + pattern), FileType(kind, name)) for pattern, kind, name in _SIGNATURES]

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = {
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
}
"""Documents that are ZIP archives. No browser runs any of them, so the name may say which one it is."""

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def type_of(head: bytes, name: str) -> FileType:
    """What a file is whose first HEAD_BYTES are `head`.

    Pages, vector pictures and code are text, which is served as text: no browser runs them.
    """
    for pattern, found in _PATTERNS:
        if pattern.match(head):
            return _refined(found, head, name)
    return FileType("text", TEXT) if _is_text(head) else OTHER


def _refined(found: FileType, head: bytes, name: str) -> FileType:
    if found.content_type == "application/zip":
        ending = name.rpartition(".")[2].lower()
        return FileType("other", _ZIPPED.get(ending, found.content_type))
    if found.content_type == "video/x-matroska":
        # The DocType stands in the first element, which says nothing else of any length. No browser plays Matroska.
        return (
            FileType("video", "video/webm")
            if re.search(rb"(?s)\x42\x82.{1,8}webm", head[:64])
            else FileType("other", found.content_type)
        )
    if found.content_type == "image/heic" and head[8:12] in (b"mif1", b"msf1") and re.search(rb"avi[fs]", head[12:64]):
        return FileType("picture", "image/avif")
    return found


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8, or UTF-16 with a byte order mark, without NUL. The last character may be cut off."""
    encoding = _UTF_16.get(head[:2], "utf-8")
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return bool(text) and "\0" not in text
