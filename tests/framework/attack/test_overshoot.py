"""How far a distortion goes on when the box holds some of its pixels: beside scipy's root finder."""

import pytest
import torch
from scipy.optimize import brentq

from advspace.attack.overshoot import distance, multiple
from advspace.box import clip


@pytest.fixture
def images(generator):
    """Images close to the ends of the box, and points whose pixels are in part at these ends."""
    image = torch.rand(12, 3, 4, 4, generator=generator).pow(4)
    return image, clip(image + 0.3 * torch.randn(12, 3, 4, 4, generator=generator))


def length(image, point, factor):
    return distance(image, clip(image.double() + factor * (point.double() - image.double())))


@pytest.mark.parametrize("depth", [0.01, 0.05, 0.3, 0.6])
def test_the_clipped_length_is_that_of_a_root_finder(images, depth):
    image, point = images
    result = multiple(image, point, depth)
    assert (length(image, point, result[:, None, None, None]) / distance(image, point) - 1).tolist() == pytest.approx(
        [depth] * 12, rel=1e-9
    )
    for row in range(12):
        one, other = image[row : row + 1], point[row : row + 1]
        wanted = (1 + depth) * float(distance(one, other))
        root = brentq(lambda factor, a=one, b=other, w=wanted: float(length(a, b, factor)) - w, 1, 1e4, xtol=1e-12)
        assert float(result[row]) == pytest.approx(root, rel=1e-6)
    assert (result - 1 > 1.1 * depth).any()


def test_far_from_the_box_nothing_is_searched():
    image = torch.full((2, 1, 2, 2), 0.5)
    assert multiple(image, image + 0.1, 0.05).tolist() == [1.05, 1.05]


def test_a_box_that_is_too_small_is_filled():
    image, point = torch.tensor([[[[0.3, 0.8, 0.5]]]]), torch.tensor([[[[0.5, 1.0, 0.5]]]])
    factor = multiple(image, point, 10.0)
    assert clip(image + factor.float() * (point - image)).flatten().tolist() == [1.0, 1.0, 0.5]


def test_an_image_has_the_same_multiple_alone(images):
    image, point = images
    whole = multiple(image, point, 0.05)
    assert multiple(image[3:4], point[3:4], 0.05).float().item() == whole[3].float().item()


def test_no_distortion_stays_none():
    image = torch.full((1, 1, 2, 2), 0.5)
    assert multiple(image, image, 0.05).isfinite().all()
