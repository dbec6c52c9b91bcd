"""QR codes as their modules, which the page draws: its policy allows no image from a `data:` address."""

import segno


def qr_code(text: str) -> list[str]:
    """The rows of a QR code without its margin: `1` for a dark module, `0` for a light one."""
    return ["".join("1" if module else "0" for module in row) for row in segno.make(text, error="m").matrix]
