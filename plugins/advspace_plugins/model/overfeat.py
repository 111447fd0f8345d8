"""OverFeat's sequence of layers, scaled to the size of the images."""

from dataclasses import dataclass

from torch import nn

from advspace import AdvspaceError, Model, Standardise
from advspace.checks import above
from advspace.shapes import Shape

CONVOLUTIONS = (96, 256, 512, 1024, 1024)
POOLED = (True, True, False, False, True)
LINEAR = (3072, 4096)
SMALLEST, LARGEST = 8, 64


@dataclass(frozen=True, kw_only=True)
class OverFeatLike(Model):
    """Five convolutions, the first, second and fifth of them pooled, then three fully connected layers.

    Args:
        width: Channels relative to OverFeat's fast net (96, 256, 512, 1024, 1024, 3072, 4096).
        dropout: Share dropped before each hidden linear layer in training.

    Source: Sermanet et al. 2013, arXiv:1312.6229, fast net.  Departures for small images: 3 x 3 kernels of stride 1
    with padding throughout, and fewer channels.
    """

    epochs: int = 20
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    train_batch_size: int = 64
    width: float = 0.125
    dropout: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        above("width", self.width, 0)

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """Build the net for images of `shape`.

        Raises:
            AdvspaceError: the images are smaller than 8 x 8 or larger than 64 x 64.
        """
        _, height, width = shape
        if min(height, width) < SMALLEST or max(height, width) > LARGEST:
            raise AdvspaceError(
                f"overfeat_like needs images of 8 x 8 to 64 x 64, got {height} x {width}; choose another model"
            )
        features = [layer for stage in self._convolutions(shape[0]) for layer in stage]
        inner = self._channels(CONVOLUTIONS[-1]) * (height // 8) * (width // 8)
        hidden = [self._channels(size) for size in LINEAR]
        network = nn.Sequential(
            Standardise(),
            *features,
            nn.Flatten(),
            nn.Dropout(self.dropout),
            nn.Linear(inner, hidden[0]),
            nn.ReLU(),
            nn.Dropout(self.dropout),
            nn.Linear(hidden[0], hidden[1]),
            nn.ReLU(),
            nn.Linear(hidden[1], classes),
        )
        return network.apply(_start_for_relu)

    def _convolutions(self, channels: int) -> list[list[nn.Module]]:
        sizes = [channels, *(self._channels(size) for size in CONVOLUTIONS)]
        return [
            [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), *([nn.MaxPool2d(2)] if pooled else [])]
            for before, after, pooled in zip(sizes, sizes[1:], POOLED, strict=False)
        ]

    def _channels(self, size: int) -> int:
        return max(1, round(size * self.width))


def _start_for_relu(layer: nn.Module) -> None:
    """Initial weights that keep the signal's size through many ReLUs; torch's own let it fade in so plain a net.

    Source: He et al. 2015, arXiv:1502.01852.
    """
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
