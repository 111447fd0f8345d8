"""What warm starts and the tightness of the search for c are worth: ``python benchmarks/scipy_search.py [mnist root]``.

Softmax regression on digits, or on MNIST where its folder is given.  Prints a table in Markdown.  Ratios of CPU time
are of settings that take turns on the same images; the median of three rounds.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from advspace import Case, Dataset, NoiseBlocks
from advspace.model.contract import freeze
from advspace.selection.selection import Selection, select
from advspace.training.train import train
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.dataset.idx.mnist import MNIST
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

IMAGES, ROUNDS = 40, 3
PAPER: dict[str, Any] = {"bisection": "linear", "epsilon": 0.1, "keep": "last", "growth": 10.0}
SETTINGS: dict[str, dict[str, Any]] = {
    "warm, c to 1 %, best query": {"stop": "algorithm1"},
    "cold, c to 1 %, best query": {"stop": "algorithm1", "warm": False},
    "warm, c to 10 %, best query": {"stop": "algorithm1", "epsilon": 0.1},
    "warm, c to 10 %, last solve": {"stop": "algorithm1", "epsilon": 0.1, "keep": "last"},
    "cold, the authors' search": {"stop": "algorithm1", "warm": False, **PAPER},
    "warm, then tight": {"stop": "tight"},
    "warm, then overshoot 5 %": {"stop": "overshoot"},
}


def main() -> None:
    torch.set_num_threads(1)
    dataset: Dataset = MNIST(root=sys.argv[1], download=False) if len(sys.argv) > 1 else Digits()
    network = freeze(train(Logistic(), dataset, {"accelerator": "cpu"}, None).network)
    split = dataset.split("test")
    chosen = select(network, split, list(dataset.classes), images=IMAGES, target="random", seed=0)
    batch = split.__getitems__(chosen.indices)
    rows = {
        name: measured(network, batch.image, batch.label, chosen, LBFGSBScipy(**kw)) for name, kw in SETTINGS.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in SETTINGS}
    for _ in range(ROUNDS):
        for name, settings in SETTINGS.items():
            attack = LBFGSBScipy(**settings)
            target = torch.tensor(chosen.targets)
            seconds[name].append(cpu_seconds(lambda a=attack, t=target: a(network, batch.image, batch.label, t)))
    print(f"{type(dataset).__name__}, softmax regression, {IMAGES} images, random targets, one thread\n")
    print("| search | gradients / image | CPU, relative | mean L2 | target at 1/32 | at 1/4 | at 1 |")
    print("|---|---|---|---|---|---|---|")
    first = statistics.median(seconds[next(iter(SETTINGS))])
    for name, row in rows.items():
        shares = " | ".join(f"{share:.3f}" for share in row[2:])
        print(f"| {name} | {row[0]:.0f} | {statistics.median(seconds[name]) / first:.2f} | {row[1]:.4f} | {shares} |")


def measured(
    network: nn.Module, image: torch.Tensor, label: torch.Tensor, chosen: Selection, attack: LBFGSBScipy
) -> list[float]:
    """Gradients, mean L2, and the unclipped share of the target at three scales."""
    made = attack(network, image, label, torch.tensor(chosen.targets))
    ladder = Ladder(scales=(1 / 32, 1 / 4, 1.0), draws=100, center="adversarial", box="none")
    shares = torch.zeros(3)
    for i, id_ in enumerate(chosen.ids):
        case = Case(id_, image[i], made.image[i], int(label[i]), chosen.targets[i])
        rows = ladder(network, case, Gaussian(), NoiseBlocks((0, id_, "gaussian")))
        shares += torch.tensor([row.n_target / row.draws for row in rows])
    l2 = (made.image - image).flatten(1).norm(dim=1).mean().item()
    return [made.evaluations.double().mean().item(), l2, *(shares / len(image)).tolist()]


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
