"""What the files campaign damages: small finished and stopped runs, a multirun, a training, and files of the user's."""

import gzip
import io
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from hydra import compose, initialize_config_dir
from in_process import run_in_process
from omegaconf import DictConfig
from PIL import Image

from advspace.attack.source_digest import source_digest as digest_of_sources
from advspace.comparison.failed_run import write_failure
from advspace.model.weights import load_weights, save_weights
from advspace.records.tables import read_tensors
from advspace.run.train import run_train
from advspace.signals import Stopped
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.dataset.idx.mnist import FILES
from advspace_plugins.model.logistic import Logistic

source_digest = cache(digest_of_sources)
ROOT = Path(__file__).parents[2]
PROBED = ("probe.draws=10", "probe.scales=[1,4]", "analysis=[attacks]", "tracking=off", "batch_size=2")
TRAINED = ("model.epochs=3", "tracking=off")
STOPPED = ("images.parquet/part-0000004.parquet", "summary.json")
"""What a run lacks that was stopped before its last batch."""


def make(folder: Path, *, whole: bool = True) -> None:
    """Make a run below `folder`, and if `whole` all the rest: it takes some seconds."""
    cache = f"cache={folder}/cache"
    arguments = [*PROBED, *TRAINED, "images=6", cache]
    _program("probe", [*arguments, f"hydra.run.dir={folder}/run"])
    if not whole:
        return
    sweep = ["-m", *arguments, "images=2", "seed=0,1", f"hydra.sweep.dir={folder}/multirun"]
    _program("probe", sweep)
    write_failure(folder / "multirun" / "1", "analysis 'mine' failed: no luck", "", finished=True)
    shutil.copytree(folder / "run", folder / "stopped")
    for name in STOPPED:
        (folder / "stopped" / name).unlink()
    _stopped_training(folder)
    _given(folder)


def composed(*overrides: str, program: str = "probe") -> DictConfig:
    """The config of a command."""
    return _composed(overrides, program).copy()


@cache
def _composed(overrides: tuple[str, ...], program: str) -> DictConfig:
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        return compose(program, [*PROBED[:-1], *overrides] if program == "probe" else list(overrides))


@contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Collect what is said, draw nothing, and read the sources of an attack once."""
    said = io.StringIO()
    figures, report = patch("advspace.figures.draw_charts"), patch("advspace.report.write_report")
    comparison = patch("advspace.report.write_comparison_report")
    sources = patch("advspace.attack.cache.source_digest", source_digest)
    with figures, report, comparison, sources, redirect_stderr(said), redirect_stdout(io.StringIO()):
        yield said


def _program(name: str, arguments: list[str]) -> None:
    with quiet():
        done = run_in_process(ROOT / f"{name}.py", arguments, ROOT, {"WANDB_API_KEY": ""})
    if done.returncode:
        raise RuntimeError(done.stderr)


def _stopped_training(folder: Path) -> None:
    """A training that was stopped in its third epoch."""
    arguments = ("model.epochs=4", "tracking=off", f"cache={folder}/training-cache")
    epochs = iter(range(100))

    def stop(*_: object) -> None:
        if next(epochs) == 2:
            raise Stopped(15)

    (folder / "training").mkdir()
    hook = "advspace.training.checkpoints.RandomState.on_train_epoch_start"
    with quiet(), patch(hook, stop, create=True):
        try:
            run_train(composed(*arguments, program="train"), folder / "training", "")
        except Stopped:
            return
    raise RuntimeError("the training was not stopped")


def _given(folder: Path) -> None:
    """Weights, adversarial images, idx files and settings of a user."""
    given = folder / "given"
    (given / "pictures").mkdir(parents=True)
    (given / "settings" / "experiment").mkdir(parents=True)
    (kept,) = (folder / "cache" / "weights").glob("*.safetensors")
    shutil.copy(kept, given / "weights.safetensors")
    network = Logistic().network(Digits().shape, 10)
    load_weights(network, kept)
    torch.save(network.state_dict(), given / "weights.pth")
    pairs = dict(read_tensors(folder / "run"))
    for name in ("image", "adversarial"):
        stack = torch.stack([pair[name] for pair in pairs.values()])
        np.save(given / f"{name}.npy", stack.numpy())
        for number, picture in enumerate(stack):
            (given / "pictures" / name).mkdir(exist_ok=True)
            grey = (picture[0] * 255).round().byte().numpy()
            Image.fromarray(grey).save(given / "pictures" / name / f"{number}.{'png' if number % 2 else 'tiff'}")
    (given / "settings" / "experiment" / "mine.yaml").write_text(
        "# @package _global_\nimages: 2\nprobe:\n  draws: 10\n  scales: [1.0, 4.0]\nattack:\n  overshoot: 0.1\n"
    )
    _idx(given / "idx")
    torch.manual_seed(0)
    save_weights(Logistic().network((1, 28, 28), 10), given / "idx-weights.safetensors", {})


def _idx(folder: Path) -> None:
    folder.mkdir()
    dice = np.random.default_rng(0)
    for number, (images, labels) in enumerate(FILES.values()):
        pixels, classes = dice.integers(0, 256, (300, 28, 28), np.uint8), dice.integers(0, 10, 300).astype(np.uint8)
        for name, values in ((images, pixels), (labels, classes)):
            content = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()
            path = folder / (f"{name}.gz" if number else name)
            path.write_bytes(gzip.compress(content) if number else content)
