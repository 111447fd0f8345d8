"""The common part of the plugins for pretrained networks: names, data configs, weights from a hub."""

from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any

from torch import nn

from advspace import AdvspaceError, Model, Preparation
from advspace.checks import above, at_least
from advspace.pasted import command_line
from advspace.shapes import Shape
from advspace_plugins.model.normalised import Normalised


@dataclass(frozen=True)
class Expected:
    """The images and classes that a network expects.

    Args:
        preparation: How its pictures are resized and cropped.
        mean: Mean of each channel, for pixels in [0, 1].
        std: Standard deviation of each channel, for pixels in [0, 1].
        classes: Number of classes of its weights on the hub; 0 if the hub has none.
    """

    preparation: Preparation
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: int


@dataclass(frozen=True, kw_only=True)
class Pretrained(Model):
    """A network that a library builds by name, with weights from the library's hub, a file, or a training.

    Args:
        architecture: The library's name of the network, with or without a tag that names one set of weights.
        pretrained: Take the weights from the hub (kept in its cache); false starts from random weights, to be trained.
        mean: Mean of pixels in [0, 1], one per channel or one for all; empty: that of the pretrained config.
        std: Standard deviation, likewise.
        input_size: Channels, height and width of prepared pictures; empty: those of the pretrained config.
        crop: Share of the resized picture's side that is kept; None: that of the pretrained config.
        interpolation: How pictures are resized (bilinear, bicubic, ...); None: as in the pretrained config.
        options: Further keyword arguments of the library's constructor, such as `+model.options.pad_type=same`.
    """

    architecture: str
    pretrained: bool = True
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    input_size: tuple[int, ...] = ()
    crop: float | None = None
    interpolation: str | None = None
    options: dict[str, Any] = field(default_factory=dict)

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
        """Whether the weights come from the hub."""
        return self.pretrained

    @property
    def preparation(self) -> Preparation:
        """The preparation of the pretrained config, changed by the settings given."""
        own = self._expected().preparation
        height, width = self.input_size[1:] or (own.height, own.width)
        return replace(
            own,
            height=height,
            width=width,
            crop=self.crop or own.crop,
            interpolation=self.interpolation or own.interpolation,
        )

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """The library's network with its normalisation in front.

        Raises:
            AdvspaceError: the library does not know the architecture or refuses the options; the weights on the hub
                cannot be fetched, or do not fit the images or the classes.
        """
        expected = self._expected()
        fetch = self.pretrained and self.weights is None
        if fetch:
            self._check_fit(expected, shape, classes)
        mean = _per_channel("mean", self.mean, expected.mean, shape[0])
        std = _per_channel("std", self.std, expected.std, shape[0])
        return Normalised(self._create(shape, classes, fetch=fetch), mean, std)

    @abstractmethod
    def _expected(self) -> Expected:
        """The images and classes of the pretrained config."""

    @abstractmethod
    def _create(self, shape: Shape, classes: int, *, fetch: bool) -> nn.Module:
        """The network alone, with random weights or those of the hub."""

    def _check_fit(self, expected: Expected, shape: Shape, classes: int) -> None:
        if not expected.classes:
            raise AdvspaceError(
                f"{self.architecture} has no weights on the hub; give a file (model.weights=FILE), "
                f"or train it ({command_line(name='train')} ... model.pretrained=false)"
            )
        if expected.classes != classes:
            raise AdvspaceError(
                f"the weights of {self.architecture} have {expected.classes} classes, the dataset has {classes}; "
                f"choose a dataset that fits, or train the network on this one ({command_line(name='train')} ... "
                "model.pretrained=false)"
            )
        if shape[0] != len(expected.mean):
            raise AdvspaceError(
                f"the weights of {self.architecture} are for images of {len(expected.mean)} channels, got {shape[0]}; "
                "choose a dataset that fits"
            )


def unreachable(architecture: str, cache: str, reason: object) -> AdvspaceError:
    """The error if weights are neither in the cache nor on the hub; it names three solutions."""
    return AdvspaceError(
        f"the weights of {architecture} are not in {cache} and cannot be fetched ({reason}); connect to the internet "
        f"once, or give a file (model.weights=FILE), or train the network ({command_line(name='train')} ... "
        "model.pretrained=false)"
    )


def refused(library: str, architecture: str, options: dict[str, Any], reason: object) -> AdvspaceError:
    """The error if a library cannot build a network."""
    return AdvspaceError(f"{library} cannot build {architecture} with model.options={options} ({reason}); change them")


def _per_channel(name: str, given: tuple[float, ...], own: tuple[float, ...], channels: int) -> tuple[float, ...]:
    if given and len(given) not in (1, channels):
        raise AdvspaceError(f"model.{name} must have 1 or {channels} numbers, got {len(given)}")
    values = given or own
    return values if len(values) == channels else (sum(values) / len(values),) * channels
