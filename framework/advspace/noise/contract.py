"""The noise contract: random images scaled to a distortion."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch

from advspace.checks import at_least, one_of
from advspace.distortion import deviation
from advspace.shapes import Draws, Image

MEANS = ("zero", "distortion")


class Noise(ABC):
    """A distribution of random images.

    A class whose noise at every scale is one noise, multiplied, says so by `affine = True`: from equal generators,
    sample(scale) = sample(0) + scale x (sample(1) - sample(0)), and sample(0) is one image for all draws.  Then one set
    of draws serves all scales; without it each scale is drawn by itself, which is only slower.
    """

    affine: ClassVar[bool] = False

    @abstractmethod
    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw noise of mean zero (unless asked otherwise) and standard deviation `scale` x that of `distortion`.

        Args:
            distortion: What the noise is measured by; gives shape, device and number type.
            scale: Standard deviation in units of the distortion's own, >= 0.
            draws: Number of noise images.
            generator: The only source of random numbers, on the distortion's device.

        Raises:
            AdvspaceError: `scale` is negative.
        """


def spread(distortion: Image, scale: float) -> float:
    """Standard deviation of a noise of that scale.

    Raises:
        AdvspaceError: `scale` is negative.
    """
    at_least("scale", scale, 0)
    return scale * deviation(distortion)


def centre(distortion: Image, mean: str) -> float:
    """Mean of a noise: `zero`, or that of the `distortion` (as the authors: at every scale, unscaled).

    Raises:
        AdvspaceError: `mean` is neither.
    """
    one_of("mean", mean, MEANS)
    return float(distortion.double().mean()) if mean == "distortion" else 0.0


def blank(distortion: Image, draws: int) -> Draws:
    """Memory for `draws` noise images shaped like `distortion`."""
    return torch.empty((draws, *distortion.shape), dtype=distortion.dtype, device=distortion.device)
