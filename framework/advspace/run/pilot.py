"""`plan=true`: a pilot of a few images, and what a run needs to know its mean shares as exactly as wanted."""

from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from omegaconf import DictConfig, OmegaConf

from advspace.analysis.finished_run import FinishedRun, read_run
from advspace.attack.verify import Verified
from advspace.errors import AdvspaceError
from advspace.forward.torch_state import ordinary_state
from advspace.lightning import ALONE
from advspace.registry.components import Components
from advspace.registry.guard import plugin_faults
from advspace.run.batches import Pending, WorkItem
from advspace.run.needs import Pilot, need_of
from advspace.run.predict import AttackAndProbe, predict
from advspace.run.preparation import Surroundings, planned, ready_network_of
from advspace.settings import Settings, plain

IMAGES, DRAWS = 10, 100
"""Most images, and most draws per cell, of a pilot."""
WIDTH = 0.05
"""Half of the wanted interval, with `plan=true`."""


class _Timed(AttackAndProbe):
    """Notes how long attacks and probes take."""

    attack_seconds = 0.0
    probe_seconds = 0.0

    def _attacked(self, item: WorkItem, most: int) -> Verified:
        start = perf_counter()
        result = super()._attacked(item, most)
        self.attack_seconds += perf_counter() - start
        return result

    def _probed(self, item: WorkItem, made: Verified, row: int) -> Any:
        start = perf_counter()
        result = super()._probed(item, made, row)
        self.probe_seconds += perf_counter() - start
        return result


@plugin_faults()
@ordinary_state()
def run_pilot(config: DictConfig) -> Pilot:
    """Attack and probe a few images, in a folder that is removed; adversarial images stay in the cache.

    Args:
        config: A composed `conf/probe.yaml` with `plan`.

    Raises:
        AdvspaceError: the probe has no setting `draws`, or no attack succeeds.
    """
    width = WIDTH if config.plan is True else float(config.plan)
    if "draws" not in config.probe:
        raise AdvspaceError(f"plan needs a probe with the setting draws; {config.probe.plugin} has none, take another")
    draws = min(config.probe.draws, DRAWS)
    small: Any = OmegaConf.merge(config, {"images": min(config.images, IMAGES), "probe": {"draws": draws}})
    with TemporaryDirectory() as folder:
        task, run = _tried(small, Path(folder))
    if not run.curves:
        raise AdvspaceError(
            f"plan needs a successful attack, and none of {len(run.images)} succeeded; take more images (images=...)"
        )
    images, targets = run.curves[0].images, config.targets_per_image
    made = task.cache.made / targets
    return Pilot(
        images,
        config.probe.draws,
        width,
        [need_of(curve, draws, config.probe.draws, width) for curve in run.curves],
        task.attack_seconds / made if made else nan,
        task.probe_seconds / images / draws,
    )


def _tried(config: DictConfig, folder: Path) -> tuple[_Timed, FinishedRun]:
    settings, components = Settings.of(config), Components.of(config)
    around = Surroundings({**plain(config.trainer), **ALONE})
    ready = ready_network_of(components, settings, folder, around)
    selection = planned(components, settings, ready, folder, around)
    task = _Timed(ready.network, components, settings, folder)
    predict(
        task,
        Pending(components.dataset.split("test"), selection, list(range(len(selection.ids)))),
        dict(around.trainer),
    )
    return task, read_run(folder, plain(config))
