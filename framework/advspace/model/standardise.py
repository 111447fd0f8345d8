"""The paper's preprocessing, as a layer of the network."""

import torch
from torch import nn

from advspace.shapes import Images


class Standardise(nn.Module):
    """Subtract one mean and divide by one standard deviation, both taken from the training images.

    Source: Tabacof & Valle 2015, arXiv:1510.05328 (inputs standardised by one global mean and deviation).
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("deviation", torch.ones(()))

    def forward(self, image: Images) -> Images:
        """Standardise `image`."""
        return (image - self.mean) / self.deviation

    def measure(self, image: Images) -> None:
        """Set the mean and the deviation to those of `image`."""
        self.mean = image.mean().to(self.mean)
        self.deviation = image.std(correction=0).clamp_min(1e-6).to(self.deviation)
