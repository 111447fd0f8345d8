"""Laplace noise, independent per pixel."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import torch

from advspace import Noise
from advspace.checks import one_of
from advspace.noise.contract import MEANS, blank, centre, spread
from advspace.shapes import Draws, Image


@dataclass(frozen=True)
class Laplace(Noise):
    """Laplace noise: heavier tails than the Gaussian (excess kurtosis 3), as many distortions have.

    Args:
        mean: `zero`, or `distortion`: the mean of the distortion, the same at every scale.
    """

    affine: ClassVar[bool] = True
    symmetric: ClassVar[bool] = True

    mean: str = "zero"

    def __post_init__(self) -> None:
        one_of("mean", self.mean, MEANS)

    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw from the Laplace distribution of standard deviation scale x sd: an exponential with a random sign."""
        noise = blank(distortion, draws).exponential_(1.0, generator=generator)
        sign = blank(distortion, draws).bernoulli_(0.5, generator=generator).mul_(2).sub_(1)
        return noise.mul_(sign).mul_(spread(distortion, scale) / sqrt(2)).add_(centre(distortion, self.mean))
