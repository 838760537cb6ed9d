"""A transparent picture gets a ground of its own, on which its lines can be seen on every screen."""

import struct

import pytest
from PIL import Image, ImageDraw

from mailer.formats.issue.pictures.ground import DARK, LIGHT
from mailer.formats.issue.pictures.rewrite import MAX_WIDTH, picture_to_send
from tests.formats.issue.pictures.photographs import encoded, opened, png

NOTE = "chart.png: it is light on a transparent ground, and is sent on a dark one; look at a preview"
GROUNDS = {LIGHT: (255, 255, 255), DARK: (33, 30, 26)}


def chart(colour: tuple[int, int, int], width: int = 300) -> Image.Image:
    """Lines and letters on nothing."""
    picture = Image.new("RGBA", (width, 150), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.line([(20, 140), (80, 60), (150, 100), (width - 20, 20)], fill=colour, width=3)
    pen.rectangle((0, 20, width - 10, 145), outline=colour, width=12)
    pen.text((60, 40), "Requests", fill=colour)
    return picture


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """WCAG 2.2, contrast ratio."""

    def luminance(colour: tuple[int, ...]) -> float:
        shares = (part / 255 for part in colour)
        red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def pixel(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    colour = picture.convert("RGB").getpixel(place)
    assert isinstance(colour, tuple)
    return tuple(map(int, colour))


def file_of(drawn: Image.Image, kind: str, colour: tuple[int, int, int]) -> bytes:
    palette = Image.new("P", drawn.size, 0)
    palette.putpalette([9, 9, 9, *colour])
    palette.paste(1, mask=drawn.getchannel("A"))
    match kind:
        case "RGBA" | "LA":
            return encoded(drawn.convert(kind), "PNG")
        case "P":
            return encoded(palette, "PNG", transparency=0)
        case _:
            return encoded(palette, "GIF", transparency=0)


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P", "GIF"])
@pytest.mark.parametrize(
    ("colour", "ground"),
    [
        ((0, 0, 0), LIGHT),
        ((122, 35, 49), LIGHT),
        ((0, 0, 120), LIGHT),
        ((118, 118, 118), LIGHT),
        ((255, 255, 255), DARK),
        ((244, 240, 230), DARK),
        ((255, 240, 120), DARK),
    ],
)
@pytest.mark.parametrize("width", [300, 1500])
def test_lines_on_nothing_can_be_seen_on_every_screen(
    colour: tuple[int, int, int], ground: str, kind: str, width: int
) -> None:
    picture = picture_to_send("chart.png", file_of(chart(colour, width), kind, colour))
    sent = opened(picture.content)
    assert sent.mode in {"L", "RGB"}
    assert "transparency" not in sent.info
    assert sent.width == min(width, MAX_WIDTH)
    assert pixel(sent, (1, 1)) == GROUNDS[ground]
    assert contrast(pixel(sent, (4, sent.height // 2)), GROUNDS[ground]) >= 4.5
    assert picture.notes == ((NOTE,) if ground == DARK else ())


def test_light_letters_on_a_dark_emblem_stay_on_white() -> None:
    drawn = chart((255, 255, 255))
    drawn.paste(chart((0, 0, 0)), (0, 50))
    picture = picture_to_send("chart.png", encoded(drawn, "PNG"))
    assert pixel(opened(picture.content), (1, 1)) == (255, 255, 255)
    assert not picture.notes


def test_a_half_transparent_shade_stays_a_shade() -> None:
    shade = Image.new("RGBA", (40, 40), (0, 0, 0, 128))
    assert pixel(opened(picture_to_send("a.png", encoded(shade, "PNG")).content), (5, 5)) == (127, 127, 127)


def test_a_tall_picture_is_filled_to_its_last_row() -> None:
    drawn = Image.new("RGBA", (30, 1270), (0, 0, 0, 0))
    drawn.paste((0, 0, 0, 255), (10, 0, 20, 1270))
    sent = opened(picture_to_send("a.png", encoded(drawn, "PNG")).content)
    expected = Image.new("RGB", (30, 1270), LIGHT)
    expected.paste((0, 0, 0), (10, 0, 20, 1270))
    assert sent.convert("RGB").tobytes() == expected.tobytes()


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_shade_that_stands_for_transparent_is_filled_at_every_depth(depth: int) -> None:
    most = 2**depth - 1
    bits = "".join(f"{sample:0{depth}b}" for sample in [most] * 8 + [0] * 8)
    row = int(bits, 2).to_bytes(len(bits) // 8, "big")
    for clear, left, right in ((0, (255, 255, 255), GROUNDS[DARK]), (most, GROUNDS[LIGHT], (0, 0, 0))):
        content = png((16, 16), depth=depth, colours=0, row=row, clear=struct.pack(">H", clear))
        sent = opened(picture_to_send("a.png", content).content)
        assert (pixel(sent, (2, 5)), pixel(sent, (13, 5))) == (left, right)


def test_a_deep_colour_that_stands_for_transparent_is_filled() -> None:
    row = struct.pack(">12H", *(0x8000, 0x4000, 0) * 2, *(0, 0, 0) * 2)
    content = png((4, 4), depth=16, colours=2, row=row, clear=struct.pack(">3H", 0x8000, 0x4000, 0))
    sent = opened(picture_to_send("a.png", content).content)
    assert (pixel(sent, (0, 0)), pixel(sent, (3, 0))) == (GROUNDS[LIGHT], (0, 0, 0))
