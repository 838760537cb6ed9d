"""Writes a picture anew as it is sent: upright, in the colours of screens, as wide as it is shown, on a ground of its own."""

from io import BytesIO
from typing import TYPE_CHECKING

from mailer.domain.issue import PictureFile
from mailer.formats.issue.pictures.decode import decode
from mailer.formats.issue.pictures.ground import DARK, on_ground
from mailer.formats.issue.pictures.kind import tall_notes

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
    written as PNG, and what is transparent in it is filled. There is no metadata: no place, camera, comment, profile or
    preview, and nothing after the end. Raises BadInput, naming the file, for a picture that cannot be decoded whole.
    """
    source = decode(name, content, width=_REDUCED)
    notes = _notes(name, source)
    picture, ground = on_ground(_narrow(_in_screen_colours(name, _upright(source), notes)))
    if ground == DARK:
        notes.append(f"{name}: it is light on a transparent ground, and is sent on a dark one; look at a preview")
    output = BytesIO()
    if source.format == "JPEG":
        subtype = "jpeg"
        settings: dict[str, object] = {"quality": "keep"} if picture is source else {"quality": _QUALITY}
    else:
        subtype, settings = (
            "png",
            {"optimize": True},
        )  # of a JPEG it needs a buffer that Pillow makes too small at times
    picture.info = {}
    picture.save(output, subtype, **settings)
    notes += tall_notes(name, picture.size)
    return PictureFile(name=name, subtype=subtype, content=output.getvalue(), notes=tuple(notes))


def _notes(name: str, source: "ImageFile") -> list[str]:
    """What an editor should look at: changes that a reader of the issue could see."""
    notes = []
    if _orientation(source) != _UPRIGHT:
        notes.append(f"{name}: it is sent turned upright, as the camera was held; look at a preview")
    if getattr(source, "is_animated", False):
        notes.append(
            f"{name}: it moves, and only its first picture is sent; save the picture you mean if that is another"
        )
    return notes


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


def _in_screen_colours(name: str, picture: "Image", notes: list[str]) -> "Image":
    """The picture in sRGB with 8 bits a colour; one without a profile of its own is in sRGB already (CMYK aside)."""
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    profile = picture.info.get("icc_profile")
    if picture.mode == "CMYK" and not profile:
        notes.append(f"{name}: its colours are for print (CMYK), and it does not say which; save it as RGB")
    try:
        converted = _by_profile(picture, profile) if profile else None
    except ValueError:
        converted = None
        notes.append(f"{name}: its colour profile cannot be used, so its colours may look otherwise; save it as RGB")
    if converted is not None and picture.mode == "CMYK":
        notes.append(f"{name}: its colours are for print (CMYK) and are sent as colours for screens; look at a preview")
    if converted is None:
        converted = picture.convert("RGB") if picture.mode == "CMYK" else picture
    return converted


def _by_profile(picture: "Image", profile: bytes) -> "Image | None":
    """The picture with its colours converted from its profile; None where that is sRGB or shades of grey.

    Raises ValueError for a profile that cannot be read, or is one of other colours.
    """
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(own).lower() and picture.mode != "CMYK":
            return None
        has_alpha = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
        if picture.mode == "1" or own.profile.xcolor_space.strip() == "GRAY":
            return None  # shades of grey look alike, and a grey profile fits no picture with colours
        colours = picture if picture.mode == "CMYK" else picture.convert("RGBA" if has_alpha else "RGB")
        mode = "RGBA" if has_alpha else "RGB"
        return ImageCms.profileToProfile(colours, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, TypeError) as error:
        raise ValueError(str(error)) from error


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
