"""Train one model by itself: dataset, model, training, weights kept."""

import shutil
from pathlib import Path

from omegaconf import DictConfig

from advspace.errors import AdvspaceError
from advspace.model.contract import Model
from advspace.registry.components import prepared_for
from advspace.registry.registry import build
from advspace.registry.required import write_plugins
from advspace.run.command_line import say
from advspace.settings import plain
from advspace.tracking import open_logger
from advspace.training.store import folder_of, keep, weights_path


def run_train(config: DictConfig, directory: Path, command: str) -> float:
    """Train a model, keep its weights where `run_probe` finds them, and report its test error.

    A training that was stopped goes on where the last epoch ended when it is started again with the same settings.

    Args:
        config: A composed `conf/train.yaml`.
        directory: The run directory; keeps the weights where there is no cache.
        command: How the training can be gone on with after an interruption.

    Returns:
        Share of the test images that the model gets wrong.

    Raises:
        AdvspaceError: a setting, a plugin or the data are refused, or the training diverged.
        KeyboardInterrupt: the user stopped the training.
    """
    model = build("model", config.model)
    _refuse_weights(model, config.model.plugin)
    dataset = prepared_for(model, build("dataset", config.dataset))
    names = (config.dataset.plugin, config.model.plugin)
    path = weights_path(folder_of(config.cache, directory), names, model, dataset)
    unfinished = path.with_suffix(".unfinished")
    write_plugins(directory, config)
    with open_logger(config, directory) as tracking:
        import pytorch_lightning as pl

        from advspace.training.checkpoints import last_checkpoint
        from advspace.training.train import train

        if last_checkpoint(unfinished):
            say(f"going on with the training in {unfinished}")
        try:
            trained = train(model, dataset, plain(config.trainer), tracking.logger, unfinished)
        except (KeyboardInterrupt, SystemExit):
            say(f"stopped; go on with: {command}")
            raise
    if getattr(pl.utilities.rank_zero_only, "rank", 0) == 0:  # of several processes, one keeps and tells
        keep(trained.network, path, trained.says)
        shutil.rmtree(unfinished)
        say(f"{names[1]} on {names[0]}: {trained.report}\nweights in {path}")
    return trained.report.test_error


def _refuse_weights(model: Model, name: str) -> None:
    if model.weights is not None:
        raise AdvspaceError(f"train.py starts from random weights, got model.weights={model.weights}; leave it out")
    if model.trained:
        raise AdvspaceError(f"{name} comes with its weights; set model.pretrained=false to train it from random ones")
