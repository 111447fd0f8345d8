"""Pairs of modules where the output of the first is the input of the second."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized
from torch.utils.hooks import RemovableHandle

from advspace.shapes import Images

Kinds = tuple[type[nn.Module], ...]
Pair = tuple[str, str]
"""Names of a module and of the module that takes its output."""


def module_pairs(network: nn.Module, images: Images, givers: Kinds, takers: Kinds) -> list[Pair]:
    """Pairs of a giver and a taker: the taker's input is the giver's output, and both are called once.

    Other uses of the output are not detected.  Modules with hooks, with computed weights, or in training mode are left
    out.

    Args:
        network: Runs once if it has modules of both kinds.
        images: Input of this run.
        givers: Kinds of modules that give an output.
        takers: Kinds of modules that take it; no kind may be in both.
    """
    if not all(any(isinstance(module, kinds) for module in network.modules()) for kinds in (givers, takers)):
        return []
    seen = _Seen()
    hooks: list[RemovableHandle] = []
    for name, module in network.named_modules():
        if isinstance(module, givers) and _plain(module):
            hooks.append(module.register_forward_hook(partial(seen.given, name)))
        if isinstance(module, takers) and _plain(module):
            hooks.append(module.register_forward_pre_hook(partial(seen.taken, name)))
    try:
        with torch.no_grad():
            network(images)
    finally:
        for hook in hooks:
            hook.remove()
    return [pair for pair in seen.pairs if all(seen.calls[name] == 1 for name in pair)]


@dataclass
class _Seen:
    """Calls and pairs of one pass."""

    calls: Counter[str] = field(default_factory=Counter)
    pairs: list[Pair] = field(default_factory=list)
    outputs: dict[int, tuple[str, torch.Tensor, int]] = field(default_factory=dict)
    """By address in memory.  The tensors are kept alive, so that no other tensor gets the same address."""

    def given(self, name: str, module: nn.Module, inputs: Any, output: torch.Tensor) -> None:
        del module, inputs
        self.calls[name] += 1
        self.outputs[output.data_ptr()] = (name, output, output._version)

    def taken(self, name: str, module: nn.Module, inputs: Any) -> None:
        del module
        self.calls[name] += 1
        values = inputs[0]
        giver, output, version = self.outputs.get(values.data_ptr(), ("", values, -1))
        if values.numel() == output.numel() and values._version == version:
            self.pairs.append((giver, name))


def _plain(module: nn.Module) -> bool:
    hooked = module._forward_hooks or module._forward_pre_hooks
    return not (module.training or hooked or is_parametrized(module))
