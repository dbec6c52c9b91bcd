"""The security headers that every HTTP response carries."""

ALLOWED_FEATURES = (
    "autoplay",
    "clipboard-write",
    "microphone",
    "publickey-credentials-create",
    "publickey-credentials-get",
)
"""What the web client uses of what a Permissions-Policy controls: the sound of a notification, copying, voice messages,
and passkeys."""

FORBIDDEN_FEATURES = (
    "accelerometer",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

PERMISSIONS = ", ".join([f"{name}=(self)" for name in ALLOWED_FEATURES] + [f"{name}=()" for name in FORBIDDEN_FEATURES])

UNREADABLE = (("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"))
"""Keep a response from being loaded as a script, a style or an image by a page of another origin.

Requests with CORS are not concerned by the second one, so sites on the list of allowed origins can still read."""

HARDENING = (
    *UNREADABLE,
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", PERMISSIONS),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
)
"""Added to every response that does not set these headers itself."""

STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")


def hardening(*, is_json: bool, is_secure: bool) -> list[tuple[str, str]]:
    """The security headers of a response. `is_secure`: the request came by TLS, by what a trusted proxy says."""
    headers = list(HARDENING)
    if is_json:
        headers.append(("Cache-Control", "no-store"))
    if is_secure:
        headers.append(STRICT_TRANSPORT)
    return headers
