"""Attacks side by side on photographs: ``python benchmarks/attack_photographs.py ROOT WEIGHTS [IMAGES]``.

A timm classifier (``--architecture``) with weights from the file WEIGHTS, correctly classified pictures of an ImageNet
tree, random targets of 1,000 classes; one round, one thread.  Needs the extra `bench`.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from attack import Row, Trial, attacked, compare, overhead, peer_attacked
from peers import adv_lib_peers

from advspace import Attack
from advspace.forward.prepare import prepare
from advspace.model.contract import freeze
from advspace.model.weights import load_weights
from advspace.registry.components import prepared_for
from advspace.selection.selection import select
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.dataset.pictures.imagenet import ImageNet
from advspace_plugins.model.pretrained.timm import Timm

OURS: Mapping[str, Attack] = {
    "lbfgsb (default)": LBFGSB(),
    "lbfgsb, gradients=100": LBFGSB(gradients=100),
    "lbfgsb, gradients=250": LBFGSB(gradients=250),
}
PEERS = {"DDN": (100, 500), "FMN": (100, 500), "ALMA": (100,)}


def photographs(root: str, architecture: str, weights: Path, images: int, device: str = "cpu") -> Trial:
    """Choose pictures and targets, with a network prepared as in a run; `start` is the farthest image in the box."""
    model = Timm(architecture=architecture, weights=str(weights), pretrained=False)
    dataset = prepared_for(model, ImageNet(root=root))
    network = model.network(dataset.shape, len(dataset.classes))
    load_weights(network, weights)
    network = prepare(freeze(network), dataset.shape, torch.device(device)).network
    split = dataset.split("test")
    chosen = select(network, split, list(dataset.classes), images=images, target="random", seed=0)
    batch, target = split.__getitems__(chosen.indices), torch.tensor(chosen.targets).to(device)
    image, label = batch.image.to(device), batch.label.to(device)
    name = f"{architecture}, photographs"
    return Trial(network, image, label, target, name, (image < 0.5).float())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root")
    parser.add_argument("weights", type=Path)
    parser.add_argument("images", type=int, nargs="?", default=64)
    parser.add_argument("--architecture", default="mobilenetv2_100")
    parser.add_argument("--no-peers", action="store_true", help="without other libraries")
    given = parser.parse_args()
    torch.set_num_threads(1)
    case = photographs(given.root, given.architecture, given.weights, given.images)
    runs: dict[str, Callable[[], Row]] = {
        title: lambda attack=attack: attacked(case, attack, "tight")  # type: ignore[misc]
        for title, attack in OURS.items()
    }
    for title, peer in ({} if given.no_peers else adv_lib_peers()).items():
        for steps in PEERS.get(title, ()):
            runs[f"{title}, {steps} steps"] = lambda peer=peer, steps=steps: peer_attacked(case, peer, steps)[0]  # type: ignore[misc]
    print(compare(case, runs, 1, set()) + "".join(overhead(case, title, attack) for title, attack in OURS.items()))


if __name__ == "__main__":
    main()
