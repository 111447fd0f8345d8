"""Turn OverFeat's official weight files into safetensors.

python -m advspace_plugins.model.overfeat.weights net_weight_0 overfeat_fast.safetensors
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from advspace import AdvspaceError
from advspace.model.weights import save_weights
from advspace_plugins.model.overfeat.network import VARIANTS, OverFeat, Variant

FLOAT = 4
"""Bytes of a float32."""


def empty(variant: Variant) -> OverFeat:
    """A network whose weights have shapes but take no memory."""
    with torch.device("meta"):
        return OverFeat(variant)


def name_of(raw: Path) -> str:
    """The network of a raw file, recognised by the file's size.

    Raises:
        AdvspaceError: the file does not exist, or its size is that of neither network.
    """
    if not raw.is_file():
        raise AdvspaceError(f"there is no file {raw}; give OverFeat's net_weight_0 or net_weight_1")
    sizes = {FLOAT * _count(empty(variant)): name for name, variant in VARIANTS.items()}
    size = raw.stat().st_size
    if size not in sizes:
        wanted = " or ".join(f"{each:,} ({name})" for each, name in sizes.items())
        raise AdvspaceError(f"{raw} must have {wanted} bytes, got {size:,}; fetch it again")
    return sizes[size]


def fill(network: OverFeat, raw: Path) -> None:
    """Load the weights of a raw file into `network`.

    The file is float32, little-endian, without a header: weight (out, in, height, width) and bias of one convolution
    after the other.  It is memory-mapped: the weights are the file's pages until they are changed.

    Args:
        network: A network of the file's variant and width.
        raw: The file.

    Raises:
        AdvspaceError: the file's size is not the network's.
    """
    wanted, size = FLOAT * _count(network), raw.stat().st_size
    if size != wanted:
        raise AdvspaceError(f"{raw} must have {wanted:,} bytes, got {size:,}; fetch it again")
    rest = torch.from_numpy(np.memmap(raw, "<f4", "c"))
    state = {}
    for name, parameter in network.named_parameters():
        state[name], rest = rest[: parameter.numel()].view(parameter.shape), rest[parameter.numel() :]
    network.load_state_dict(state, assign=True)


def sort_classes(network: OverFeat, order: Path) -> None:
    """Change the order of the logits from OverFeat's own to that of sorted WordNet ids, as in `imagenet`.

    Args:
        network: A network with weights.
        order: One WordNet id per line, in OverFeat's order.

    Raises:
        AdvspaceError: the file does not name each class once.
    """
    ids = order.read_text().split()
    if len(set(ids)) != network.num_classes or len(ids) != network.num_classes:
        raise AdvspaceError(
            f"{order} must name {network.num_classes} WordNet ids once each, got {len(ids)} ({len(set(ids))} different)"
        )
    index = sorted(range(len(ids)), key=ids.__getitem__)
    layer = network.classifier
    layer.weight, layer.bias = (torch.nn.Parameter(values[index].detach()) for values in layer.parameters())


def main(arguments: Sequence[str] | None = None) -> None:
    """Convert one file."""
    parser = ArgumentParser(description="Turn OverFeat's official weights into a file for model.weights.")
    parser.add_argument("raw", type=Path, help="net_weight_0 (fast) or net_weight_1 (accurate)")
    parser.add_argument("target", type=Path, help="the .safetensors file to write")
    parser.add_argument("--order", type=Path, help="text file: WordNet ids in OverFeat's order, one per line")
    given = parser.parse_args(arguments)
    name = name_of(given.raw)
    network = empty(VARIANTS[name])
    fill(network, given.raw)
    if given.order:
        sort_classes(network, given.order)
    save_weights(network, given.target, {"architecture": name, "classes": "sorted" if given.order else "OverFeat's"})
    note = "" if given.order else "; its classes are in OverFeat's own order, --order sorts them"
    print(f"{name} in {given.target}{note}")


def _count(network: OverFeat) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


if __name__ == "__main__":
    try:
        main()
    except (AdvspaceError, OSError) as error:
        sys.exit(f"error: {error}")
