"""Writes a picture anew as it is sent: upright, in the colours of screens, as wide as it is shown, nothing hidden in it."""

from io import BytesIO
from typing import TYPE_CHECKING

from mailer.domain.issue import PictureFile
from mailer.formats.issue.pictures.decode import decode

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MAX_WIDTH = 1104  # pixels: the column is 552 wide, and screens with fine pixels show two for one
_REDUCED = 2 * MAX_WIDTH  # a JPEG decoded at this width or more loses nothing by the last step
_QUALITY = 88  # of a JPEG whose pixels had to change; no loss to see, at a third of the size of 95
_ORIENTATION = 0x0112  # the tag of Exif: how the camera was held
_UPRIGHT = 1


def picture_to_send(name: str, content: bytes) -> PictureFile:
    """The picture as it is sent; the same bytes from the same file and the same version of Pillow.

    A JPEG stays one, and keeps its quality where its pixels need no change. A PNG or the first picture of a GIF is
    written as PNG, with its transparency. There is no metadata: no place, camera, comment, profile or preview, and
    nothing after the end. Raises BadInput, naming the file, for a picture that cannot be decoded whole.
    """
    source = decode(name, content, width=_REDUCED)
    notes = _notes(name, source)
    picture = _narrow(_in_screen_colours(_upright(source)))
    output = BytesIO()
    if source.format == "JPEG":
        subtype = "jpeg"
        settings: dict[str, object] = {"quality": "keep"} if picture is source else {"quality": _QUALITY}
    else:
        subtype, settings = (
            "png",
            {"optimize": True},
        )  # of a JPEG it needs a buffer that Pillow makes too small at times
    transparency = picture.info.get("transparency")
    picture.info = {} if transparency is None or subtype == "jpeg" else {"transparency": transparency}
    picture.save(output, subtype, **settings)
    return PictureFile(name=name, subtype=subtype, content=output.getvalue(), notes=notes)


def _notes(name: str, source: "ImageFile") -> tuple[str, ...]:
    """What an editor should look at: changes that a reader of the issue could see."""
    notes = []
    if source.mode == "CMYK":
        notes.append(f"{name}: its colours are for print (CMYK) and are sent as colours for screens; look at a preview")
    if _orientation(source) != _UPRIGHT:
        notes.append(f"{name}: it is sent turned upright, as the camera was held; look at a preview")
    if getattr(source, "is_animated", False):
        notes.append(
            f"{name}: it moves, and only its first picture is sent; save the picture you mean if that is another"
        )
    return tuple(notes)


def _orientation(source: "Image") -> int:
    try:
        return int(source.getexif().get(_ORIENTATION, _UPRIGHT))
    except Exception:  # noqa: BLE001  # Exif that cannot be read says nothing; the pixels are whole
        return _UPRIGHT


def _upright(source: "ImageFile") -> "Image":
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = turns.get(_orientation(source))
    return source if turn is None else source.transpose(turn)


def _in_screen_colours(picture: "Image") -> "Image":
    """The picture in sRGB with 8 bits a colour; one without a profile of its own is in sRGB already (CMYK aside)."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    profile = picture.info.get("icc_profile")
    converted = _by_profile(picture, profile) if profile else None
    if converted is not None:
        return converted
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _by_profile(picture: "Image", profile: bytes) -> "Image | None":
    """The picture with its colours converted from its profile; None where that is sRGB, or no profile can be read."""
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(own).lower():
            return None
        has_alpha = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
        if picture.mode == "1" or own.profile.xcolor_space.strip() == "GRAY":
            return None  # shades of grey look alike, and a grey profile fits no picture with colours
        colours = picture if picture.mode == "CMYK" else picture.convert("RGBA" if has_alpha else "RGB")
        mode = "RGBA" if has_alpha else "RGB"
        return ImageCms.profileToProfile(colours, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _narrow(picture: "Image") -> "Image":
    """The picture at most MAX_WIDTH wide; a smaller one is never enlarged."""
    from PIL.Image import Resampling

    columns, rows = picture.size
    if columns <= MAX_WIDTH:
        return picture
    if picture.mode not in {"L", "LA", "RGB", "RGBA"} or "transparency" in picture.info:
        mode = "RGBA" if picture.mode == "PA" or "transparency" in picture.info else "RGB"
        picture = picture.convert(mode)
    size = MAX_WIDTH, max(1, round(rows * MAX_WIDTH / columns))
    return picture.resize(size, Resampling.LANCZOS, reducing_gap=3.0)
