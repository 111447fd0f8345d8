"""OverFeat's two published networks, layer by layer."""

from dataclasses import dataclass

from torch import nn

from advspace.shapes import Images, Logits

MEAN, DEVIATION = 118.380948, 61.896913
"""Mean and standard deviation of OverFeat's training pixels, in grey levels; the same for all channels."""


@dataclass(frozen=True)
class Stage:
    """One convolution, its threshold, and max-pooling over `pool` x `pool` pixels if `pool` is not 0."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    pool: int = 0


@dataclass(frozen=True)
class Variant:
    """One of the two networks.

    Args:
        side: Height and width of its images, in pixels; for these the last convolution has one output pixel.
        stages: All convolutions but the last, which has a channel per class.
        threshold: Activations above it are kept.
        below: Value of all other activations.
    """

    side: int
    stages: tuple[Stage, ...]
    threshold: float
    below: float


FAST = Variant(
    231,
    (
        Stage(96, 11, stride=4, pool=2),
        Stage(256, 5, pool=2),
        Stage(512, 3, padding=1),
        Stage(1024, 3, padding=1),
        Stage(1024, 3, padding=1, pool=2),
        Stage(3072, 6),
        Stage(4096, 1),
    ),
    threshold=1e-6,
    below=0.0,
)
ACCURATE = Variant(
    221,
    (
        Stage(96, 7, stride=2, pool=3),
        Stage(256, 7, pool=2),
        Stage(512, 3, padding=1),
        Stage(512, 3, padding=1),
        Stage(1024, 3, padding=1),
        Stage(1024, 3, padding=1, pool=3),
        Stage(4096, 5),
        Stage(4096, 1),
    ),
    threshold=0.0,
    below=1e-6,
)
VARIANTS = {"overfeat_fast": FAST, "overfeat_accurate": ACCURATE}


class OverFeat(nn.Module):
    """Convolutions only; the last three replace linear layers.

    Args:
        variant: Which network.
        num_classes: Channels of the last convolution.
        in_chans: Channels of an image.
        drop_rate: Share dropped before each of the two hidden layers after the last pooling, in training.
        width: Channels of each hidden layer relative to the published ones.

    Source: Sermanet et al. 2013, arXiv:1312.6229, with the sizes and thresholds of the Torch code of Tabacof & Valle
    (github.com/tabacof/adversarial).  For images above `variant.side`, the logits are means over all output pixels.
    """

    def __init__(
        self, variant: Variant, num_classes: int = 1000, in_chans: int = 3, drop_rate: float = 0.0, width: float = 1.0
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = in_chans
        for stage in variant.stages:
            channels = max(1, round(stage.channels * width))
            if stage in variant.stages[-2:]:
                layers.append(nn.Dropout(drop_rate))
            layers.append(nn.Conv2d(before, channels, stage.kernel, stage.stride, stage.padding))
            layers.append(nn.Threshold(variant.threshold, variant.below))
            layers += [nn.MaxPool2d(stage.pool)] if stage.pool else []
            before = channels
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Conv2d(before, num_classes, 1)
        self.num_classes = num_classes
        self.apply(start_for_relu)

    def forward(self, image: Images) -> Logits:
        """Logits of normalised images."""
        pixels: Images = self.classifier(self.features(image))
        return pixels.mean((2, 3))


def start_for_relu(layer: nn.Module) -> None:
    """Initial weights that keep the signal's size through many ReLUs; with torch's own the signal vanishes.

    Source: He et al. 2015, arXiv:1502.01852.
    """
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
