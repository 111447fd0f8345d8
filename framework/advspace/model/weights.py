"""Weights on disk: safetensors with metadata, written atomically, read without running code."""

import hashlib
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import nn

from advspace.errors import AdvspaceError
from advspace.files.atomic import write_bytes
from advspace.files.sealed import CHECKSUM, seal, unseal

State = Mapping[str, torch.Tensor]
FOREIGN = "has the weights of another architecture or for another number of classes"


def save_weights(network: nn.Module, path: Path, metadata: Mapping[str, Any]) -> None:
    """Write the network's parameters and buffers to `path`.

    Args:
        network: The network.
        path: A `.safetensors` file; a checksum covers its name and content.
        metadata: Stored in the file, each value as JSON.

    Raises:
        AdvspaceError: the file cannot be written.
    """
    texts = {key: json.dumps(value, default=repr) for key, value in metadata.items()}
    write_bytes(path, seal(path.stem, network.state_dict(), texts))


def read_metadata(path: Path) -> dict[str, Any]:
    """The metadata that `save_weights` stored in the file."""
    with safe_open(path, framework="pt") as file:
        texts: dict[str, str] = file.metadata() or {}
    return {key: json.loads(text) for key, text in texts.items() if key != CHECKSUM}


def load_weights(network: nn.Module, path: Path) -> None:
    """Load the weights in `path` into `network`.

    Raises:
        AdvspaceError: the file is missing or damaged, holds code or NaN, or does not fit the network; the message names
            the tensor and the shapes.
    """
    _load(network, _read(path), path)


def load_checked_weights(network: nn.Module, path: Path) -> None:
    """Load weights that `save_weights` wrote to `path`, if not one bit of them has changed.

    Raises:
        AdvspaceError: the file is damaged, renamed or without a checksum, or does not fit the network.
    """
    state, _ = unseal(path.stem, path.read_bytes())
    _load(network, state, path)


def digest(network: nn.Module) -> str:
    """Digest of a network's weights."""
    whole = hashlib.blake2b(digest_size=16)
    for name, tensor in sorted(network.state_dict().items()):
        whole.update(name.encode())
        whole.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return whole.hexdigest()


def _load(network: nn.Module, given: State, path: Path) -> None:
    wanted = network.state_dict()
    state = {**_counters(wanted), **given}
    _check_fit(wanted, state, path)
    network.load_state_dict(state)


def _read(path: Path) -> State:
    if not path.is_file():
        raise AdvspaceError(f"model.weights: there is no file {path}")
    try:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no dict)
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise AdvspaceError(
            f"model.weights: {path} holds Python code or objects, not only tensors, and is refused; "
            "save its state_dict as .safetensors"
        ) from error
    except Exception as error:  # torch's reader raises anything on damaged files
        raise AdvspaceError(f"model.weights: {path} is damaged or not a weight file ({error})") from error
    state = loaded.get("state_dict", loaded) if isinstance(loaded, dict) else loaded
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise AdvspaceError(f"model.weights: {path} must hold a state_dict of tensors, got {type(state).__name__}")
    return state


def _counters(state: State) -> State:
    """Batch norm's counts of training steps; old files lack them, and nothing here reads them."""
    return {name: count for name, count in state.items() if name.endswith(".num_batches_tracked")}


def _check_fit(wanted: State, given: State, path: Path) -> None:
    for name in sorted(wanted.keys() | given.keys()):
        if name not in given:
            raise AdvspaceError(f"model.weights: {path} lacks tensor '{name}' {list(wanted[name].shape)}; it {FOREIGN}")
        if name not in wanted:
            raise AdvspaceError(
                f"model.weights: {path} has tensor '{name}' {list(given[name].shape)}, the model has none; "
                f"the file {FOREIGN}"
            )
        if wanted[name].shape != given[name].shape:
            raise AdvspaceError(
                f"model.weights: tensor '{name}' of {path} is {list(given[name].shape)}, "
                f"the model needs {list(wanted[name].shape)}; the file {FOREIGN}"
            )
        if given[name].is_floating_point() and not torch.isfinite(given[name]).all():
            raise AdvspaceError(
                f"model.weights: tensor '{name}' of {path} holds NaN or infinity; train the model again"
            )
