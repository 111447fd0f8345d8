"""Gaussian noise, independent per pixel: the paper's first distribution."""

from dataclasses import dataclass
from typing import ClassVar

import torch

from advspace import Noise
from advspace.checks import one_of
from advspace.noise.contract import MEANS, blank, centre, spread
from advspace.shapes import Draws, Image


@dataclass(frozen=True)
class Gaussian(Noise):
    """Normal noise.

    Args:
        mean: `zero`, or `distortion`: the mean of the distortion, the same at every scale (as the authors do).

    Source: Tabacof & Valle 2015, arXiv:1510.05328, section on methods.
    """

    affine: ClassVar[bool] = True
    symmetric: ClassVar[bool] = True

    mean: str = "zero"

    def __post_init__(self) -> None:
        one_of("mean", self.mean, MEANS)

    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw from N(mean, (scale x sd)^2)."""
        noise = blank(distortion, draws)
        return noise.normal_(centre(distortion, self.mean), spread(distortion, scale), generator=generator)
