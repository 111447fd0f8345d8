"""Noise drawn from the distortion's own histogram: the paper's second distribution."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from advspace import Noise
from advspace.checks import one_of
from advspace.distortion import deviation
from advspace.noise.contract import MEANS, centre, spread
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
        wanted = spread(distortion, scale)
        pools = distortion.flatten()[None] if self.pool == "all" else distortion.flatten(1)
        pools = pools - pools.mean(1, keepdim=True)
        present = deviation(pools[None])
        values = pools * (wanted / present if present > 0 else 0.0) + centre(distortion, self.mean)
        size = distortion.numel() // len(values)
        index = torch.randint(size, (len(values), draws, size), generator=generator, device=distortion.device)
        drawn = values.gather(1, index.flatten(1)).reshape(len(values), draws, size)
        return drawn.transpose(0, 1).reshape(draws, *distortion.shape)
