"""The five plugins of a run."""

from dataclasses import dataclass
from typing import Any

from omegaconf import DictConfig

from advspace.attack.contract import Attack
from advspace.dataset.contract import Dataset
from advspace.model.contract import Model
from advspace.noise.contract import Noise
from advspace.probe.contract import Probe
from advspace.registry.registry import KINDS, build, version

IMAGE_KINDS = ("dataset", "model", "attack")


@dataclass(frozen=True)
class Components:
    """What a run is made of.

    Args:
        dataset: Where the images come from.
        model: What is attacked.
        attack: How.
        noise: Distribution to probe with.
        probe: How to look around.
        names: Plugin name by kind.
        versions: Distribution and version that it comes from, by kind.
    """

    dataset: Dataset
    model: Model
    attack: Attack
    noise: Noise
    probe: Probe
    names: dict[str, str]
    versions: dict[str, str]

    @classmethod
    def of(cls, config: DictConfig) -> "Components":
        """Build all plugins of a composed config.

        Raises:
            PluginError: a plugin is not installed, cannot be loaded, or refuses its settings.
        """
        built: dict[str, Any] = {kind: build(kind, config[kind]) for kind in KINDS}
        built["dataset"] = prepared_for(built["model"], built["dataset"])
        names = {kind: config[kind].plugin for kind in KINDS}
        return cls(**built, names=names, versions={kind: version(kind, name) for kind, name in names.items()})

    @property
    def image_columns(self) -> dict[str, str]:
        """Names and versions of the plugins that made an image's row."""
        return self._columns(IMAGE_KINDS)

    @property
    def probe_columns(self) -> dict[str, str]:
        """Names and versions of the plugins that made a probe's row."""
        return self._columns(KINDS)

    def _columns(self, kinds: tuple[str, ...]) -> dict[str, str]:
        return {kind: self.names[kind] for kind in kinds} | {f"{kind}_version": self.versions[kind] for kind in kinds}


def prepared_for(model: Model, dataset: Dataset) -> Dataset:
    """The dataset with its images as the model sees them."""
    return dataset if model.preparation is None else dataset.prepared(model.preparation)
