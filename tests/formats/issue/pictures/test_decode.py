from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mailer.domain.errors import BadInput
from mailer.formats.issue.pictures.decode import MAX_SCANS, decode
from tests.formats.issue.pictures.photographs import encoded, halves, noise

WHOLE = {
    "jpeg": encoded(noise((80, 60)), "JPEG"),
    "progressive": encoded(noise((80, 60)), "JPEG", progressive=True),
    "png": encoded(noise((40, 30)), "PNG"),
    "palette": encoded(halves().quantize(8), "PNG"),
    "gif": encoded(halves(), "GIF"),
}


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
def test_a_whole_picture_is_decoded(content: bytes) -> None:
    assert decode("a", content, width=10).size[0] > 1


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "png", "palette"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_picture_cut_off_anywhere_is_refused(kind: str, data: st.DataObject) -> None:
    content = WHOLE[kind]
    cut = data.draw(st.one_of(st.integers(1, 40), st.integers(1, len(content) - 10)))
    with pytest.raises(BadInput, match=r"^lamp: the picture is broken or cut off; save it again"):
        decode("lamp", content[:-cut], width=10)


@pytest.mark.parametrize("kind", ["jpeg", "progressive"])
def test_a_download_that_stopped_and_was_filled_with_zeros_is_refused(kind: str) -> None:
    content = WHOLE[kind]
    half = len(content) // 2
    with pytest.raises(BadInput, match="cut off"):
        decode("lamp.jpg", content[:half] + bytes(len(content) - half), width=10)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_png_with_one_bit_turned_is_refused(data: st.DataObject) -> None:
    content = bytearray(WHOLE["png"])
    content[data.draw(st.integers(8, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BadInput, match=r"lamp\.png"):
        decode("lamp.png", bytes(content), width=10)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.binary(max_size=300), st.integers(0, 200))
def test_rubbish_after_a_signature_is_refused_in_words(kind: str, rubbish: bytes, at: int) -> None:
    content = WHOLE[kind][:at] + rubbish
    try:
        decode("lamp", content, width=10)
    except BadInput as error:
        assert str(error).startswith("lamp: ")  # noqa: PT017


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(kind: str) -> None:
    content = encoded(Image.new("1" if kind == "PNG" else "L", (16_000, 16_000)), kind)
    with pytest.raises(BadInput, match=r"^huge: the picture has 16,000 × 16,000 pixels, more than (50|35) million"):
        decode("huge", content, width=1104)


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    content = WHOLE["progressive"]
    last = content.rindex(b"\xff\xda")
    scan = content[last:-2]
    decode("lamp.jpg", content, width=10)
    with pytest.raises(BadInput):
        decode("lamp.jpg", content[:-2] + scan * MAX_SCANS + content[-2:], width=10)


def test_what_lies_behind_the_end_of_a_jpeg_is_no_fault() -> None:
    assert decode("lamp.jpg", WHOLE["jpeg"] + b"\xff\xda" * 500 + bytes(100), width=10)


def test_a_large_jpeg_is_decoded_no_larger_than_needed() -> None:
    content = encoded(noise((2000, 1600)), "JPEG")
    assert decode("lamp.jpg", content, width=400).size == (500, 400)


def test_a_png_whose_text_unpacks_to_too_much_is_refused() -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Comment", "a" * 5_000_000, zip=True)
    with pytest.raises(BadInput):
        decode("lamp.png", encoded(halves(), "PNG", pnginfo=texts), width=10)


def test_only_three_types_are_opened() -> None:
    for kind in ("WEBP", "TIFF", "BMP"):
        with pytest.raises(BadInput, match=r"a\.png: the file is not a PNG, JPEG or GIF picture"):
            decode("a.png", encoded(halves(), kind), width=10)
    assert BytesIO(WHOLE["gif"]).read(3) == b"GIF"
