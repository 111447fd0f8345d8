"""The small convolutional network of the paper's authors for MNIST."""

from dataclasses import dataclass

from torch import nn

from advspace import AdvspaceError, Model, Standardise
from advspace.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class ConvNet(Model):
    """Two convolutions with pooling and two linear layers; needs images of at least 22 x 22.

    Args:
        dropout: Share of the last hidden layer that is dropped in training.

    Source: the layers of the authors' code (github.com/tabacof/adversarial), which has 32 x 32 images.  Departure: the
    training is AdamW with one cycle; theirs was plain SGD for 100 epochs.
    """

    epochs: int = 12
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    dropout: float = 0.5

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """Build the network for images of `shape`.

        Raises:
            AdvspaceError: the images are too small.
        """
        channels, height, width = shape
        rows, columns = _after_pooling(height), _after_pooling(width)
        if min(rows, columns) < 1:
            raise AdvspaceError(
                f"convnet needs images of at least 22 x 22, got {height} x {width}; "
                "choose another model, or pad the images (dataset.padding)"
            )
        return nn.Sequential(
            Standardise(),
            nn.Conv2d(channels, 32, 5),
            nn.ReLU(),
            nn.MaxPool2d(3),
            nn.Conv2d(32, 64, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(64 * rows * columns, 200),
            nn.ReLU(),
            nn.Dropout(self.dropout),
            nn.Linear(200, classes),
        )


def _after_pooling(side: int) -> int:
    return ((side - 4) // 3 - 4) // 2
