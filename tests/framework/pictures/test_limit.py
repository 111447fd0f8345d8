"""The limit against decompression bombs."""

import pytest

from advspace.pictures.limit import MAX_BYTES, MAX_PIXELS, RATIO, check_pixels, check_together


def test_one_picture():
    check_pixels(MAX_PIXELS, 1)
    with pytest.raises(ValueError, match=r"it has 44739243 x 2 pixels; more than 89,478,485 are refused"):
        check_pixels(MAX_PIXELS // 2 + 1, 2)


def test_pictures_together():
    check_together(MAX_BYTES, 1)
    check_together(10 * MAX_BYTES, 10 * MAX_BYTES // RATIO + 1)
    with pytest.raises(ValueError, match=r"their 1,000 bytes unpack to 268,435,457; more than 268,435,456"):
        check_together(MAX_BYTES + 1, 1000)
