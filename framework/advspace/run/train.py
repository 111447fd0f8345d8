"""Train a model, and store its weights in the cache."""

import shutil
from pathlib import Path
from signal import SIGINT
from typing import Any

from omegaconf import DictConfig

from advspace.dataset.contract import Dataset
from advspace.errors import AdvspaceError
from advspace.forward.torch_state import ordinary_state
from advspace.lightning import first_process
from advspace.model.contract import Model
from advspace.model.examine import examined
from advspace.registry.components import prepared_for
from advspace.registry.guard import plugin_faults
from advspace.registry.registry import build
from advspace.registry.required import write_plugins
from advspace.run.identity import begin
from advspace.run.lock import writing
from advspace.run.messages import say
from advspace.run.resume import keep_values
from advspace.run.tracked import tracked
from advspace.settings import plain
from advspace.signals import Stopped, Told
from advspace.training.store import folder_of, keep, ready_network, weights_path


@plugin_faults()
@ordinary_state()
def run_train(config: DictConfig, directory: Path, command: str) -> float:
    """Train a model, store its weights for `run_probe`, and report its test error; with `test`, only report it.

    A stopped training that is started again with the same settings continues after its last finished epoch.

    Args:
        config: A composed `conf/train.yaml`.
        directory: The run directory; the weights are stored there if there is no cache.
        command: The command that resumes the training after an interruption.

    Returns:
        Share of misclassified test images.

    Raises:
        AdvspaceError: a setting, a plugin or the data cannot be used, or the training diverged.
        Stopped: a signal stopped the training.
    """
    model, testing = build("model", config.model), bool(config.get("test", False))
    if not testing:
        _refuse_weights(model, config.model.plugin)
    dataset = prepared_for(model, build("dataset", config.dataset))
    names = (config.dataset.plugin, config.model.plugin)
    with writing(directory):
        begin(directory, plain(config))
        keep_values(directory, config)
        write_plugins(directory, config)
        if testing:
            return _tested(config, model, dataset, names, directory)
        path = weights_path(folder_of(config.cache, directory), names, model, dataset)
        return _trained(config, model, dataset, path, directory, command)


def _tested(config: DictConfig, model: Model, dataset: Dataset, names: tuple[str, str], directory: Path) -> float:
    """The test error of given, kept or pretrained weights."""

    def refuse() -> Any:
        raise AdvspaceError(
            f"test=true needs weights, and there are none yet for {names[1]} on {names[0]}; give a file "
            "(model.weights=FILE), or leave test=true out to train"
        )

    ready = ready_network(model, dataset, names, folder_of(config.cache, directory), refuse)
    with tracked(config, directory) as tracking:
        from advspace.training.train import measure_test_error

        network = examined(ready.network, dataset.shape)
        tested = measure_test_error(network, model, dataset, plain(config.trainer), tracking.loggers)
    if first_process():
        say(f"{names[1]} on {names[0]}, weights {ready.path or ready.source}: {tested}")
    return tested.test_error


def _trained(config: DictConfig, model: Model, dataset: Dataset, path: Path, directory: Path, command: str) -> float:
    unfinished = path.with_suffix(".unfinished")
    with tracked(config, directory) as tracking:
        import pytorch_lightning as pl

        from advspace.training.checkpoints import damaged_checkpoint, last_checkpoint
        from advspace.training.train import train

        if damaged := damaged_checkpoint(unfinished):
            say(f"{damaged} is damaged: the training begins anew")
            shutil.rmtree(unfinished)
        if last_checkpoint(unfinished):
            say(f"going on with the training in {unfinished}")
        try:
            trained = train(model, dataset, plain(config.trainer), tracking.loggers, unfinished)
        except (Stopped, KeyboardInterrupt, SystemExit) as stop:
            say(f"stopped; go on with: {command}")
            raise Told(getattr(stop, "number", SIGINT)) from None
    if getattr(pl.utilities.rank_zero_only, "rank", 0) == 0:  # only the first process writes and prints
        keep(trained.network, path, trained.says)
        shutil.rmtree(unfinished)
        say(f"{config.model.plugin} on {config.dataset.plugin}: {trained.report}\nweights in {path}")
    return trained.report.test_error


def _refuse_weights(model: Model, name: str) -> None:
    if model.weights is not None:
        raise AdvspaceError(
            f"a training starts from random weights, got model.weights={model.weights}; "
            "leave it out, or report its test error alone with test=true"
        )
    if model.trained:
        raise AdvspaceError(f"{name} comes with its weights; set model.pretrained=false to train it from random ones")
