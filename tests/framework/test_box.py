"""The box: what is inside of it, and how images come into it."""

import torch

from advspace.box import clip, inside, rounded, share_on_box

NAN = float("nan")


def images(*pixels):
    return torch.tensor(pixels).reshape(len(pixels), 1, 1, -1)


def test_ends_are_inside_and_numbers_alone():
    assert inside(images([0.0, 1.0], [0.5, 1.0001], [-1e-6, 0.5], [NAN, 0.5])).tolist() == [True, False, False, False]


def test_clipped_to_the_nearest_end():
    assert clip(images([-3.0, 0.25, 7.0])).flatten().tolist() == [0.0, 0.25, 1.0]


def test_rounded_as_a_png():
    levels = rounded(images([0.0, 100.4 / 255, 100.6 / 255, 1.0])) * 255
    torch.testing.assert_close(levels.flatten(), torch.tensor([0.0, 100.0, 101.0, 255.0]))


def test_pixels_at_an_end_are_counted_by_image():
    assert share_on_box(images([0.0, 1.0, 0.5, 0.9999], [0.1, 0.2, 0.3, 0.4])).tolist() == [0.5, 0.0]
