"""Offsets from a center: noise images with their norms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import torch

from advspace.shapes import Draws, Image, PerImage, Probes


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
        base: Image added to each; None for none.
    """

    unit: Draws
    total: PerImage
    base: Image | None = None

    @classmethod
    def of(cls, unit: Draws, base: Image | None = None) -> "Offsets":
        """Noise images with their sums."""
        return cls(unit, unit.sum((1, 2, 3)), base)

    @cached_property
    def norm(self) -> PerImage:
        """Euclidean norm of each image of `unit`; computed when it is needed."""
        result: PerImage = torch.linalg.vector_norm(self.unit, dim=(1, 2, 3))
        return result

    @cached_property
    def along(self) -> PerImage | None:
        """Inner product of each image of `unit` with `base`, if there is one."""
        return None if self.base is None else (self.unit * self.base).sum((1, 2, 3))

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
        return Offsets(self.unit[part], self.total[part], self.base)

    def add_to(self, center: Image, factor: float, out: Draws) -> None:
        """Write `center` plus each offset into `out`."""
        around = center if self.base is None else center + self.base
        torch.add(around, self.unit, alpha=factor, out=out)

    def applied(self, factors: Sequence[float]) -> Applied:
        """Sums and norms of the offsets without a box, one row per factor."""
        each = torch.tensor(factors, dtype=self.norm.dtype, device=self.norm.device)[:, None]
        total, norm = self.total * each, self.norm * each
        moved = torch.zeros_like(norm)
        if self.base is None or self.along is None:
            return Applied(total, norm, moved)
        squares = norm.square() + 2 * each * self.along + self.base.square().sum()
        return Applied(total + self.base.sum(), squares.clamp_min(0).sqrt(), moved)
