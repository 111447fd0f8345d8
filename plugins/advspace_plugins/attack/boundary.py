"""Where on the way from the image to its adversarial the search stops: the second thing that decides a curve."""

from collections.abc import Callable

from advspace.shapes import Images

HALVINGS = 60


def tighten(image: Images, adversarial: Images, margin_at: Callable[[Images], float], tolerance: float) -> Images:
    """Move back along the segment to the boundary, as far as the margin stays positive.

    Args:
        image: One clean image; not of the target class.
        adversarial: One image of the target class.
        margin_at: Target logit minus the largest other.
        tolerance: Stop once the margin is at most this.

    Returns:
        A point on the segment with a margin in (0, tolerance], or the nearest to it that the number type can tell.
    """
    low, high, found = 0.0, 1.0, adversarial
    if margin_at(found) <= tolerance:
        return found
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        point = along(image, adversarial, middle)
        won = margin_at(point)
        if won > 0:
            high, found = middle, point
            if won <= tolerance:
                break
        else:
            low = middle
    return found


def along(image: Images, adversarial: Images, share: float) -> Images:
    """The point `share` of the way from the image to the adversarial, held in the box; beyond it for share > 1."""
    return (image + share * (adversarial - image)).clamp(0, 1)
