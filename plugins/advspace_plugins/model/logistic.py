"""Softmax regression: the paper's shallow classifier."""

from dataclasses import dataclass
from math import prod

from torch import nn

from advspace import Model, Standardise
from advspace.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class Logistic(Model):
    """One linear layer on standardised pixels, for images of any shape."""

    epochs: int = 20
    learning_rate: float = 1e-2
    weight_decay: float = 0.1
    train_batch_size: int = 64

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """Standardise, flatten, one linear layer."""
        return nn.Sequential(Standardise(), nn.Flatten(), nn.Linear(prod(shape), classes))
