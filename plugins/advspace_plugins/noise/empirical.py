"""Noise drawn from the distortion's own histogram: the paper's second distribution."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from advspace import Noise
from advspace.checks import one_of
from advspace.distortion import deviation
from advspace.noise.contract import MEANS, centre, spread
from advspace.of_last import of_last
from advspace.shapes import Draws, Image

POOLS = ("all", "channel")


@dataclass(frozen=True)
class Empirical(Noise):
    """Pixel values of the distortion, drawn with replacement, centred and scaled.

    Args:
        pool: `all` draws from the values of all channels together, as the authors do; `channel` draws each channel from
            its own values.
        mean: `zero`, or `distortion`: the mean of the distortion, the same at every scale.

    Source: Tabacof & Valle 2015, arXiv:1510.05328 (the distortion's histogram).  Departure: any scale, not only 1.
    """

    affine: ClassVar[bool] = True

    pool: str = "all"
    mean: str = "zero"

    def __post_init__(self) -> None:
        one_of("pool", self.pool, POOLS)
        one_of("mean", self.mean, MEANS)

    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw pixel values of the distortion; their standard deviation is scale x sd."""
        pools, present = _centred(distortion, self.pool)
        wanted = spread(distortion, scale)
        values = pools * (wanted / present if present > 0 else 0.0) + centre(distortion, self.mean)
        size = distortion.numel() // len(values)
        index = torch.randint(size, (len(values), draws * size), generator=generator, device=distortion.device)
        drawn = torch.empty_like(index, dtype=values.dtype)
        for pool, each, out in zip(values, index, drawn, strict=True):
            torch.index_select(pool, 0, each, out=out)  # half the time of a gather over all pools
        return drawn.reshape(len(values), draws, size).transpose(0, 1).reshape(draws, *distortion.shape)


@of_last
def _centred(distortion: Image, pool: str) -> tuple[torch.Tensor, float]:
    """The values to draw from, minus their mean: a row for each pool; and their standard deviation."""
    pools = distortion.flatten()[None] if pool == "all" else distortion.flatten(1)
    pools = pools - pools.mean(1, keepdim=True)
    return pools, deviation(pools[None])
