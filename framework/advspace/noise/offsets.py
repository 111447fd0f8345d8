"""Offsets from a center: noise images with their norms."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch

from advspace.shapes import Draws, Image, PerImage


class Applied(NamedTuple):
    """The offsets from a center after the box policy, one entry per probe.

    Args:
        total: Sum over the pixels.
        norm: Euclidean norm.
        moved: Number of pixels that the box moved.
    """

    total: PerImage
    norm: PerImage
    moved: PerImage


@dataclass(frozen=True)
class Offsets:
    """Noise images `base + factor * unit`; their sums and norms are computed from those of `unit`, without the pixels.

    Args:
        unit: Noise images as drawn.
        total: Sum over the pixels of each image.
        norm: Euclidean norm of each image.
        base: Image added to each; None for none.
        along: Inner product of each image with `base`.
    """

    unit: Draws
    total: PerImage
    norm: PerImage
    base: Image | None = None
    along: PerImage | None = None

    @classmethod
    def of(cls, unit: Draws, base: Image | None = None) -> "Offsets":
        """Measure noise images."""
        along = None if base is None else (unit * base).sum((1, 2, 3))
        return cls(unit, unit.sum((1, 2, 3)), norms(unit), base, along)

    def __len__(self) -> int:
        return self.unit.shape[0]

    def contiguous(self, memory_format: torch.memory_format) -> "Offsets":
        """The same noise in that memory format."""
        return replace(self, unit=self.unit.contiguous(memory_format=memory_format))

    def first(self, count: int) -> "Offsets":
        """The first `count` images."""
        return self._part(slice(count))

    def split(self, most: int) -> Iterator["Offsets"]:
        """Parts of at most `most` images."""
        return (self._part(slice(first, first + most)) for first in range(0, len(self), most))

    def _part(self, part: slice) -> "Offsets":
        along = None if self.along is None else self.along[part]
        return replace(self, unit=self.unit[part], total=self.total[part], norm=self.norm[part], along=along)

    def add_to(self, center: Image, factor: float, out: Draws) -> None:
        """Write `center` plus each offset into `out`."""
        torch.add(center, self.unit, alpha=factor, out=out)
        if self.base is not None:
            out.add_(self.base)

    def applied(self, factor: float) -> Applied:
        """Sums and norms of the offsets, without a box."""
        total, norm, moved = self.total * factor, self.norm * factor, torch.zeros_like(self.norm)
        if self.base is None or self.along is None:
            return Applied(total, norm, moved)
        squares = norm.square() + 2 * factor * self.along + self.base.square().sum()
        return Applied(total + self.base.sum(), squares.clamp_min(0).sqrt(), moved)


def norms(images: Draws) -> PerImage:
    """Euclidean norm of each image."""
    result: PerImage = torch.linalg.vector_norm(images, dim=(1, 2, 3))
    return result
