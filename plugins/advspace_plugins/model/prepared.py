"""Networks made elsewhere: the normalisation of their pixels, and the size of their pictures, as settings."""

from dataclasses import dataclass, replace

from advspace import AdvspaceError, Model, Preparation
from advspace.checks import above, at_least

Channels = tuple[float, ...]
"""One number per channel."""


@dataclass(frozen=True, kw_only=True)
class Prepared(Model):
    """A network that was made elsewhere, often with its weights.

    Args:
        pretrained: The network comes with its weights; false: with random ones, to be trained.
        mean: Mean of pixels in [0, 1], one per channel or one for all; empty: the network's own.
        std: Standard deviation, likewise.
        input_size: Channels, height and width of prepared pictures; empty: the network's own.
        crop: Share of the resized picture's side that is kept; None: the network's own.
        interpolation: How pictures are resized (bilinear, bicubic, ...); None: the network's own.
    """

    pretrained: bool = True
    mean: Channels = ()
    std: Channels = ()
    input_size: tuple[int, ...] = ()
    crop: float | None = None
    interpolation: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.input_size) not in (0, 3):
            raise AdvspaceError(f"input_size must be channels, height and width, got {list(self.input_size)}")
        for size in self.input_size:
            at_least("input_size", size, 1)
        for value in self.std:
            above("std", value, 0)
        if self.crop is not None:
            above("crop", self.crop, 0)

    @property
    def trained(self) -> bool:
        """Whether the network comes with its weights."""
        return self.pretrained

    def _changed(self, own: Preparation) -> Preparation:
        """The network's own preparation, changed by the settings given."""
        height, width = self.input_size[1:] or (own.height, own.width)
        return replace(
            own,
            height=height,
            width=width,
            crop=self.crop or own.crop,
            interpolation=self.interpolation or own.interpolation,
        )

    def _per_channel(self, mean: Channels, std: Channels, channels: int) -> tuple[Channels, Channels]:
        """Mean and deviation: those given, or the network's own, averaged if it has other channels.

        Raises:
            AdvspaceError: another number of values was given than there are channels.
        """
        return _each("mean", self.mean, mean, channels), _each("std", self.std, std, channels)


def _each(name: str, given: Channels, own: Channels, channels: int) -> Channels:
    if given and len(given) not in (1, channels):
        raise AdvspaceError(f"model.{name} must have 1 or {channels} numbers, got {len(given)}")
    values = given or own
    return values if len(values) == channels else (sum(values) / len(values),) * channels
