"""What antithetic draws are worth: ``python benchmarks/pairs.py [--images 8] [--draws 1000]``.

A share of pairs has the variance of one of as many independent draws, times 1 + r: r is the correlation between a draw
that is kept and its mirror image that is kept.  So one run with pairs measures the worth of pairs, cell by cell.  0.5
means that pairs are worth twice the draws; above 1 they lose.  The table has this factor over attacks: the variances of
all cells together, and of the scale with the smallest and the largest factor.  Scales with a mean share between 2 and
98 % count.

``--run DIRECTORY`` measures a run that has been made with `probe.pairs=true` and kept its labels.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn

from advspace import Case, NoiseBlocks
from advspace.attack.contract import Problem, Stop
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified
from advspace.lightning import ALONE
from advspace.model.contract import freeze
from advspace.records.draws import read_labels
from advspace.records.tables import read_tables
from advspace.selection.selection import select
from advspace.training.train import train
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

DATA = Digits(padding=8)
Kept = dict[tuple[str, str], list[np.ndarray]]
"""By center and box policy: whether each draw is kept, an array of shape (scales, draws) for each attack."""


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


def probed(network: nn.Module, attacks: list[Case], draws: int) -> Kept:
    """Draws kept on the default ladder, with pairs."""
    result: Kept = {}
    for case in attacks:
        probe = Ladder(draws=draws, pairs=True, keep_labels=10**9)
        for row in probe(network, case, Gaussian(), NoiseBlocks((0, case.image_id))).tables["labels"]:
            classes = np.frombuffer(row["labels"], f"<u{row['width']}").reshape(-1, draws)
            wanted = case.label if row["center"] == "original" else case.target
            result.setdefault((row["center"], row["box"]), []).append(classes == wanted)
    return result


def read(directory: Path) -> Kept:
    """Draws kept in a run."""
    images, _ = read_tables(directory)
    labels = dict(zip(images["image_id"], images["label"], strict=True))
    result: Kept = {}
    for (image, target), places in read_labels(directory).items():
        for place, found in places.items():
            wanted = labels[image] if place[0] == "original" else target
            result.setdefault(place, []).append(found.classes == wanted)
    return result


def factors(kept: list[np.ndarray]) -> np.ndarray:
    """Variance with pairs, and with independent draws, of the mean over attacks: shape (2, scales that count)."""
    draws = np.stack(kept).astype(np.float64)
    pairs = draws.reshape(*draws.shape[:2], -1, 2).mean(3)
    counts = (draws.mean((0, 2)) > 0.02) & (draws.mean((0, 2)) < 0.98)
    return np.stack([2 * pairs.var(2, ddof=1).mean(0), draws.var(2, ddof=1).mean(0)])[:, counts]


def rows(name: str, stop: str, kept: Kept) -> Iterator[str]:
    """Lines of the table."""
    for (center, box), found in kept.items():
        paired, independent = factors(found)
        if len(paired):
            each = paired / independent
            texts = f"{paired.sum() / independent.sum():.2f}", f"{each.min():.2f}", f"{each.max():.2f}"
            yield f"| {name} | {stop} | {center} | {box} | {' | '.join(texts)} | {len(each)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--run", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(
        "| network | stop | around | box | all scales | least | largest | scales |\n|---|---|---|---|---|---|---|---|"
    )
    if given.run:
        print("\n".join(rows("run", "", read(given.run))))
        return
    for model in (Logistic(), ConvNet()):
        network = freeze(train(model, DATA, dict(ALONE), ()).network)
        for stop in (Stop("tight"), Stop("overshoot")):
            kept = probed(network, cases(network, given.images, stop), given.draws)
            print("\n".join(rows(type(model).__name__, stop.rule, kept)), flush=True)


if __name__ == "__main__":
    main()
