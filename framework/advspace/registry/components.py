"""The plugins of a run, and the stop rule of its attack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from omegaconf import DictConfig, OmegaConf

from advspace.analysis.contract import Analysis
from advspace.attack.contract import Attack
from advspace.attack.stop import Stop
from advspace.clauses import Owner
from advspace.dataset.contract import Dataset
from advspace.errors import AdvspaceError, PluginError
from advspace.model.contract import Model
from advspace.noise.contract import Noise
from advspace.probe.contract import Probe
from advspace.registry.config import OFF, selected_by_all
from advspace.registry.registry import RUN_KINDS, build, version
from advspace.registry.stop import stop_settings
from advspace.tracking.contract import Tracker

IMAGE_KINDS = ("dataset", "model", "attack")


@dataclass(frozen=True)
class Components:
    """The components of a run.

    Args:
        dataset: Source of the images.
        model: The model attacked.
        attack: The attack.
        noise: Distribution of the probes.
        probe: The probe.
        stop: The stop rule of the attack.
        names: Plugin name by kind.
        versions: Distribution and version of the plugin's package, by kind.
        analyses: The analyses, by name.
    """

    dataset: Dataset
    model: Model
    attack: Attack
    noise: Noise
    probe: Probe
    stop: Stop
    names: dict[str, str]
    versions: dict[str, str]
    analyses: Mapping[str, Analysis] = field(default_factory=dict)

    @classmethod
    def of(cls, config: DictConfig) -> "Components":
        """Build all plugins of a composed config.

        Raises:
            PluginError: a plugin is not installed or cannot be loaded, or a setting of a plugin or of the stop rule is
                not allowed.
        """
        built: dict[str, Any] = {kind: build(kind, config[kind]) for kind in RUN_KINDS}
        built["dataset"] = prepared_for(built["model"], built["dataset"])
        names = {kind: config[kind].plugin for kind in RUN_KINDS}
        versions = {kind: version(kind, name) for kind, name in names.items()}
        stop, analyses = stop_of(built["attack"], config.attack), analyses_of(config)
        return cls(**built, stop=stop, names=names, versions=versions, analyses=analyses)

    @property
    def image_columns(self) -> dict[str, str]:
        """Names and versions of the plugins that a row of images depends on."""
        return self._columns(IMAGE_KINDS)

    @property
    def probe_columns(self) -> dict[str, str]:
        """Names and versions of the plugins that a row of probes depends on."""
        return self._columns(RUN_KINDS)

    def owner(self, kind: str) -> Owner:
        """Name and package of the plugin of a kind, as messages give them."""
        return Owner(kind, self.names[kind], self.versions[kind])

    def _columns(self, kinds: tuple[str, ...]) -> dict[str, str]:
        return {kind: self.names[kind] for kind in kinds} | {f"{kind}_version": self.versions[kind] for kind in kinds}


def stop_of(attack: Attack, config: DictConfig) -> Stop:
    """The stop rule in an attack's config; settings that an older config lacks are the attack's defaults.

    Raises:
        PluginError: a setting is out of its range.
    """
    given = {name: config[name] for name in stop_settings(type(attack)) if name in config}
    try:
        return attack.default_stop.changed(**given)
    except AdvspaceError as error:
        raise PluginError(f"attack.{error}") from error


def prepared_for(model: Model, dataset: Dataset) -> Dataset:
    """The dataset with its images prepared for the model."""
    return dataset if model.preparation is None else dataset.prepared(model.preparation)


def analyses_of(config: DictConfig) -> dict[str, Analysis]:
    """The analyses of a composed config, by name; all installed ones for an older config without analyses.

    Raises:
        PluginError: an analysis is not installed or cannot be loaded, or a setting of it is not allowed.
    """
    if "analysis" not in config:
        return all_analyses()
    return {str(name): build("analysis", node) for name, node in config.analysis.items()}


def trackers_of(config: DictConfig) -> dict[str, Tracker]:
    """The trackers of a composed config, by name; none for an older config without trackers.

    Raises:
        PluginError: a tracker is not installed or cannot be loaded, or a setting of it is not allowed.
    """
    nodes = config.get("tracking") or {}
    return {str(name): build("tracking", node) for name, node in nodes.items() if name != OFF}


def all_analyses() -> dict[str, Analysis]:
    """Every installed analysis that can be loaded and needs no setting, by name."""
    return {name: build("analysis", OmegaConf.structured(node)) for name, node in selected_by_all().items()}
