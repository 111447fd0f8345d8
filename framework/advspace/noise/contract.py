"""The noise contract: random images, scaled relative to a distortion."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch

from advspace.checks import at_least, one_of
from advspace.distortion import deviation
from advspace.of_last import of_last
from advspace.shapes import Draws, Image

MEANS = ("zero", "distortion")


class Noise(ABC):
    """A distribution of random images.

    A class sets `affine = True` if its noise is linear in the scale: from equal generators, sample(scale) = sample(0) +
    scale x (sample(1) - sample(0)), and sample(0) is the same image for all draws.  Then one set of draws is used for
    all scales.  Else each scale is drawn separately, which gives the same result more slowly.

    The noise at scale 0 is its mean: the same image for every draw, and the mean at every other scale too.

    A class sets `symmetric = True` if its noise is symmetric about its mean: mean + z is as likely as mean - z.  Then
    draws may come in pairs.
    """

    affine: ClassVar[bool] = False
    symmetric: ClassVar[bool] = False

    @abstractmethod
    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        """Draw noise with mean zero (by default) and standard deviation `scale` x `sd(distortion)`.

        Args:
            distortion: Distortion that the scale refers to; it gives shape, device and number type.
            scale: Standard deviation, in units of the distortion's standard deviation, >= 0.
            draws: Number of noise images.
            generator: The only source of random numbers, on the distortion's device.

        Raises:
            AdvspaceError: `scale` is negative.
        """

    def sd(self, distortion: Image) -> float:
        """Standard deviation (population) of the noise at scale 1, over draws and pixels, around its mean.

        By default it is that of `distortion`.  A noise that takes parts of the image by themselves overrides this.

        Args:
            distortion: Distortion that the scale refers to.
        """
        return deviation(distortion)


def spread(distortion: Image, scale: float) -> float:
    """Standard deviation of noise at a scale, in pixel values.

    Raises:
        AdvspaceError: `scale` is negative.
    """
    at_least("scale", scale, 0)
    return scale * deviation(distortion)


@of_last
def centre(distortion: Image, mean: str) -> float:
    """Mean of a noise: `zero`, or `distortion` for the distortion's mean (unscaled at every scale, as the authors').

    Raises:
        AdvspaceError: `mean` is neither of them.
    """
    one_of("mean", mean, MEANS)
    return float(distortion.double().mean()) if mean == "distortion" else 0.0


def blank(distortion: Image, draws: int) -> Draws:
    """Uninitialised memory for `draws` noise images with the shape of `distortion`."""
    return torch.empty((draws, *distortion.shape), dtype=distortion.dtype, device=distortion.device)
