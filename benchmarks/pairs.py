"""What antithetic draws are worth: ``python benchmarks/pairs.py``.

For each attack, center, box policy and scale, the share of 100 draws that are kept is measured with many seeds, with
independent draws and with pairs.  The table has the variance of the share over seeds with pairs, divided by that with
independent draws: means over attacks and scales.  0.5 means that pairs are worth twice the draws.  The last columns are
the share of Wilson's intervals (95 %) that hold the mean over all seeds, over cells whose share is between 2 and 98 %.
"""

import argparse
from collections import defaultdict

import numpy as np
import torch
from torch import nn

from advspace import Case, NoiseBlocks
from advspace.attack.contract import Problem, Stop
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified
from advspace.lightning import ALONE
from advspace.model.contract import freeze
from advspace.selection.selection import select
from advspace.statistics.interval import wilson
from advspace.training.train import train
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

DRAWS, DATA = 100, Digits(padding=8)


def cases(network: nn.Module, images: int, stop: Stop) -> list[Case]:
    """Adversarial images of a network at a stop."""
    attack, split = LBFGSB(), DATA.split("test")
    chosen = select(network, split, list(DATA.classes), images=images, target="random", seed=0)
    batch = split.__getitems__(chosen.indices)
    problem = Problem(network, batch.image, batch.label, torch.tensor(chosen.targets))
    made = attack(network, problem.image, problem.label, problem.target)
    made = stopped(attack, stop, problem, verified(made, network, problem.label, problem.target))
    return [
        Case(id_, problem.image[row], made.image[row], int(problem.label[row]), int(problem.target[row]))
        for row, id_ in enumerate(batch.ids)
        if bool(made.success[row])
    ]


def shares(network: nn.Module, case: Case, seeds: int, *, pairs: bool) -> dict[tuple[str, str], np.ndarray]:
    """Share kept around each center with each box policy, of shape (seeds, scales)."""
    result = defaultdict(list)
    ladder = Ladder(draws=DRAWS, pairs=pairs, keep_labels=0)
    for seed in range(seeds):
        kept = defaultdict(list)
        for record in ladder(network, case, Gaussian(), NoiseBlocks((seed, case.image_id))).records:
            count = record.n_original if record.center == "original" else record.n_target
            kept[record.center, record.box].append(count / DRAWS)
        for around, values in kept.items():
            result[around].append(values)
    return {around: np.array(values) for around, values in result.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=24)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print("| digits | stop | around | box | variance with pairs / without | Wilson holds, pairs | without |")
    print("|---|---|---|---|---|---|---|")
    for model in (Logistic(), ConvNet()):
        network = freeze(train(model, DATA, dict(ALONE), None).network)
        for stop in (Stop("tight"), Stop("overshoot")):
            ways = [
                [shares(network, case, given.seeds, pairs=pairs) for case in cases(network, given.images, stop)]
                for pairs in (True, False)
            ]
            for around in ways[0][0]:
                stacked = [np.stack([each[around] for each in way]) for way in ways]  # attack, seed, scale
                variance = [each.var(1, ddof=1).mean() for each in stacked]
                truth = np.concatenate(stacked, 1).mean(1, keepdims=True)
                open_ = (truth > 0.02) & (truth < 0.98)
                held = []
                for each in stacked:
                    low, high = wilson(each * DRAWS, DRAWS)
                    held.append(((low <= truth) & (truth <= high))[np.broadcast_to(open_, each.shape)].mean())
                name = type(model).__name__
                cells = [f"{variance[0] / variance[1]:.2f}", *(f"{share:.3f}" for share in held)]
                print(f"| {name} | {stop.rule} | {around[0]} | {around[1]} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
