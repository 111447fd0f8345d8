"""A region as a network: class 1 inside, class 0 outside, with the exact share of noisy images inside."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import prod

import numpy as np
import torch
from torch import nn

from advspace.shapes import Image, Images, Logits, Shape
from advspace.statistics.interval import Floats

MIDDLE = 0.5
"""Every pixel of the middle of the box, from which distances are told."""
INSIDE = 1


class Region(nn.Module, ABC):
    """Two logits: 0, and the depth inside the region.

    Args:
        shape: Shape of an image.
        directions: Number of orthonormal directions that the region depends on.
    """

    axes: torch.Tensor

    def __init__(self, shape: Shape, directions: int) -> None:
        super().__init__()
        self.dimension = prod(shape)
        self.register_buffer("axes", waves(self.dimension, directions).float(), persistent=False)

    @abstractmethod
    def depth(self, image: Images) -> torch.Tensor:
        """Distance to the nearest boundary, positive inside the region: shape [image], in pixel values (L2)."""

    @abstractmethod
    def inside(self, center: Image, sigma: Floats) -> Floats:
        """Exact share of center + sigma z, z ~ N(0, I), inside the region."""

    def shape(self, center: Image) -> Mapping[str, float]:
        """The center's depth `m`, `kappa` and `c0`, as in `half_space`; empty where they have no meaning."""
        bends = self.bends(center)
        return {"m": float(self.depth(center[None].double())), **bends} if bends else {}

    def bends(self, center: Image) -> Mapping[str, float]:
        """`kappa`, half the trace of the boundary's curvature, and `c0`, what a corner adds; empty if there is more."""
        del center
        return {}

    def forward(self, image: Images) -> Logits:
        """Logits of outside and inside."""
        depth = self.depth(image)
        return torch.stack((torch.zeros_like(depth), depth), 1)

    def share(self, center: Image, kept: int, sigma: Floats) -> Floats:
        """Exact share of the noisy images with the class `kept`; see `advspace.model.known_answer`."""
        inside = np.clip(self.inside(center, sigma), 0.0, 1.0)  # differences of probabilities are rounded
        return inside if kept == INSIDE else 1 - inside

    def clipped_share(self, center: Image, kept: int, sigma: Floats) -> Floats | None:
        """None: after the clip it is not known."""
        del center, kept, sigma
        return None

    def along(self, image: Images) -> torch.Tensor:
        """Coordinates along the axes, from the middle of the box: shape [image, axis]."""
        result: torch.Tensor = (image.flatten(1) - MIDDLE) @ self.axes.T.to(image.dtype)
        return result

    def coordinates(self, center: Image) -> Floats:
        """Coordinates of one center, in double precision."""
        return self.along(center[None].double())[0].cpu().numpy().astype(np.float64)


def waves(dimension: int, count: int) -> torch.Tensor:
    """The first cosine waves over all pixels, without the constant: orthonormal rows, shape [count, dimension].

    Each has mean zero and spreads a distance evenly over the pixels, so that the box is far away.
    """
    at, frequency = torch.arange(dimension, dtype=torch.float64) + 0.5, torch.arange(1, count + 1, dtype=torch.float64)
    result: torch.Tensor = (2 / dimension) ** 0.5 * torch.cos(torch.pi / dimension * frequency[:, None] * at)
    return result
