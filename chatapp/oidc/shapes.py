"""What goes out about sign-in by a provider. See `chatapp.shapes`."""

from typing_extensions import TypedDict


class LocationShape(TypedDict):
    """Where the browser goes."""

    location: str
