"""Draws a text as a QR code, for the camera of a telephone."""

import segno


def qr_svg(text: str) -> str:
    """The QR code as an SVG element of dark modules, without a colour, size or style of its own."""
    picture = segno.make(text, error="m", micro=False)
    return picture.svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=4, dark="#000", light="#fff")
