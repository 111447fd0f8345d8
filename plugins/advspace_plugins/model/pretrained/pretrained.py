"""The common part of the plugins for libraries of networks: names, data configs, weights from a hub."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from advspace import AdvspaceError, Preparation
from advspace.pasted import command_line
from advspace.shapes import Shape
from advspace_plugins.model.normalised import Normalised
from advspace_plugins.model.prepared import Prepared


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
class Pretrained(Prepared):
    """A network that a library builds by name, with weights from the library's hub, a file, or a training.

    Args:
        architecture: The library's name of the network, with or without a tag that names one set of weights.
        pretrained: Take the weights from the hub (kept in its cache); false starts from random weights, to be trained.
        options: Further keyword arguments of the library's constructor, such as `+model.options.pad_type=same`.

    An empty mean, deviation or size, and a crop or interpolation of None, are those of the pretrained config.
    """

    architecture: str
    pretrained: bool = True
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def preparation(self) -> Preparation:
        """The preparation of the pretrained config, changed by the settings given."""
        return self._changed(self._expected().preparation)

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
        mean, std = self._per_channel(expected.mean, expected.std, shape[0])
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
