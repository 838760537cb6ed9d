"""Made-up pictures of every kind that a camera, a phone or a drawing program writes."""

from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)


def halves(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red above, blue below: one sees which way is up."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0], size[1] // 2))
    return picture


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.effect_noise(size, 90).convert("RGB")


def encoded(picture: Image.Image, kind: str, **settings: Any) -> bytes:
    output = BytesIO()
    picture.save(output, kind, **settings)
    return output.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def exif(**tags: object) -> Image.Exif:
    data = Image.Exif()
    data[0x010F] = "Made-Up Camera"
    if "orientation" in tags:
        data[0x0112] = tags["orientation"]
    if "place" in tags:
        data.get_ifd(0x8825).update({1: "N", 2: (55.0, 45.0, 21.0), 3: "E", 4: (37.0, 37.0, 2.0)})
    return data
