"""Draws around a point of a region with a known answer, as pairs of mirror images."""

import numpy as np
import torch

from advspace.statistics.rays import Rays
from advspace_plugins.model.lab.model import Lab

SHAPE = (1, 8, 8)
SCALES = 2.0 ** np.arange(-5, 6)
LENGTH = 8.0
"""Length of a distortion of 64 values, in units of its standard deviation."""


def lab_rays(lab: Lab, draws: int, repeats: int, *, depth: float = 0.0, pairs: bool = True, seed: int = 0):
    """Rays around a center at a depth (a share of the distance), several times; and exact shares.

    The distance is 1, so the distortion's deviation is (1 + depth) / 8.
    """
    network = lab.known_answer(SHAPE, 2)
    axis = network.weight[1] if hasattr(network, "weight") else network.axes[0]
    center, deviation = (0.5 + (1 + depth + 2e-5) * axis).view(SHAPE), (1 + depth) / LENGTH
    generator = torch.Generator().manual_seed(seed)
    result = []
    for _ in range(repeats):
        noise = torch.randn(draws // (1 + pairs), *SHAPE, generator=generator)
        noise = torch.stack((noise, -noise), 1).flatten(0, 1) if pairs else noise
        kept = [network(center + deviation * float(scale) * noise).argmax(1) == 1 for scale in SCALES]
        result.append(Rays.of(torch.stack(kept, 1).numpy(), pairs=pairs))
    return result, network.share(center, 1, deviation * SCALES)
