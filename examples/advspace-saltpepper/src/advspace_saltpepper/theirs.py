"""A network with one hidden layer."""

from dataclasses import dataclass
from math import prod

from torch import nn

from advspace import AdvspaceError, Model, Standardise
from advspace.shapes import Images, Logits, Shape


class HiddenLayer(nn.Module):
    """Standardised pixels, one hidden layer, logits.

    Args:
        pixels: Pixels of an image, over all channels.
        hidden: Units of the hidden layer.
        classes: Number of classes.
    """

    def __init__(self, pixels: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.standardise = Standardise()  # training sets its mean and standard deviation
        self.hidden = nn.Linear(pixels, hidden)
        self.logits = nn.Linear(hidden, classes)

    def forward(self, image: Images) -> Logits:
        """Logits of `image`, pixels in the box."""
        logits: Logits = self.logits(self.hidden(self.standardise(image).flatten(1)).tanh())
        return logits


@dataclass(frozen=True, kw_only=True)
class Theirs(Model):
    """A network with one hidden layer, for images of any shape.

    Args:
        hidden: Units of the hidden layer, >= 1.
    """

    hidden: int = 64
    epochs: int = 10
    learning_rate: float = 5e-3

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.hidden < 1:
            raise AdvspaceError(f"hidden must be >= 1, got {self.hidden}")

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """Build the network."""
        return HiddenLayer(prod(shape), self.hidden, classes)
