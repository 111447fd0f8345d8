"""Register OverFeat with timm: after the import of this module, `timm.create_model("overfeat_fast")` works.

The plugin `timm` imports it.  Elsewhere, write `import advspace_plugins.model.overfeat.timm_models`, as for other
packages with models for timm.
"""

from functools import partial
from typing import Any

from timm.models import build_model_with_cfg, generate_default_cfgs, register_model

from advspace.box import GREY_LEVELS
from advspace_plugins.model.overfeat.network import DEVIATION, MEAN, VARIANTS, OverFeat, Variant


def _config(variant: Variant) -> dict[str, Any]:
    return {
        "input_size": (3, variant.side, variant.side),
        "crop_pct": 1.0,
        "interpolation": "bilinear",
        "mean": (MEAN / GREY_LEVELS,) * 3,
        "std": (DEVIATION / GREY_LEVELS,) * 3,
        "first_conv": "features.0",
        "classifier": "classifier",
    }


default_cfgs = generate_default_cfgs({name: _config(variant) for name, variant in VARIANTS.items()})


@register_model
def overfeat_fast(pretrained: bool = False, **settings: Any) -> OverFeat:
    """The fast network, for images of 231 x 231; no hub has its weights."""
    return _built("overfeat_fast", pretrained, settings)


@register_model
def overfeat_accurate(pretrained: bool = False, **settings: Any) -> OverFeat:
    """The accurate network, for images of 221 x 221; no hub has its weights."""
    return _built("overfeat_accurate", pretrained, settings)


def _built(name: str, pretrained: bool, settings: dict[str, Any]) -> OverFeat:
    network: OverFeat = build_model_with_cfg(partial(OverFeat, VARIANTS[name]), name, pretrained, **settings)
    return network
