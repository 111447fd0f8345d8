"""The weights of a network in what other tools store around them: checkpoints, and prefixes of wrapped networks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from advspace.errors import AdvspaceError

State = Mapping[str, torch.Tensor]
NESTED = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params")
"""Keys under which a checkpoint holds the weights; the first that it has counts."""
WRAPPERS = ("module", "_orig_mod", "model", "network", "net")
"""Names that DataParallel, torch.compile and LightningModules put before those of the network."""
COMPILED = "_orig_mod."


def unwrapped(loaded: Any, path: Path) -> State:
    """The tensors by name in the content of a weight file.

    Args:
        loaded: The content.
        path: The file, for messages.

    Raises:
        AdvspaceError: there are no tensors by name in it.
    """
    inside = loaded
    while isinstance(inside, Mapping) and (key := _nested(inside)):
        inside = inside[key]
    if not isinstance(inside, Mapping) or not inside:
        result = "nothing" if isinstance(inside, Mapping) else type(inside).__name__
        raise AdvspaceError(f"model.weights: {path} must hold a state_dict of tensors, got {result}")
    other = next((name for name, value in inside.items() if not isinstance(value, torch.Tensor)), None)
    if other is not None:
        raise AdvspaceError(
            f"model.weights: {path} must hold a state_dict of tensors, got {type(inside[other]).__name__} under "
            f"'{other}'; none of its keys is {', '.join(NESTED)}"
        )
    return {str(name): value for name, value in inside.items()}


def fitting(given: State, wanted: State) -> State:
    """The given tensors under the names of a network, without the prefixes of wrappers around it.

    If a prefix is left out, so are tensors without it: they belong to other parts of the wrapper, such as a loss.

    Args:
        given: Tensors by the names in a file.
        wanted: Tensors by the names of the network.
    """
    if not any(COMPILED in name for name in wanted):
        given = {name.replace(COMPILED, ""): value for name, value in given.items()}
    prefixes = {"", *(_prefix(name) for name in given)}
    best = max(sorted(prefixes, key=len), key=lambda prefix: len(_under(prefix, given).keys() & wanted.keys()))
    return _under(best, given)


def _nested(content: Mapping[Any, Any]) -> str | None:
    """The key of the weights in a checkpoint; None in a state_dict, whose modules may have such names."""
    return next((key for key in NESTED if isinstance(content.get(key), Mapping)), None)


def _prefix(name: str) -> str:
    """All wrappers at the beginning of a name."""
    parts = name.split(".")
    count = next((index for index, part in enumerate(parts) if part not in WRAPPERS), 0)
    return "".join(f"{part}." for part in parts[:count])


def _under(prefix: str, given: State) -> State:
    return {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}
