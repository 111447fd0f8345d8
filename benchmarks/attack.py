"""Our attacks side by side: ``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/attack.py [mnist root]``.

Same images, same random targets, every result verified by us (class, box, distance).  Prints a table in Markdown:
success, mean and median L2, ratio to the first row's mean L2 over the images both reached, gradients and CPU
milliseconds per image (median of the rounds; the attacks take turns).  Digits and softmax regression; with the folder
of MNIST also its softmax regression and convnet.
"""

import statistics
import sys
import time
from collections.abc import Mapping

import torch
from torch import nn

from advspace import Attack, Dataset, Model
from advspace.attack import verified
from advspace.model import freeze
from advspace.selection import select
from advspace.training import train
from advspace_plugins.attack.lbfgsb import LBFGSB
from advspace_plugins.attack.lbfgsb_scipy import LBFGSBScipy
from advspace_plugins.attack.linear_exact import LinearExact
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.dataset.mnist import MNIST
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic

ROUNDS = 3
BATCHED: Mapping[str, Attack] = {
    "lbfgsb": LBFGSB(stop="tight"),
    "lbfgsb, logit_scale=10": LBFGSB(stop="tight", logit_scale=10.0),
    "lbfgsb, logit_scale=30, epsilon=0.003": LBFGSB(stop="tight", logit_scale=30.0, epsilon=0.003),
}
SCIPY: Mapping[str, Attack] = {"lbfgsb_scipy, one by one": LBFGSBScipy(stop="tight")}
EXACT: Mapping[str, Attack] = {"linear_exact": LinearExact()}


def main() -> None:
    torch.set_num_threads(1)
    compare(Digits(), Logistic(), 100, EXACT | SCIPY | BATCHED)
    if len(sys.argv) > 1:
        mnist = MNIST(root=sys.argv[1], download=False)
        compare(mnist, Logistic(), 256, EXACT | SCIPY | BATCHED)
        compare(mnist, ConvNet(), 64, SCIPY | BATCHED, rounds=1)


def compare(dataset: Dataset, model: Model, images: int, attacks: Mapping[str, Attack], rounds: int = ROUNDS) -> None:
    """Print one table."""
    network = freeze(train(model, dataset, {"accelerator": "cpu"}, None).network)
    split = dataset.split("test")
    chosen = select(network, split, list(dataset.classes), images=images, target="random", seed=0)
    batch, target = split.__getitems__(chosen.indices), torch.tensor(chosen.targets)
    warm_up(network, batch.image[:2], target[:2], attacks)
    rows: dict[str, list[tuple[torch.Tensor, float, float]]] = {name: [] for name in attacks}
    for _ in range(rounds):
        for name, attack in attacks.items():
            start = time.process_time()
            made = attack(network, batch.image, batch.label, target)
            spent = time.process_time() - start
            made = verified(made, network, target)
            norms = (made.image - batch.image).flatten(1).norm(dim=1)
            rows[name].append((norms, made.evaluations.double().mean().item(), spent))
    print(f"\n{type(dataset).__name__}, {type(model).__name__}, {images} images, random targets, one thread\n")
    print("| attack | success | mean L2 | median | to the first | gradients | CPU ms / image |")
    print("|---|---|---|---|---|---|---|")
    first = next(iter(rows.values()))[0][0]
    for name, found in rows.items():
        norms, gradients, _ = found[0]
        reached = ~norms.isnan()
        both = reached & ~first.isnan()
        cpu = 1000 * statistics.median(spent for _, _, spent in found) / images
        ratio = norms[both].mean() / first[both].mean()
        sizes = f"{norms[reached].mean():.4f} | {norms[reached].median():.4f} | {ratio:.4f}"
        print(f"| {name} | {100 * reached.double().mean():.0f} % | {sizes} | {gradients:.1f} | {cpu:.2f} |", flush=True)


def warm_up(network: nn.Module, image: torch.Tensor, target: torch.Tensor, attacks: Mapping[str, Attack]) -> None:
    """Let every attack import and allocate what it needs."""
    for attack in attacks.values():
        attack(network, image, target, target)


if __name__ == "__main__":
    main()
