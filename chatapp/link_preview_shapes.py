"""The shape of a link's preview, and its serializer."""

from typing_extensions import TypedDict

from chatapp.journal.message_state import ShownPreview


class PreviewPictureShape(TypedDict):
    """The picture is at `/preview-picture/<hash>`; its size is in pixels."""

    hash: str
    width: int
    height: int


class LinkPreviewShape(TypedDict):
    """What the page at an address in the text says of itself. The description and the site's name may be empty."""

    url: str
    title: str
    description: str
    siteName: str
    picture: PreviewPictureShape | None


def link_preview(shown: ShownPreview) -> LinkPreviewShape:
    picture = shown.picture
    return {
        "url": shown.url,
        "title": shown.title,
        "description": shown.description,
        "siteName": shown.site_name,
        "picture": None
        if picture is None
        else {"hash": picture.hash, "width": picture.width, "height": picture.height},
    }
