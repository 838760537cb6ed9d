"""Gives a transparent picture a ground of its own, on which its lines can be seen, on a light screen and on a dark one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

LIGHT, DARK = "#ffffff", "#211e1a"
# A contrast below this can hardly be seen: pale yellow on white.
_SEEN = 1.5
_MOST, _FEW = 0.5, 0.1  # shares of what borders on the transparent parts
_GREYS = frozenset({"1", "L", "LA"})
_STRIP = 512  # rows


def on_ground(picture: "Image") -> "tuple[Image, str]":
    """The picture without transparency, and the ground it stands on; empty for one that is opaque.

    Mail programs drop a ground that is set by styles, and on a dark screen black lines would vanish. The ground is
    white, as the writer saw it, unless the picture was drawn for a dark one: most of what borders on its transparent
    parts would vanish on white, and next to nothing of it on the dark.
    """
    from PIL import Image

    if "transparency" not in picture.info and picture.mode not in {"LA", "PA", "RGBA"}:
        return picture, ""
    ground = _ground_for(picture)
    mode = "RGB" if ground == DARK or picture.mode not in _GREYS else "L"  # the dark has a hue
    filled = Image.new(mode, picture.size, ground or LIGHT)
    for top, colours, alpha in _strips(picture):
        filled.paste(colours.convert(mode), (0, top), alpha)
    return filled, ground


def _ground_for(picture: "Image") -> str:
    opaque, lines = True, [0] * 256  # how many pixels of each brightness border on the transparent parts
    for _, colours, alpha in _strips(picture):
        if alpha.getextrema() != (255, 255):
            opaque = False
            lines = [sum(counts) for counts in zip(lines, _lines(colours, alpha), strict=True)]
    if opaque:
        return ""
    return DARK if _vanishing(lines, LIGHT) > _MOST and _vanishing(lines, DARK) < _FEW else LIGHT


def _strips(picture: "Image") -> "Iterator[tuple[int, Image, Image]]":
    """The colours and the alpha of the picture in pieces, each with the row it begins at, so that memory suffices."""
    columns, rows = picture.size
    mode = "L" if picture.mode in _GREYS else "RGB"
    for top in range(0, rows, _STRIP):
        piece = picture.crop((0, top, columns, min(rows, top + _STRIP))).convert(f"{mode}A")
        yield top, piece.convert(mode), piece.getchannel("A")


def _lines(colours: "Image", alpha: "Image") -> list[int]:
    """How many pixels of each brightness border on the transparent parts; lines and letters are little else."""
    from PIL import ImageChops, ImageFilter

    border = ImageChops.subtract(alpha, alpha.filter(ImageFilter.MinFilter(3)))
    return colours.convert("L").histogram(border.point([255 * (level > 127) for level in range(256)], "1"))


def _vanishing(lines: list[int], ground: str) -> float:
    """The share of the lines that can hardly be seen on a ground."""
    from PIL import ImageColor

    behind = ImageColor.getcolor(ground, "L")
    assert isinstance(behind, int)
    vanishing = sum(count for level, count in enumerate(lines) if _contrast(level, behind) < _SEEN)
    return vanishing / max(1, sum(lines))


def _contrast(level: int, other: int) -> float:
    """Between two shades of grey (WCAG 2.2, contrast ratio)."""
    lighter, darker = sorted((_luminance(level), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(level: int) -> float:
    """Of a shade of grey in sRGB (IEC 61966-2-1)."""
    share = level / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
