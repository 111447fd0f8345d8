"""Classifiers whose share of noisy images kept is known exactly, so that estimators can be checked."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from advspace.shapes import Image, Shape
from advspace.statistics.interval import Floats


@runtime_checkable
class KnownAnswer(Protocol):
    """What is known about a classifier around a center."""

    def share(self, center: Image, kept: int, sigma: Floats) -> Floats:
        """Exact share of center + sigma z, z ~ N(0, I), with the class `kept`, at each sigma; not clipped."""

    def clipped_share(self, center: Image, kept: int, sigma: Floats) -> Floats | None:
        """The same after the clip to the box; None if it is not known."""

    def shape(self, center: Image) -> Mapping[str, float]:
        """Facts about the boundary near a center, by the names of the estimates that they are the truth of."""


@runtime_checkable
class HasKnownAnswer(Protocol):
    """A model plugin with a known answer."""

    def known_answer(self, shape: Shape, classes: int) -> KnownAnswer:
        """The known answer for images of `shape`."""
