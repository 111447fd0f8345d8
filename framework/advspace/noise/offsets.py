"""Offsets from a center: noise images with their norms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch

from advspace.shapes import Draws, Image, PerImage, Points, Probes


class Applied(NamedTuple):
    """The offsets from a center after the box policy, one row per cell and one column per probe.

    Args:
        total: Sum over the pixels.
        norm: Euclidean norm.
        moved: Number of pixels that the box moved.
    """

    total: Probes
    norm: Probes
    moved: Probes


@dataclass(frozen=True)
class Offsets:
    """Noise images `base + factor * unit`; their sums and norms are computed from those of `unit`, without the pixels.

    Args:
        unit: Noise images as drawn.
        total: Sum over the pixels of each image.
        norm: Euclidean norm of each image; None to compute it when it is needed.
        base: Image added to each; None for none.
        along: Inner product of each image with `base`.
    """

    unit: Draws
    total: PerImage
    norm: PerImage | None
    base: Image | None = None
    along: PerImage | None = None

    @classmethod
    def of(cls, unit: Draws, base: Image | None = None, *, measured: bool = True) -> "Offsets":
        """Sum noise images; take their norms now if they are `measured`."""
        total = unit.sum((1, 2, 3))
        if not measured:
            return cls(unit, total, None, base)
        along = None if base is None else (unit * base).sum((1, 2, 3))
        return cls(unit, total, norms(unit), base, along)

    def __len__(self) -> int:
        return self.unit.shape[0]

    def contiguous(self, memory_format: torch.memory_format) -> "Offsets":
        """The same noise in that memory format."""
        if self.unit.is_contiguous(memory_format=memory_format):
            return self
        return replace(self, unit=self.unit.contiguous(memory_format=memory_format))

    def first(self, count: int) -> "Offsets":
        """The first `count` images."""
        return self if count >= len(self) else self._part(slice(count))

    def split(self, most: int) -> Iterator["Offsets"]:
        """Parts of at most `most` images."""
        if len(self) <= most:
            return iter((self,))
        return (self._part(slice(first, first + most)) for first in range(0, len(self), most))

    def _part(self, part: slice) -> "Offsets":
        norm = None if self.norm is None else self.norm[part]
        along = None if self.along is None else self.along[part]
        return replace(self, unit=self.unit[part], total=self.total[part], norm=norm, along=along)

    def add_to(self, center: Image, factors: Sequence[float], out: Points) -> None:
        """Write `center` plus each offset into `out`, one row of cells per factor."""
        for factor, points in zip(factors, out.unbind(), strict=True):
            torch.add(center, self.unit, alpha=factor, out=points)
        if self.base is not None:
            out.add_(self.base)

    def applied(self, factors: Sequence[float]) -> Applied:
        """Sums and norms of the offsets without a box, one row per factor."""
        if self.norm is None:
            return Offsets.of(self.unit, self.base).applied(factors)
        each = torch.tensor(factors, dtype=self.norm.dtype, device=self.norm.device)[:, None]
        total, norm = self.total * each, self.norm * each
        moved = torch.zeros_like(norm)
        if self.base is None or self.along is None:
            return Applied(total, norm, moved)
        squares = norm.square() + 2 * each * self.along + self.base.square().sum()
        return Applied(total + self.base.sum(), squares.clamp_min(0).sqrt(), moved)


def norms(images: Draws) -> PerImage:
    """Euclidean norm of each image."""
    result: PerImage = torch.linalg.vector_norm(images, dim=(1, 2, 3))
    return result
