"""How files store their numbers."""

from io import BytesIO

import numpy as np
import pytest
from made_pictures import png_bytes, tiff_bytes
from PIL import Image

from advspace.pictures.sample_type import SampleType, check_sample_type

DEEP = np.zeros((2, 2, 3), np.uint16)


def saved(array, suffix):
    file = BytesIO()
    Image.fromarray(array).save(file, suffix)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "deep", "white"),
    [
        (png_bytes(DEEP), True, None),
        (png_bytes(DEEP[..., :1]), False, None),
        (png_bytes(DEEP[..., :2]), True, None),
        (tiff_bytes(DEEP, 2), True, None),
        (tiff_bytes(DEEP[..., 0], 1), False, None),
        (saved(DEEP.astype(np.uint8), "TIFF"), False, None),
        (saved(DEEP.astype(np.uint8), "WEBP"), False, None),
        (saved(DEEP.astype(np.uint8), "BMP"), False, None),
        (b"P6 2 2 65535\n" + bytes(24), False, 65535),
        (b"P6 2 2 255\n" + bytes(12), False, None),
        (b"P2 2 2 255\n 1 2 3 4", False, 255),
    ],
)
def test_types(content, deep, white):
    with Image.open(BytesIO(content)) as picture:
        check_sample_type(picture)
        sample = SampleType.of(picture)
        assert (sample.deep_colour, sample.white) == (deep, white)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (tiff_bytes(DEEP[..., 0].astype(np.int8), 1, 2), "signed 8-bit integers"),
        (tiff_bytes(DEEP[..., 0], 0), "0 means white"),
        (tiff_bytes(DEEP, 2, planar=2), "one colour after the other"),
    ],
)
def test_misread_files_are_refused(content, said):
    with Image.open(BytesIO(content)) as picture, pytest.raises(ValueError, match=said):
        check_sample_type(picture)
