"""Uniform noise, independent per pixel."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

import torch

from advspace import Noise
from advspace.checks import one_of
from advspace.noise.contract import MEANS, blank, centre, spread
from advspace.shapes import Draws, Image


@dataclass(frozen=True)
class Uniform(Noise):
    """Uniform noise between mean - sqrt(3) sd and mean + sqrt(3) sd: lighter tails than the Gaussian.

    Args:
        mean: `zero`, or `distortion`: the mean of the distortion, the same at every scale.
    """

    affine: ClassVar[bool] = True
    symmetric: ClassVar[bool] = True

    mean: str = "zero"

    def __post_init__(self) -> None:
        one_of("mean", self.mean, MEANS)

    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw from the uniform distribution of standard deviation scale x sd."""
        half = sqrt(3) * spread(distortion, scale)
        middle = centre(distortion, self.mean)
        return blank(distortion, draws).uniform_(-1, 1, generator=generator).mul_(half).add_(middle)
