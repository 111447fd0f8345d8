"""Draws that are shared by all scales, as rays: where each leaves the region, and whether it comes back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rays:
    """Counts of the rays around one center.

    Args:
        draws: Number of rays.
        kept: Rays in the region at each scale, shape [scale].
        exits: Rays that are out for the first time at each scale; the last entry counts those that never are.
        returning: Rays that come back after they were out; of pairs, those of which a ray does.
        lost_twice: Rays that come back and are lost again; or pairs of which a ray is.
        neither: Pairs of mirror images with none in the region at each scale; empty without pairs.
        both: Pairs with both in the region.
    """

    draws: int
    kept: Counts
    exits: Counts
    returning: int
    lost_twice: int
    neither: Counts
    both: Counts

    @property
    def paired(self) -> bool:
        """Whether the rays come in pairs of mirror images."""
        return len(self.both) > 0

    @property
    def units(self) -> int:
        """Number of independent units: pairs, or rays."""
        return self.draws // 2 if self.paired else self.draws

    @classmethod
    def of(cls, kept: NDArray[np.bool_], *, pairs: bool) -> "Rays":
        """Count the rays.

        Args:
            kept: Whether each ray is in the region at each scale, shape [ray, scale]; scales grow.
            pairs: Whether rays 2i and 2i + 1 are mirror images; a last ray without its mirror image is left out.
        """
        rays = kept[: len(kept) // 2 * 2] if pairs else kept
        scales, before, after = rays.shape[1], rays[:, :-1], rays[:, 1:]
        back: NDArray[np.bool_] = np.asarray((~before & after).any(1))
        twice: NDArray[np.bool_] = back & ((before & ~after).sum(1) + ~rays[:, 0] > 1)
        one, other, none = rays[::2], rays[1::2], np.zeros(0, np.int64)
        return cls(
            draws=len(rays),
            kept=rays.sum(0),
            exits=np.bincount(np.where(rays.all(1), scales, rays.argmin(1)), minlength=scales + 1),
            returning=_units(back, pairs),
            lost_twice=_units(twice, pairs),
            neither=(~one & ~other).sum(0) if pairs else none,
            both=(one & other).sum(0) if pairs else none,
        )


def _units(flags: NDArray[np.bool_], pairs: bool) -> int:
    """Number of rays with a flag, or of pairs of which a ray has it."""
    return int((flags[::2] | flags[1::2]).sum() if pairs else flags.sum())
