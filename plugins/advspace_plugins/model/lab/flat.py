"""Regions with flat faces: slab, corner, wedge, stripes."""

from collections.abc import Mapping
from math import ceil, cos, radians, sin

import numpy as np
import torch

from advspace.shapes import Image, Images, Shape
from advspace.statistics.bivariate import both_below
from advspace.statistics.interval import Floats
from advspace_plugins.model.lab.region import Region

AT_TIP = 0.03
"""Largest distance of a center from the tip at which it counts as there, as a share of the tip's distance."""
TAIL = 9.0
"""Standard deviations beyond which a normal number does not come."""


class Slab(Region):
    """A layer of thickness `size`: two parallel faces.

    Args:
        shape: Shape of an image.
        distance: Of the near face from the middle of the box.
        size: Thickness.
    """

    def __init__(self, shape: Shape, distance: float, size: float) -> None:
        super().__init__(shape, 1)
        self.distance, self.size = distance, size

    def depth(self, image: Images) -> torch.Tensor:
        """Distance to the nearer face."""
        near = self.along(image)[:, 0] - self.distance
        return torch.minimum(near, self.size - near)

    def inside(self, center: Image, sigma: Floats) -> Floats:
        """Phi(m / sigma) - Phi(-w / sigma), with m and w the distances to the faces."""
        from scipy.special import ndtr

        near = self.coordinates(center)[0] - self.distance
        return np.asarray(ndtr(near / sigma) - ndtr((near - self.size) / sigma))


class Corner(Region):
    """What lies within an angle of a plane, with its tip towards the middle of the box; above 180 degrees not convex.

    Args:
        shape: Shape of an image.
        distance: Of the tip from the middle of the box.
        angle: In degrees, between 0 and 360.
        size: Shift of the tip to the side: the nearest point is then on one face, `size` away from the tip.
    """

    def __init__(self, shape: Shape, distance: float, angle: float, size: float = 0.0) -> None:
        super().__init__(shape, 2)
        half = radians(angle / 2)
        turn = 0.0 if size == 0 else radians(90) - half  # a face stands across the way to it
        normals = [[sin(half + turn), cos(half + turn)], [sin(half - turn), -cos(half - turn)]]
        self.register_buffer("normals", torch.tensor(normals, dtype=torch.float64), persistent=False)
        self.tip, self.angle = (distance, size), angle

    normals: torch.Tensor

    def faces(self, image: Images) -> torch.Tensor:
        """Signed distances to the two faces' planes: shape [image, 2]."""
        tip = torch.tensor(self.tip, dtype=image.dtype, device=image.device)
        return (self.along(image) - tip) @ self.normals.T.to(image.dtype)

    def depth(self, image: Images) -> torch.Tensor:
        """Distance to the nearer plane inside; a lower bound of the distance outside."""
        faces = self.faces(image)
        return faces.amin(1) if self.angle <= 180 else faces.amax(1)

    def inside(self, center: Image, sigma: Floats) -> Floats:
        """A bivariate normal probability; at the tip it is the angle's share of the circle."""
        first, second = self.faces(center[None].double())[0].tolist()
        correlation = float(self.normals[0] @ self.normals[1])
        if self.angle <= 180:
            return both_below(first / sigma, second / sigma, correlation)
        return 1 - both_below(-first / sigma, -second / sigma, correlation)

    def bends(self, center: Image) -> Mapping[str, float]:
        """With the center at the tip, c0 = Phi^-1(angle / 360)."""
        from scipy.special import ndtri

        at_tip = float(np.linalg.norm(self.coordinates(center)[:2] - self.tip)) < AT_TIP * self.tip[0]
        return {"kappa": 0.0, "c0": float(ndtri(self.angle / 360))} if at_tip else {}


class Stripes(Region):
    """Parallel stripes on both sides of a gap around the middle of the box: a shattered region.

    Args:
        shape: Shape of an image.
        distance: Of the first stripes from the middle of the box.
        size: Period of the stripes.
        share: Share of a period that is inside.
    """

    def __init__(self, shape: Shape, distance: float, size: float, share: float) -> None:
        super().__init__(shape, 1)
        self.distance, self.period, self.share_inside = distance, size, share

    def depth(self, image: Images) -> torch.Tensor:
        """Distance to the nearest edge of a stripe."""
        beyond = self.along(image)[:, 0].abs() - self.distance
        place, width = torch.remainder(beyond, self.period), self.share_inside * self.period
        within = torch.minimum(place, width - place)
        between = -torch.minimum(place - width, self.period - place)
        return torch.where(beyond < 0, beyond, torch.where(place < width, within, between))

    def inside(self, center: Image, sigma: Floats) -> Floats:
        """The sum over the stripes of differences of Phi."""
        from scipy.special import ndtr

        place = self.coordinates(center)[0]
        reach = abs(place) + TAIL * float(np.max(sigma))
        first = self.distance + self.period * np.arange(max(1, ceil((reach - self.distance) / self.period)))
        last, scale = first + self.share_inside * self.period, np.asarray(sigma)[..., None]
        right = ndtr((last - place) / scale) - ndtr((first - place) / scale)
        left = ndtr((last + place) / scale) - ndtr((first + place) / scale)
        return np.asarray((right + left).sum(-1))
