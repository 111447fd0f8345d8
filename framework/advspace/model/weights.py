"""Weights on disk: safetensors with metadata, written atomically, read without running code."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import nn

from advspace.errors import AdvspaceError
from advspace.files.atomic import write_bytes
from advspace.files.sealed import CHECKSUM, seal, unseal
from advspace.model.unwrap import State, fitting, unwrapped
from advspace.model.weight_file import read_weight_file

FEW = 3
"""Most tensors that a message names."""
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
    """Load the weights in `path` into `network`, with the network's own number type.

    Checkpoints around the weights and prefixes of wrapped networks are left out (`unwrap`).

    Raises:
        AdvspaceError: the file is missing, damaged or of another kind, holds code or NaN, or does not fit the network;
            the message names the tensors and their shapes.
    """
    _load(network, fitting(unwrapped(read_weight_file(path), path), network.state_dict()), path)


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


def _counters(state: State) -> State:
    """Batch norm's counts of training steps; old files lack them, and nothing here reads them."""
    return {name: count for name, count in state.items() if name.endswith(".num_batches_tracked")}


def _check_fit(wanted: State, given: State, path: Path) -> None:
    lacking = [f"'{name}' {list(tensor.shape)}" for name, tensor in wanted.items() if name not in given]
    unknown = [f"'{name}' {list(tensor.shape)}" for name, tensor in given.items() if name not in wanted]
    told = [f"lacks {_few(lacking)}"] if lacking else []
    told += [f"has {_few(unknown)}, the model has none"] if unknown else []
    if told:
        raise AdvspaceError(f"model.weights: {path} {' and '.join(told)}; the file {FOREIGN}")
    for name, like in wanted.items():
        tensor = given[name]
        if like.shape != tensor.shape:
            raise AdvspaceError(
                f"model.weights: tensor '{name}' of {path} is {list(tensor.shape)}, "
                f"the model needs {list(like.shape)}; the file {FOREIGN}"
            )
        if like.is_floating_point() and not tensor.is_floating_point():
            raise AdvspaceError(
                f"model.weights: tensor '{name}' of {path} is {tensor.dtype}, the model needs {like.dtype}; "
                "give weights that are not quantised"
            )
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise AdvspaceError(
                f"model.weights: tensor '{name}' of {path} holds NaN or infinity; train the model again"
            )


def _few(names: list[str]) -> str:
    """The first names, in the order of the network or of the file."""
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"tensor{'s' if len(names) > 1 else ''} {', '.join(names[:FEW])}{more}"
