"""torchvision's classifiers."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import nn

from advspace import AdvspaceError, Preparation
from advspace.checks import known
from advspace.shapes import Shape
from advspace_plugins.model.pretrained.pretrained import Expected, Pretrained, refused, unreachable

CHANNELS = 3


@dataclass(frozen=True, kw_only=True)
class TorchVision(Pretrained):
    """Any classifier of torchvision, such as `squeezenet1_1`, or `resnet50.IMAGENET1K_V2` for one of several weights.

    Source: torchvision.models, pytorch.org/vision.
    """

    architecture: str = "squeezenet1_1"
    weight_decay: float = 1e-2

    def _expected(self) -> Expected:
        return _expected(self.architecture)

    def _create(self, shape: Shape, classes: int, *, fetch: bool) -> nn.Module:
        from torchvision import models

        if shape[0] != CHANNELS:
            raise AdvspaceError(
                f"{self.architecture} of torchvision takes images of {CHANNELS} channels, got {shape[0]}; "
                "choose another dataset, or model=timm"
            )
        name = self.architecture.partition(".")[0]
        weights = _weights(self.architecture) if fetch else None
        try:
            network: nn.Module = models.get_model(name, weights=weights, num_classes=classes, **self.options)
        except OSError as error:
            raise unreachable(self.architecture, str(Path(torch.hub.get_dir()) / "checkpoints"), error) from error
        except (AssertionError, RuntimeError, TypeError, ValueError) as error:
            raise refused("torchvision", self.architecture, self.options, error) from error
        return network


def _weights(architecture: str) -> Any:
    """The entry of torchvision for a set of weights; the best one if the name has no tag.

    Raises:
        AdvspaceError: torchvision does not know the name.
    """
    from torchvision import models

    names = models.list_models(module=models)
    tagged = (f"{name}.{weights.name}" for name in names for weights in models.get_model_weights(name))
    known("model.architecture", "torchvision", architecture, {*names, *tagged})
    name, _, tag = architecture.partition(".")
    return models.get_model_weights(name)[tag or "DEFAULT"]


@cache
def _expected(architecture: str) -> Expected:
    weights = _weights(architecture)
    transform = weights.transforms()
    (resized,), (side,) = transform.resize_size, transform.crop_size
    preparation = Preparation(side, side, side / resized, transform.interpolation.value)
    classes = len(weights.meta.get("categories") or ())
    return Expected(preparation, tuple(transform.mean), tuple(transform.std), classes)
