"""timm's classifiers."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from safetensors import SafetensorError
from torch import nn

from advspace import Preparation
from advspace.checks import known
from advspace.shapes import Shape
from advspace_plugins.model.pretrained.pretrained import Expected, Pretrained, refused, unreachable
from advspace_plugins.model.pretrained.timm_hub import cache_folder, cached_file, hub_error


@dataclass(frozen=True, kw_only=True)
class Timm(Pretrained):
    """Any classifier of timm, including OverFeat.

    Source: R. Wightman, PyTorch Image Models, github.com/huggingface/pytorch-image-models.
    """

    architecture: str = "vgg11.tv_in1k"
    weight_decay: float = 1e-2

    def _expected(self) -> Expected:
        return _expected(self.architecture)

    def _create(self, shape: Shape, classes: int, *, fetch: bool) -> nn.Module:
        config = _config(self.architecture)
        settings = dict(self.options)
        if config.fixed_input_size:  # as in transformers, whose position embeddings have a size
            settings.setdefault("img_size", shape[1:])
        if fetch:
            settings["pretrained_cfg_overlay"] = self._cached(config)
        try:
            network: nn.Module = _timm().create_model(
                self.architecture, pretrained=fetch, num_classes=classes, in_chans=shape[0], **settings
            )
        except (OSError, SafetensorError) as error:
            raise unreachable(self.architecture, cache_folder(), error) from error
        except (AssertionError, RuntimeError, TypeError, ValueError) as error:
            raise refused("timm", self.architecture, self.options, error) from error
        return network

    def _cached(self, config: Any) -> dict[str, str]:
        """The cached file, if there is one: with it timm does not send requests to the hub."""
        file = cached_file(config)
        if file is None and config.hf_hub_id and (reason := hub_error()):
            raise unreachable(self.architecture, cache_folder(), reason)
        return {"file": file} if file else {}


def _config(architecture: str) -> Any:
    """The config in timm of an architecture and its tag.

    Raises:
        AdvspaceError: timm does not know the name.
    """
    timm = _timm()
    known("model.architecture", "timm", architecture, {*timm.list_models(), *timm.list_pretrained()})
    return timm.get_pretrained_cfg(architecture)


def _timm() -> Any:
    """The library with OverFeat registered; its import takes seconds."""
    import timm

    import advspace_plugins.model.overfeat.timm_models  # noqa: F401 (registers them)

    return timm


@cache
def _expected(architecture: str) -> Expected:
    from timm.data.config import resolve_data_config

    config = _config(architecture)
    data = resolve_data_config(pretrained_cfg=config.to_dict())  # type: ignore[no-untyped-call]
    _, height, width = data["input_size"]
    preparation = Preparation(height, width, data["crop_pct"], data["interpolation"], data["crop_mode"])
    return Expected(preparation, data["mean"], data["std"], config.num_classes if config.has_weights else 0)
