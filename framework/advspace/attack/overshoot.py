"""Images a set share of the boundary distance beyond the boundary, although the box holds some of their pixels."""

import torch

from advspace.box import HIGH, LOW
from advspace.shapes import Images, PerImage

ROUNDS = 60
LARGEST = 1e6
"""Largest multiple of a distortion: beyond it, pixels that only rounding has moved would matter."""
EXACT = 1e-12


def multiple(image: Images, boundary: Images, depth: float) -> PerImage:
    """The multiple of each distortion whose length, once clipped to the box, is 1 + `depth` times the distortion's.

    A pixel at the end of the box does not move on, so without a search the clipped distortion would be too short.  Its
    squared length is concave and piecewise linear in the square of the multiple.  So Newton's method, begun at 1 +
    `depth`, never passes the solution and ends after a few rounds.  If the box is too small, all pixels that have moved
    end at its ends.

    Args:
        image: Clean images in the box.
        boundary: Images in the box that are to be passed.
        depth: How far beyond, as a share of the distance from `image` to `boundary`, >= 0.

    Returns:
        Multiples >= 1 + `depth`, in double precision.
    """
    flat, shift = image.double().flatten(1), (boundary.double() - image.double()).flatten(1)
    room = torch.where(shift > 0, HIGH - flat, flat - LOW)
    size, squares = shift.abs(), shift.square()
    wanted = (1 + depth) ** 2 * squares.sum(1)
    result = torch.full_like(wanted, 1 + depth)
    for _ in range(ROUNDS):
        free = result[:, None] * size < room
        held, moving = room.square().where(~free, 0).sum(1), squares.where(free, 0).sum(1)
        better = ((wanted - held).clamp_min(0) / moving).sqrt().clamp_max(LARGEST)
        grows = (moving > 0) & (better > result * (1 + EXACT))
        if not bool(grows.any()):
            break
        result = torch.where(grows, better, result)
    return result


def distance(image: Images, point: Images) -> PerImage:
    """Euclidean distance of each image to a point, in double precision."""
    length: PerImage = (point.double() - image.double()).flatten(1).norm(dim=1)
    return length
