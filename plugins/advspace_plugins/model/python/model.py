"""Any network that a Python function returns."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from advspace import AdvspaceError, Preparation
from advspace.attack.source_digest import INSTALLED, module_digest
from advspace.shapes import Shape
from advspace_plugins.model.normalised import Normalised
from advspace_plugins.model.prepared import Prepared
from advspace_plugins.model.python.function import Builder, call, find


@dataclass(frozen=True, kw_only=True)
class Python(Prepared):
    """The network that a function of yours returns, such as `model.path=mynet:build` for `build` in `mynet.py`.

    It takes pixels in [0, 1] and gives logits.  If it takes other pixels, give their mean and deviation.

    Args:
        path: `package.module:function`; the function or class returns a `torch.nn.Module`.
        kwargs: Its keyword arguments, such as `+model.kwargs.width=64`.
        pretrained: The network that the function returns has its weights; false starts from random ones, to be trained.
        input_size: Channels, height and width of prepared pictures; empty: pictures as the dataset gives them.
    """

    path: str
    kwargs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.input_size and (self.crop is not None or self.interpolation is not None):
            raise AdvspaceError("crop and interpolation need a size; give input_size as well")

    @property
    def preparation(self) -> Preparation | None:
        """The size given; None without one."""
        if not self.input_size:
            return None
        _, height, width = self.input_size
        return self._changed(Preparation(height, width))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings, and what the function does: it decides the weights, and the logits too."""
        return super().settings | {"source": _source(self.path)}

    def network(self, shape: Shape, classes: int) -> nn.Module:
        """What the function returns, with its normalisation in front.

        Raises:
            AdvspaceError: there is no such function, it fails or returns no network, or its weights are random though
                they should be its own.
        """
        del classes
        mean, std = self._per_channel((0.0,), (1.0,), shape[0])
        builder = find(self.path)
        made = call(self.path, builder, self.kwargs)
        if self.pretrained and self.weights is None:
            self._refuse_random(made, builder)
        return Normalised(made, mean, std)

    def _refuse_random(self, made: nn.Module, builder: Builder) -> None:
        """Refuse weights that depend on the seed of torch."""
        with torch.random.fork_rng():
            torch.manual_seed(self.seed + 1)
            other = dict(call(self.path, builder, self.kwargs).named_parameters())
        for name, weight in made.named_parameters():
            if name not in other or not torch.equal(weight, other[name]):
                raise AdvspaceError(
                    f"model.path: {self.path} returns random weights ('{name}' differs when it is called again); give "
                    "a file (model.weights=FILE), or train it (python train.py ... model.pretrained=false)"
                )


def _source(path: str) -> str:
    """What tells one state of the function's code from another: a digest, or the version of an installed package."""
    find(path)
    name = path.partition(":")[0]
    if INSTALLED.isdisjoint(Path(getattr(sys.modules[name], "__file__", None) or "").parts):
        return module_digest(name)
    package = name.partition(".")[0]
    return f"{package} {getattr(sys.modules[package], '__version__', '')}"
