"""The effect of warm starts and of the precision of c: ``python benchmarks/scipy_search.py [mnist root]``.

Softmax regression on digits, or on MNIST if its folder is given.  Prints a table in Markdown.  The settings take turns
on the same images; CPU times are ratios of medians of three rounds.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from advspace import Attack, Case, Dataset, NoiseBlocks, Problem, Stop
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import Verified, verified
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
SEARCHES: dict[str, tuple[Attack, Stop]] = {
    "warm, c to 1 %, best query": (LBFGSBScipy(), Stop("algorithm1")),
    "cold, c to 1 %, best query": (LBFGSBScipy(warm=False), Stop("algorithm1")),
    "warm, c to 10 %, best query": (LBFGSBScipy(epsilon=0.1), Stop("algorithm1")),
    "warm, c to 10 %, last solve": (LBFGSBScipy(epsilon=0.1, keep="last"), Stop("algorithm1")),
    "cold, the authors' search": (LBFGSBScipy(warm=False, **PAPER), Stop("algorithm1")),
    "warm, then tight": (LBFGSBScipy(), Stop("tight")),
    "warm, then overshoot 5 %": (LBFGSBScipy(), Stop("overshoot")),
}


def main() -> None:
    torch.set_num_threads(1)
    dataset: Dataset = MNIST(root=sys.argv[1], download=False) if len(sys.argv) > 1 else Digits()
    network = freeze(train(Logistic(), dataset, {"accelerator": "cpu"}, ()).network)
    split = dataset.split("test")
    chosen = select(network, split, list(dataset.classes), images=IMAGES, target="random", seed=0)
    batch = split.__getitems__(chosen.indices)
    problem = Problem(network, batch.image, batch.label, torch.tensor(chosen.targets))
    rows = {name: measured(problem, chosen, attacked(problem, *search)) for name, search in SEARCHES.items()}
    seconds: dict[str, list[float]] = {name: [] for name in SEARCHES}
    for _ in range(ROUNDS):
        for name, search in SEARCHES.items():
            seconds[name].append(cpu_seconds(partial(attacked, problem, *search)))
    print(f"{type(dataset).__name__}, softmax regression, {IMAGES} images, random targets, one thread\n")
    print("| search | gradients / image | CPU, relative | mean L2 | target at 1/32 | at 1/4 | at 1 |")
    print("|---|---|---|---|---|---|---|")
    first = statistics.median(seconds[next(iter(SEARCHES))])
    for name, row in rows.items():
        shares = " | ".join(f"{share:.3f}" for share in row[2:])
        print(f"| {name} | {row[0]:.0f} | {statistics.median(seconds[name]) / first:.2f} | {row[1]:.4f} | {shares} |")


def attacked(problem: Problem, attack: Attack, stop: Stop) -> Verified:
    made = attack(problem.model, problem.image, problem.label, problem.target)
    return stopped(attack, stop, problem, verified(made, problem.model, problem.label, problem.target))


def measured(problem: Problem, chosen: Selection, made: Verified) -> list[float]:
    """Gradients, mean L2, and the unclipped share of the target at three scales."""
    ladder = Ladder(scales=(1 / 32, 1 / 4, 1.0), draws=100, center="adversarial", box="none")
    shares = torch.zeros(3)
    for i, id_ in enumerate(chosen.ids):
        case = Case(id_, problem.image[i], made.image[i], int(problem.label[i]), chosen.targets[i])
        rows = ladder(problem.model, case, Gaussian(), NoiseBlocks((0, id_, "gaussian")))
        shares += torch.tensor([row.n_target / row.draws for row in rows.records])
    l2 = (made.image - problem.image).flatten(1).norm(dim=1).mean().item()
    return [made.evaluations.double().mean().item(), l2, *(shares / len(chosen.ids)).tolist()]


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
