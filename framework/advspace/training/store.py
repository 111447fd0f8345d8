"""Cache of trained weights."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock
from torch import nn

from advspace.dataset.contract import Dataset, fingerprint
from advspace.errors import AdvspaceError, warn
from advspace.model.contract import Model, freeze
from advspace.model.weights import load_checked_weights, load_weights, save_weights
from advspace.pasted import command_line
from advspace.registry.registry import version

Train = Callable[[], tuple[nn.Module, Mapping[str, Any]]]
LARGEST_TRAINED_UNASKED = 64
"""Largest side in pixels for automatic training: on photographs it would take days."""


@dataclass(frozen=True)
class Ready:
    """A frozen network and the source of its weights.

    Args:
        network: The network, ready to be attacked.
        source: `trained now`, `given`, `pretrained`, or `kept`.
        path: The weight file; None if there is none.
    """

    network: nn.Module
    source: str
    path: Path | None


def folder_of(cache: str, directory: Path) -> Path:
    """The folder of the setting `cache`; the run directory if it is `off`."""
    return directory if cache == "off" else Path(cache).expanduser()


def weights_path(store: Path, names: tuple[str, str], model: Model, dataset: Dataset) -> Path:
    """Path of the cached weights of `model` trained on `dataset`.

    Args:
        store: Folder of all cached weights.
        names: Plugin names of dataset and model.
        model: The model; its settings and the version of its package are part of the key.
        dataset: The dataset; its training images are part of the key.
    """
    images = [list(dataset.shape), list(dataset.classes), fingerprint(dataset.split("train"))]
    content = [*names, version("model", names[1]), images, model.settings]
    key = blake2b(json.dumps(content, sort_keys=True, default=repr).encode(), digest_size=8).hexdigest()
    return store / "weights" / f"{names[0]}-{names[1]}-{key}.safetensors"


def ready_network(model: Model, dataset: Dataset, names: tuple[str, str], store: Path, train: Train) -> Ready:
    """Build the network with weights that are given, cached, or (for images up to 64 x 64) trained now.

    If several processes need the same weights, the first one trains and the others wait.

    Args:
        model: The model.
        dataset: The dataset to train on.
        names: Plugin names of dataset and model.
        store: Folder of all cached weights.
        train: Trains the network; returns it with the metadata of its weight file.

    Raises:
        AdvspaceError: the weights or the images do not fit the model, or larger images have no weights yet.
    """
    if model.weights is None and not model.trained:
        return _kept_or_trained(model, dataset, names, store, train)
    with torch.random.fork_rng():
        torch.manual_seed(model.seed)
        network = model.network(dataset.shape, len(dataset.classes))
    if model.weights is None:
        return Ready(freeze(network), "pretrained", None)
    path = Path(model.weights).expanduser()
    load_weights(network, path)
    return Ready(freeze(network), "given", path)


def keep(network: nn.Module, path: Path, metadata: Mapping[str, Any]) -> None:
    """Write trained weights to `path`, with a lock."""
    with _locked(path):
        save_weights(network, path, metadata)


def _kept_or_trained(model: Model, dataset: Dataset, names: tuple[str, str], store: Path, train: Train) -> Ready:
    path = weights_path(store, names, model, dataset)
    with _locked(path):
        kept, reason = _kept(model, dataset, path)
        if kept is not None:
            return Ready(freeze(kept), "kept", path)
        if max(dataset.shape[1:]) > LARGEST_TRAINED_UNASKED:
            lack = f"the weights in {path} cannot be used ({reason})" if reason else "there are no weights yet"
            raise AdvspaceError(
                f"{lack} for {names[1]} on {names[0]}; give a file (model.weights=FILE), or train it "
                f"first ({command_line(name='train')} dataset={names[0]} model={names[1]} ...)"
            )
        if reason:
            warn(f"the weights in {path} cannot be used ({reason}); they are trained again")
        network, metadata = train()
        save_weights(network, path, metadata)
        return Ready(freeze(network), "trained now", path)


def _kept(model: Model, dataset: Dataset, path: Path) -> tuple[nn.Module | None, str]:
    """The network with its kept weights; None if there are none, and the reason if they cannot be used."""
    if not path.exists():
        return None, ""
    network = model.network(dataset.shape, len(dataset.classes))
    try:
        load_checked_weights(network, path)
    except AdvspaceError as error:
        return None, str(error)
    return network, ""


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        yield
