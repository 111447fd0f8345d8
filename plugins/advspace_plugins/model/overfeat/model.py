"""OverFeat: the published fast network for photographs, and its sequence of layers for small images."""

from dataclasses import dataclass

from torch import nn

from advspace import AdvspaceError, Model, Preparation, Standardise
from advspace.box import GREY_LEVELS
from advspace.checks import above
from advspace.shapes import Shape
from advspace_plugins.model.normalised import Normalised
from advspace_plugins.model.overfeat.network import DEVIATION, FAST, MEAN, OverFeat, start_for_relu

CONVOLUTIONS = (96, 256, 512, 1024, 1024)
POOLED = (True, True, False, False, True)
LINEAR = (3072, 4096)
SMALLEST, LARGEST = 8, 64
SMALL_WIDTH = 0.125


@dataclass(frozen=True, kw_only=True)
class OverFeatLike(Model):
    """Five convolutions (the first, second and fifth with pooling), then three fully connected layers.

    For images of at least 231 x 231 it is OverFeat's fast network, and takes the file that the module `weights` makes.

    Args:
        width: Channels relative to OverFeat's fast network (96, 256, 512, 1024, 1024, 3072, 4096); None is an eighth
            for small images and 1 for photographs.
        dropout: Share dropped before each hidden fully connected layer in training.

    Source: Sermanet et al. 2013, arXiv:1312.6229, fast network.  Departures for images up to 64 x 64: all kernels are
    3 x 3 with stride 1 and padding, channels are fewer, mean and standard deviation are those of the training images.
    """

    epochs: int = 20
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    train_batch_size: int = 64
    width: float | None = None
    dropout: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width is not None:
            above("width", self.width, 0)

    @property
    def preparation(self) -> Preparation:
        """Photographs are resized and cropped as for OverFeat's fast network."""
        return Preparation(FAST.side, FAST.side, crop=1.0, interpolation="bilinear")

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """Build the network for images of `shape`.

        Raises:
            AdvspaceError: the images are smaller than 8 x 8, or larger than 64 x 64 but smaller than 231 x 231.
        """
        channels, height, width = shape
        if min(height, width) >= SMALLEST and max(height, width) <= LARGEST:
            return self._small(shape, classes)
        if min(height, width) < FAST.side:
            raise AdvspaceError(
                f"overfeat_like needs images of 8 x 8 to 64 x 64, or of at least 231 x 231, got {height} x {width}; "
                "choose another model"
            )
        network = OverFeat(FAST, classes, channels, drop_rate=self.dropout, width=self.width or 1.0)
        return Normalised(network, (MEAN / GREY_LEVELS,) * channels, (DEVIATION / GREY_LEVELS,) * channels)

    def _small(self, shape: Shape, classes: int) -> nn.Module:
        channels, height, width = shape
        features = [layer for stage in self._convolutions(channels) for layer in stage]
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
        return network.apply(start_for_relu)

    def _convolutions(self, channels: int) -> list[list[nn.Module]]:
        sizes = [channels, *(self._channels(size) for size in CONVOLUTIONS)]
        return [
            [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), *([nn.MaxPool2d(2)] if pooled else [])]
            for before, after, pooled in zip(sizes, sizes[1:], POOLED, strict=False)
        ]

    def _channels(self, size: int) -> int:
        return max(1, round(size * (self.width or SMALL_WIDTH)))
