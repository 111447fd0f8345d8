"""Regions with round boundaries: ball, outside of a ball, cylinder, ring."""

from collections.abc import Mapping

import numpy as np
import torch

from advspace.shapes import Image, Images, Shape
from advspace.statistics.interval import Floats
from advspace_plugins.model.lab.region import MIDDLE, Region


class Ball(Region):
    """A ball, or a cylinder over a ball of some of the dimensions.

    Args:
        shape: Shape of an image.
        distance: Of the surface from the middle of the box.
        size: Radius.
        curved: Dimensions of the ball; None for all.
    """

    def __init__(self, shape: Shape, distance: float, size: float, curved: int | None = None) -> None:
        super().__init__(shape, curved or 1)
        self.radius, self.curved, self.at = size, curved, distance + size

    def depth(self, image: Images) -> torch.Tensor:
        """Radius minus the distance from the middle of the ball."""
        return self.radius - self.from_middle(image)

    def from_middle(self, image: Images) -> torch.Tensor:
        """Distance from the middle of the ball, in its dimensions."""
        if self.curved is None:
            apart = image.flatten(1) - MIDDLE - self.at * self.axes[0].to(image.dtype)
        else:
            apart = self.along(image)
            apart[:, 0] -= self.at
        distance: torch.Tensor = torch.linalg.vector_norm(apart, dim=1)
        return distance

    def inside(self, center: Image, sigma: Floats) -> Floats:
        """A noncentral chi-squared probability."""
        return below(float(self.from_middle(center[None].double())), self.radius, self.curved or self.dimension, sigma)

    def bends(self, center: Image) -> Mapping[str, float]:
        """Half the sum of the curvatures."""
        del center
        return {"kappa": ((self.curved or self.dimension) - 1) / (2 * self.radius), "c0": 0.0}


class Outside(Ball):
    """All but a ball, which holds the middle of the box.

    Args:
        shape: Shape of an image.
        distance: Of the surface from the middle of the box.
        size: Radius of the ball, >= distance.
    """

    def __init__(self, shape: Shape, distance: float, size: float) -> None:
        super().__init__(shape, distance, size)
        self.at = distance - size

    def depth(self, image: Images) -> torch.Tensor:
        """Distance from the middle of the ball minus the radius."""
        return -super().depth(image)

    def inside(self, center: Image, sigma: Floats) -> Floats:
        """1 minus the ball's."""
        return 1 - super().inside(center, sigma)

    def bends(self, center: Image) -> Mapping[str, float]:
        """The boundary wraps around the center: the curvature is negative."""
        del center
        return {"kappa": -(self.dimension - 1) / (2 * self.radius), "c0": 0.0}


class Ring(Region):
    """What lies between two circles of a plane around the middle of the box.

    Args:
        shape: Shape of an image.
        distance: Radius of the inner circle.
        size: Width of the ring.
    """

    def __init__(self, shape: Shape, distance: float, size: float) -> None:
        super().__init__(shape, 2)
        self.inner, self.outer = distance, distance + size

    def depth(self, image: Images) -> torch.Tensor:
        """Distance to the nearer circle."""
        radius = torch.linalg.vector_norm(self.along(image), dim=1)
        return torch.minimum(radius - self.inner, self.outer - radius)

    def inside(self, center: Image, sigma: Floats) -> Floats:
        """A difference of noncentral chi-squared probabilities."""
        radius = float(np.linalg.norm(self.coordinates(center)))
        return below(radius, self.outer, 2, sigma) - below(radius, self.inner, 2, sigma)


def below(distance: float, radius: float, dimension: int, sigma: Floats) -> Floats:
    """P(|v + sigma z| < radius) for a vector v of length `distance` in `dimension` dimensions."""
    from scipy.stats import ncx2  # before scipy 1.17, chndtr is wrong for large radii

    return np.asarray(ncx2.cdf((radius / sigma) ** 2, dimension, (distance / sigma) ** 2))
