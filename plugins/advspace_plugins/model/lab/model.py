"""The laboratory of regions with a known answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from advspace import AdvspaceError, Model
from advspace.checks import above, at_least, one_of
from advspace.model.known_answer import KnownAnswer
from advspace.shapes import Shape
from advspace_plugins.model.lab.flat import Corner, Slab, Stripes
from advspace_plugins.model.lab.linear import Linear
from advspace_plugins.model.lab.region import MIDDLE, waves
from advspace_plugins.model.lab.round import Ball, Outside, Ring

RIGHT = 90.0


@dataclass(frozen=True, kw_only=True)
class Lab(Model):
    """A region of known shape: class 1 is inside, class 0 outside, and the share of noisy images inside is known.

    The region lies at `distance` from the middle of the box, across the first of some cosine waves over the pixels.
    Noise that is not clipped leaves the box, and meets the region there too.

    Args:
        region: `half_space`; `ball`, `outside` of a ball, `cylinder` over a ball of `curved` dimensions; `slab`;
            `wedge` of 90 degrees, met `size` beside its corner; `corner` of `angle`, met at its tip; `stripes` on both
            sides of the middle; `ring` in a plane, around the middle; or `linear`: a linear classifier of all classes.
        distance: Of the region from the middle of the box, in pixel values (L2).
        size: Radius, thickness, period of the stripes, or width of the ring; null for one that fits the distance.
        curved: Curved dimensions of the cylinder.
        angle: Angle of the corner, in degrees; above 180 it is not convex.
        share: Share of the stripes' period that is inside.
    """

    region: str = "half_space"
    distance: float = 1.0
    size: float | None = None
    curved: int = 8
    angle: float = 60.0
    share: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("region", self.region, tuple(SIZES))
        above("distance", self.distance, 0)
        if self.size is not None:
            above("size", self.size, 0)
        at_least("curved", self.curved, 2)
        for name, value, most in (("angle", self.angle, 360), ("share", self.share, 1)):
            if not 0 < value < most:
                raise AdvspaceError(f"{name} must be between 0 and {most}, got {value:g}")

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """The region as a network without weights.

        Raises:
            AdvspaceError: the box ends before the region, or the region needs more dimensions or other classes.
        """
        channels, height, width = shape
        dimension = channels * height * width
        if dimension <= self.curved:
            raise AdvspaceError(f"the lab needs images of more than curved={self.curved} values, got {dimension}")
        reach = MIDDLE * float(waves(dimension, 1).abs().sum())
        if self.distance >= reach:
            raise AdvspaceError(
                f"distance must be below {reach:.3g}, where the box of {dimension} values ends, got {self.distance:g}"
            )
        if self.region != "linear" and classes != 2:
            raise AdvspaceError(f"region={self.region} has two classes, got {classes}; set dataset.class_count=2")
        network: nn.Module = self._built(shape, classes)
        if int(network(torch.full((1, *shape), MIDDLE)).argmax()):
            raise AdvspaceError(
                f"the middle of the box must be outside the region, and is inside with size={self._size:g} and "
                f"distance={self.distance:g}; take size >= distance"
            )
        return network

    def known_answer(self, shape: Shape, classes: int) -> KnownAnswer:
        """The same network, which knows its shares."""
        network: Any = self.network(shape, classes)
        return network  # type: ignore[no-any-return]

    @property
    def trained(self) -> bool:
        """There is nothing to train."""
        return True

    @property
    def _size(self) -> float:
        return SIZES[self.region] * self.distance if self.size is None else self.size

    def _built(self, shape: Shape, classes: int) -> nn.Module:
        at, size = self.distance, self._size
        made: dict[str, Callable[[], nn.Module]] = {
            "half_space": lambda: Linear(shape, at, 2),
            "linear": lambda: Linear(shape, at, classes),
            "ball": lambda: Ball(shape, at, size),
            "outside": lambda: Outside(shape, at, size),
            "cylinder": lambda: Ball(shape, at, size, self.curved),
            "slab": lambda: Slab(shape, at, size),
            "wedge": lambda: Corner(shape, at, RIGHT, size),
            "corner": lambda: Corner(shape, at, self.angle),
            "stripes": lambda: Stripes(shape, at, size, self.share),
            "ring": lambda: Ring(shape, at, size),
        }
        return made[self.region]()


SIZES = {
    **{"half_space": 1.0, "linear": 1.0, "corner": 1.0},  # without a size
    **{"ball": 10.0, "outside": 10.0, "cylinder": 1.0},
    **{"slab": 0.25, "wedge": 0.25, "stripes": 0.25, "ring": 0.5},
}
"""Size of each region as a multiple of its distance, if none is set."""
