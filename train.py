"""Train a model and keep its weights for ``probe.py``: ``python train.py dataset=mnist model=convnet``."""

# ruff: noqa: E402
import os
import signal
import sys


def stop_early(number: int, frame: object) -> None:
    """Exit at a signal that comes during the imports, before which there is nothing to finish."""
    del frame
    import shlex  # above, it would be time in which a signal leaves a trace

    command = shlex.join(["python", "train.py", *sys.argv[1:]])
    os.write(2, f"stopped; start it again with: {command}\n".encode())
    os._exit(128 + number)


if __name__ == "__main__":
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        if signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, stop_early)

import gc

gc.disable()  # until the run begins: what imports make stays, and looking for garbage in it takes a sixth of the start

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from advspace.run.command_line import begun, collect_garbage, prepare, report_errors, resumable
from advspace.run.lightning_import import import_lightning
from advspace.run.multirun import survive_failure
from advspace.run.resume_multirun import resume_multirun


@hydra.main(version_base="1.3", config_path="conf", config_name="train")
def main(config: DictConfig) -> float | None:
    """Train one model; returns its test error."""
    collect_garbage()
    return survive_failure(lambda: one_training(config))


def one_training(config: DictConfig) -> float:
    """One training, new or resumed."""
    config = begun(config, HydraConfig.get(), "train")
    import_lightning()
    from advspace.run.train import run_train

    return run_train(*resumable(config, HydraConfig.get(), "train"))


if __name__ == "__main__":
    report_errors(lambda: (resume_multirun(), prepare(), main()))
