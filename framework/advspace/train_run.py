"""Train one model by itself: dataset, model, training, weights kept."""

from pathlib import Path

from omegaconf import DictConfig

from advspace.command import say
from advspace.parts import prepared_for
from advspace.registry import build
from advspace.settings import plain
from advspace.store import folder_of, keep, weights_path
from advspace.tracking import open_logger


def run_train(config: DictConfig, directory: Path) -> float:
    """Train a model, keep its weights where `run_probe` finds them, and report its test error.

    Args:
        config: A composed `conf/train.yaml`.
        directory: The run directory; keeps the weights where there is no cache.

    Returns:
        Share of the test images that the model gets wrong.

    Raises:
        AdvspaceError: a setting, a plugin or the data are refused, or the training diverged.
    """
    model = build("model", config.model)
    dataset = prepared_for(model, build("dataset", config.dataset))
    names = (config.dataset.plugin, config.model.plugin)
    path = weights_path(folder_of(config.cache, directory), names, model, dataset)
    with open_logger(config, directory) as tracking:
        from advspace.training import train

        trained = train(model, dataset, plain(config.trainer), tracking.logger)
    keep(trained.network, path, trained.says)
    say(f"{names[1]} on {names[0]}: {trained.report}\nweights in {path}")
    return trained.report.test_error
