"""Size and moments of distortions."""

from dataclasses import dataclass

import numpy as np
import torch

from advspace.of_last import of_last
from advspace.shapes import Image


@dataclass(frozen=True)
class Moments:
    """Norm and moments of a distortion, over all pixels and channels (population); pixels are in [0, 1].

    Args:
        l2: Euclidean norm.
        rms: Root of the mean square: l2 / sqrt(pixels).
        mean: Mean.
        sd: Standard deviation.
        skewness: Third standardised moment.
        excess_kurtosis: Fourth standardised moment minus 3.
    """

    l2: float
    rms: float
    mean: float
    sd: float
    skewness: float
    excess_kurtosis: float


def moments(distortion: Image) -> Moments:
    """Measure a distortion; skewness and kurtosis of a constant one are NaN."""
    values = distortion.double().flatten()
    mean = values.mean()
    centred = values - mean
    variance = centred.square().mean()
    sd = variance.sqrt()
    return Moments(
        l2=values.norm().item(),
        rms=values.square().mean().sqrt().item(),
        mean=mean.item(),
        sd=sd.item(),
        skewness=(centred.pow(3).mean() / sd.pow(3)).item(),
        excess_kurtosis=(centred.pow(4).mean() / variance.square() - 3).item(),
    )


@of_last
def deviation(distortion: Image) -> float:
    """Standard deviation (population) of a distortion; the scale of a noise is in units of it."""
    return float(distortion.double().std(correction=0))


def standardised(pair: dict[str, torch.Tensor]) -> np.ndarray:
    """Pixels of a distortion, minus their mean, in units of their standard deviation."""
    distortion = (pair["adversarial"] - pair["image"]).flatten()
    values = distortion.double()
    mean = values.mean()
    sd = (values - mean).square().mean().sqrt()  # as in `moments`, whose other moments take five times as long
    return ((distortion - mean.item()) / max(sd.item(), 1e-12)).numpy()


FITTING = 0.999


def amplified(distortion: torch.Tensor) -> tuple[torch.Tensor, float]:
    """The distortion around mid-grey, amplified until 99.9 % of its pixels just fit into the box; and the gain.

    With a smaller gain, so that the strongest pixels fit too, the rest of a photograph's distortion would be grey.
    """
    largest = float(np.quantile(distortion.abs().numpy(), FITTING, method="higher"))
    gain = 0.5 / max(largest, 1e-12)
    return (0.5 + gain * distortion).clamp(0, 1), gain
