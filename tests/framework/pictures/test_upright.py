"""Numbers are turned as PIL turns pictures."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from advspace.pictures.upright import turned

VALUES = np.arange(6 * 4, dtype=np.uint8).reshape(6, 4)


@pytest.mark.parametrize("orientation", range(10))
def test_every_orientation(orientation):
    picture = Image.fromarray(VALUES)
    picture.getexif()[274] = orientation
    assert np.array_equal(turned(VALUES, picture), np.asarray(ImageOps.exif_transpose(picture)))


def test_damaged_metadata_turns_nothing():
    picture = Image.fromarray(VALUES)
    picture.info["exif"] = b"Exif\0\0MM\0*" + 4 * b"\xff"
    assert np.array_equal(turned(VALUES, picture), VALUES)
