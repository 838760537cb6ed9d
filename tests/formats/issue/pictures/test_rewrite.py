import pytest
from PIL import Image, ImageChops, ImageCms
from PIL.PngImagePlugin import PngInfo

from mailer.formats.issue.pictures.kind import stored_picture
from mailer.formats.issue.pictures.rewrite import MAX_WIDTH, picture_to_send
from tests.formats.issue.pictures.photographs import (
    BLUE,
    PRINTED,
    RED,
    encoded,
    exif,
    halves,
    noise,
    opened,
    print_profile,
)

SECRET = b"Holiday in Norland"


def is_near(colour: object, other: tuple[int, int, int], within: int = 12) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(one - two) <= within for one, two in zip(colour[:3], other, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_sent_upright_however_the_camera_was_held(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # what the camera saw, turned back by the viewer
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    as_seen = halves((64, 48))
    in_file = as_seen.transpose(turns[orientation]) if orientation in turns else as_seen
    picture = picture_to_send("a.jpg", encoded(in_file, "JPEG", quality=95, exif=exif(orientation=orientation)))
    sent = opened(picture.content)
    assert sent.size == (64, 48)
    assert is_near(sent.getpixel((32, 8)), RED)
    assert is_near(sent.getpixel((32, 40)), BLUE)
    assert not sent.getexif()
    assert bool(picture.notes) is (orientation != 1)


def test_no_metadata_leaves() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    texts = PngInfo()
    texts.add_text("Comment", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    camera = exif(place=True)
    camera[0x010E] = SECRET.decode()
    for content in (
        encoded(halves(), "JPEG", exif=camera, comment=SECRET, xmp=SECRET, icc_profile=profile, dpi=(300, 300))
        + SECRET,
        encoded(halves(), "PNG", exif=camera, pnginfo=texts, icc_profile=profile, dpi=(300, 300)) + SECRET,
        encoded(halves(), "GIF", comment=SECRET) + SECRET,
    ):
        assert SECRET in content
        picture = picture_to_send("a", content)
        assert SECRET not in picture.content
        sent = opened(picture.content)
        assert not sent.getexif()
        assert not {"icc_profile", "comment", "xmp", "exif", "dpi", "Comment"} & sent.info.keys()
        assert not picture.notes


def test_a_clean_jpeg_keeps_its_quality() -> None:
    before = noise((600, 400)).resize((300, 200))
    content = encoded(before, "JPEG", quality=93)
    picture = picture_to_send("a.jpg", content)
    difference = ImageChops.difference(opened(content), opened(picture.content))
    assert max(high for _, high in difference.getextrema()) <= 16
    again = picture_to_send("a.jpg", picture.content)
    assert opened(again.content).quantization == opened(content).quantization  # type: ignore[attr-defined]


@pytest.mark.parametrize("quality", [1, 95, 100])
def test_the_finest_and_the_coarsest_jpeg_can_be_written_anew(quality: int) -> None:
    for size in ((1104, 700), (1500, 300), (1, 1)):
        content = encoded(noise(size), "JPEG", quality=quality, subsampling=0)
        assert opened(picture_to_send("a.jpg", content).content).width == min(size[0], MAX_WIDTH)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_png_keeps_every_pixel(mode: str) -> None:
    before = halves().convert(mode)
    picture = picture_to_send("a.png", encoded(before, "PNG"))
    assert picture.subtype == "png"
    assert opened(picture.content).convert("RGBA").tobytes() == before.convert("RGBA").tobytes()
    assert opened(picture.content).mode == before.mode.removesuffix("A")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
@pytest.mark.parametrize("width", [1, 552, MAX_WIDTH, MAX_WIDTH + 1, 4000])
def test_a_picture_is_never_wider_than_it_is_shown_and_never_enlarged(kind: str, width: int) -> None:
    sent = opened(picture_to_send("a", encoded(halves((width, 100)), kind)).content)
    assert sent.width == min(width, MAX_WIDTH)
    assert sent.height == (100 if width <= MAX_WIDTH else max(1, round(100 * MAX_WIDTH / width)))


def test_print_colours_become_screen_colours_and_are_named() -> None:
    picture = picture_to_send("print.jpg", encoded(halves().convert("CMYK"), "JPEG", quality=95))
    sent = opened(picture.content)
    assert sent.mode == "RGB"
    assert is_near(sent.getpixel((30, 5)), RED, 30)
    assert picture.notes == ("print.jpg: its colours are for print (CMYK), and it does not say which; save it as RGB",)


@pytest.mark.parametrize("inks", [inks for inks in PRINTED if not inks[3]])
def test_print_colours_are_converted_by_their_profile(inks: tuple[int, int, int, int]) -> None:
    ink = tuple(255 * share for share in inks)
    sheet = Image.new("CMYK", (40, 30), ink)
    profile = print_profile()
    picture = picture_to_send("print.jpg", encoded(sheet, "JPEG", quality=95, icc_profile=profile))
    lab = Image.new("LAB", (1, 1), PRINTED[inks])
    expected = ImageCms.profileToProfile(
        lab, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert isinstance(expected, Image.Image)
    wanted = expected.getpixel((0, 0))
    assert isinstance(wanted, tuple)
    assert is_near(opened(picture.content).getpixel((20, 15)), wanted)
    assert picture.notes == (
        "print.jpg: its colours are for print (CMYK) and are sent as colours for screens; look at a preview",
    )


def test_colours_are_converted_from_their_profile() -> None:
    profile = ImageCms.createProfile("sRGB")
    own = ImageCms.ImageCmsProfile(profile).tobytes()
    # Another name, and the places of red and green exchanged: no program shows it as sRGB.
    other = bytearray(own)
    red, green = other.index(b"rXYZ"), other.index(b"gXYZ")
    other[red : red + 4], other[green : green + 4] = b"gXYZ", b"rXYZ"
    named = bytes(other).replace("sRGB".encode("utf-16-be"), "Wide".encode("utf-16-be")).replace(b"sRGB", b"Wide")
    for kind in ("PNG", "JPEG"):
        sent = opened(picture_to_send("a", encoded(halves(), kind, icc_profile=named)).content)
        red_half = sent.convert("RGB").getpixel((30, 5))
        assert isinstance(red_half, tuple)
        assert red_half[1] > red_half[0]


def test_a_profile_that_is_no_profile_is_left_out() -> None:
    unusable = ("a.png: its colour profile cannot be used, so its colours may look otherwise; save it as RGB",)
    for profile in (b"no profile" * 20, print_profile(), print_profile()[:200]):
        picture = picture_to_send("a.png", encoded(halves(), "PNG", icc_profile=profile))
        assert opened(picture.content).convert("RGB").getpixel((30, 5)) == RED
        assert picture.notes == unusable
    printed = encoded(halves().convert("CMYK"), "JPEG", quality=95, icc_profile=b"no profile" * 20)
    picture = picture_to_send("a.png", printed)
    assert is_near(opened(picture.content).getpixel((30, 5)), RED, 30)
    assert picture.notes == unusable


def test_sixteen_bits_of_grey_become_eight() -> None:
    deep = Image.new("I;16", (20, 20), 0x8000)
    sent = opened(picture_to_send("a.png", encoded(deep, "PNG")).content)
    assert sent.mode == "L"
    assert sent.getpixel((3, 3)) in {0x7F, 0x80}


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_of_an_animation_the_first_picture_is_sent_and_named(kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), BLUE)]
    content = encoded(halves((20, 20)), kind, save_all=True, append_images=frames)
    picture = picture_to_send("wave.gif", content)
    sent = opened(picture.content)
    assert not getattr(sent, "is_animated", False)
    assert is_near(sent.convert("RGB").getpixel((10, 2)), RED)
    assert picture.notes[0].startswith("wave.gif: it moves, and only its first picture is sent")


def test_the_same_file_gives_the_same_bytes() -> None:
    for kind in ("JPEG", "PNG", "GIF"):
        content = encoded(noise((1500, 200)), kind)
        assert picture_to_send("a", content) == picture_to_send("a", content)


def test_the_name_that_is_sent_tells_the_type() -> None:
    names = {
        ("photo.jpg", "JPEG"): "photo.jpg",
        ("photo.JPEG", "JPEG"): "photo.JPEG",
        ("photo.png", "JPEG"): "photo.png.jpeg",
        ("chart.gif", "GIF"): "chart.gif.png",
        ("chart.PNG", "PNG"): "chart.PNG",
    }
    for (name, kind), sent_name in names.items():
        assert picture_to_send(name, encoded(halves(), kind)).sent_name == sent_name


def test_a_photograph_with_a_second_one_behind_it_is_a_photograph() -> None:
    both = encoded(halves(), "MPO", save_all=True, append_images=[noise((60, 40))])
    picture = picture_to_send("phone.jpg", both)
    assert picture.subtype == "jpeg"
    assert opened(picture.content).format == "JPEG"
    assert is_near(opened(picture.content).getpixel((30, 5)), RED)


@pytest.mark.parametrize(
    ("size", "what"),
    [
        ((1104, 1900), ""),
        ((600, 1800), ""),
        ((328, 1280), ""),
        ((100, 1280), ""),
        ((100, 1281), "it takes more than two screens of a phone"),
        ((328, 1290), "it takes more than two screens of a phone"),
        ((1104, 5000), "it takes more than two screens of a phone"),
        ((600, 2000), "it is so tall that Outlook cuts it off"),
        ((1104, 3500), "it is so tall that Outlook cuts it off"),
        ((4000, 400), ""),
    ],
)
def test_a_tall_picture_is_noted_at_the_pull_and_later(size: tuple[int, int], what: str) -> None:
    picture = picture_to_send("tower.png", encoded(Image.new("L", size), "PNG"))
    expected = (f"tower.png: {what}; cut it into several pictures",) if what else ()
    assert picture.notes == expected
    assert stored_picture("tower.png", picture.content).notes == expected
