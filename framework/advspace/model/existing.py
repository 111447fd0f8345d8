"""A network of the user's, as a model without a plugin."""

from copy import deepcopy
from dataclasses import dataclass

from torch import nn

from advspace.model.contract import Model, freeze
from advspace.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class GivenNetwork(Model):
    """A network of the user's.

    Args:
        given: Pixels in [0, 1] to logits; it is copied and never changed.
    """

    given: nn.Module

    @property
    def trained(self) -> bool:
        """True: it has its weights."""
        return True

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """A frozen copy of the network."""
        del shape, classes
        return freeze(deepcopy(self.given).cpu())
