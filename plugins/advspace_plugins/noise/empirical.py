"""Noise drawn from the distortion's own histogram: the paper's second distribution."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from advspace import Noise
from advspace.checks import at_least, one_of
from advspace.noise.contract import MEANS
from advspace.noise.indices import uniform_indices
from advspace.of_last import of_last
from advspace.shapes import Draws, Image

POOLS = ("all", "channel")
Pools = Float[Tensor, "pools values"]
Values = Float[Tensor, " values"]


@dataclass(frozen=True)
class Empirical(Noise):
    """Pixel values of the distortion, drawn with replacement, centred and scaled.

    Args:
        pool: `all` draws from the values of all channels together, as the authors do.  `channel` draws each channel
            from its own values, with the channel's own mean and standard deviation.
        mean: `zero`, or `distortion`: the mean of the distortion (with `channel`, of each channel), the same at every
            scale.

    Source: Tabacof & Valle 2015, arXiv:1510.05328 (the distortion's histogram).  Departure: any scale, not only 1.
    """

    affine: ClassVar[bool] = True

    pool: str = "all"
    mean: str = "zero"

    def __post_init__(self) -> None:
        one_of("pool", self.pool, POOLS)
        one_of("mean", self.mean, MEANS)

    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw pixel values of the distortion; the standard deviation of each pool is scale x its own."""
        at_least("scale", scale, 0)
        pools = _values(distortion, self.pool, self.mean, scale)
        count = draws * len(pools[0])
        drawn = distortion.new_empty((len(pools), count))
        for pool, out in zip(pools, drawn.unbind(), strict=True):
            torch.index_select(pool, 0, uniform_indices(len(pool), count, generator), out=out)
        return drawn.view(len(pools), draws, -1).transpose(0, 1).reshape(draws, *distortion.shape)

    def sd(self, distortion: Image) -> float:
        """Standard deviation at scale 1: over all pixels, around the mean of each pool.

        With `channel` it is smaller than that of the distortion by the variance between the means of the channels.
        """
        pools = _pools(distortion, self.pool).double()
        return float(pools.var(1, correction=0).mean().sqrt())


@of_last
def _values(distortion: Image, pool: str, mean: str, scale: float) -> tuple[Values, ...]:
    """The values to draw from, pool by pool: minus the mean of their pool, times the scale, plus the noise's mean."""
    pools = _pools(distortion, pool)
    means = pools.double().mean(1, keepdim=True).to(pools.dtype)
    scaled = (pools - means) * scale
    return (scaled + means if mean == "distortion" else scaled).unbind()


def _pools(distortion: Image, pool: str) -> Pools:
    """The values to draw from, one row per pool: all channels together, or each by itself."""
    return distortion.flatten()[None] if pool == "all" else distortion.flatten(1)
