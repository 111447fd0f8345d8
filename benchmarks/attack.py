"""Attacks side by side: ``OMP_NUM_THREADS=1 python benchmarks/attack.py --mnist ROOT --write benchmarks/attack.md``.

Same images, same random targets, one thread; we verify every result (class, box, distance).  Other libraries' attacks
need the extra `bench`.  ``--quick`` measures digits only, without the slow attacks, in a minute.
"""

import argparse
import platform
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from clock import now
from peers import GradientCounter, adv_lib_peers, foolbox_peers
from torch import Tensor, nn

from advspace import Adversarial, Attack, Dataset, Model, Problem, Stop
from advspace.attack.counting import counting
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import Verified, verified
from advspace.selection.selection import select
from advspace.training.store import ready_network
from advspace.training.train import train
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.lbfgsb_scipy.attack import LBFGSBScipy
from advspace_plugins.attack.linear_exact.attack import LinearExact
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.dataset.idx.mnist import MNIST
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic

BUDGETS = (25, 50, 100, 200)
DEFAULT = "lbfgsb (default)"
OURS: Mapping[str, Attack] = {
    DEFAULT: LBFGSB(),
    "lbfgsb, explore=0": LBFGSB(explore=0),
    "lbfgsb, explore=100": LBFGSB(explore=100),
    "lbfgsb, logit_scale=1": LBFGSB(logit_scale=1.0),
    "lbfgsb, logit_scale=1 explore=0 (the paper's formula and start)": LBFGSB(logit_scale=1.0, explore=0),
    "lbfgsb, logit_scale=100 explore=0 epsilon=0.003 searching=1e-4 final=1e-5": LBFGSB(
        logit_scale=100.0, explore=0, epsilon=0.003, searching=1e-4, final=1e-5
    ),
}
PEER_STEPS = {"Foolbox DDN": (100,), "C&W": (1000,), "Foolbox C&W": (1000,), "Foolbox Brendel-Bethge": (200,)}
SLOW = ("C&W", "Foolbox C&W", "Foolbox Brendel-Bethge")


@dataclass(frozen=True)
class Trial(Problem):
    """The problem that all attacks get.

    Args:
        name: Names of dataset and model.
        start: For each image, the nearest test image that the model gives the target: an adversarial without an attack.
    """

    name: str
    start: Tensor

    def norms(self, result: Tensor) -> Tensor:
        """Distance of each image; NaN if there is no image."""
        return (result - self.image).flatten(1).norm(dim=1)


@dataclass
class Row:
    """Measurements of one attack on one problem."""

    norms: Tensor
    gradients: float
    forwards: float
    padding: float
    seconds: list[float] = field(default_factory=list)


def trial(dataset: Dataset, model: Model, images: int, cache: Path) -> Trial:
    """Choose images and targets, and train the model unless the cache has its weights."""
    names = (type(dataset).__name__.lower(), type(model).__name__.lower())

    def train_now() -> tuple[nn.Module, Mapping[str, object]]:
        trained = train(model, dataset, {"accelerator": "cpu"}, ())
        return trained.network, trained.says

    network = ready_network(model, dataset, names, cache, train_now).network
    split = dataset.split("test")
    chosen = select(network, split, list(dataset.classes), images=images, target="random", seed=0)
    batch, target = split.__getitems__(chosen.indices), torch.tensor(chosen.targets)
    pool = split.__getitems__(list(range(min(2000, len(split))))).image
    with torch.no_grad():
        given = network(pool).argmax(1)
    starts = []
    for image, wanted in zip(batch.image, target, strict=True):
        of_class = pool[given == wanted]
        starts.append(of_class[(of_class - image).flatten(1).norm(dim=1).argmin()])
    return Trial(network, batch.image, batch.label, target, " ".join(names), torch.stack(starts))


def attacked(case: Trial, attack: Attack, rule: str) -> Row:
    """Run one of our attacks and the stop rule."""
    start = now(case.image.device)
    make = counting(partial(attack, case.model), case.model)
    made = verified(make(case.image, case.label, case.target), case.model, case.label, case.target)
    checked: Verified = stopped(attack, Stop(rule), case, made)
    spent = now(case.image.device) - start
    return Row(case.norms(checked.image), *_passes(checked), [spent])


def _passes(made: Adversarial) -> list[float]:
    """Mean gradients, forward passes and padding per image."""
    return [0.0 if n is None else n.double().mean().item() for n in (made.evaluations, made.forwards, made.padding)]


def peer_attacked(case: Trial, peer: Callable[..., Tensor], steps: int) -> tuple[Row, Tensor]:
    """Run an attack of another library; also returns the smallest distortion of all its queries."""
    counted = GradientCounter(case.model, case.image, case.target)
    start = now(case.image.device)
    result = peer(counted, case.image, case.label, case.target, case.start, steps).detach()
    spent = now(case.image.device) - start
    with torch.no_grad():
        good = case.model(result).argmax(1) == case.target
    good &= ((result >= 0) & (result <= 1)).flatten(1).all(1)
    return Row(
        case.norms(result).where(good, torch.nan), counted.gradients, counted.forwards, 0.0, [spent]
    ), counted.best


def compare(case: Trial, runs: Mapping[str, Callable[[], Row]], rounds: int, slow: set[str]) -> str:
    """The table of one problem; attacks take turns, slow ones run once."""
    rows: dict[str, Row] = {}
    for number in range(rounds):
        for name, run in runs.items():
            if number and name in slow:
                continue
            row = run()
            print(f"{case.name}: {name} L2 {row.norms.nanmean():.4f} in {row.seconds[0]:.1f} s", flush=True)
            if name in rows:
                rows[name].seconds += row.seconds
            else:
                rows[name] = row
    best = torch.stack([row.norms.nan_to_num(torch.inf) for row in rows.values()]).amin(0)
    lines = [f"\n## {case.name}, {len(best)} images\n"]
    lines += [
        "| attack | success | mean L2 | median | to the best known | gradients | forwards | padding | CPU ms / image |",
        "|---" * 9 + "|",
    ]
    for name, row in rows.items():
        good = row.norms.isfinite()
        norms = row.norms[good]
        cpu = 1000 * statistics.median(row.seconds) / len(best)
        lines.append(
            f"| {name} | {100 * good.double().mean():.0f} % | {norms.mean():.4f} | {norms.median():.4f} "
            f"| {(norms / best[good]).mean():.4f} | {row.gradients:.1f} | {row.forwards:.1f} | {row.padding:.1f} "
            f"| {cpu:.2f} |"
        )
    return "\n".join(lines) + "\n"


def anytime(case: Trial, peers: Mapping[str, Callable[..., Tensor]]) -> str:
    """Mean of the best distortion within a limit of gradients; a failure counts with the distance of `case.start`."""
    beyond = case.norms(case.start)
    lines = [f"\n{case.name}: mean L2 of the best query within so many gradients, failures counted\n"]
    lines += ["| attack | " + " | ".join(map(str, BUDGETS)) + " |", "|---" * (1 + len(BUDGETS)) + "|"]
    for name in ("DDN", "FMN", "ALMA"):
        if name in peers:
            smallest = [peer_attacked(case, peers[name], steps)[1] for steps in BUDGETS]
            lines.append(_anytime_row(name, [torch.where(best.isfinite(), best, beyond) for best in smallest]))
    norms = [attacked(case, LBFGSB(gradients=most), "algorithm1").norms for most in BUDGETS]
    lines.append(_anytime_row("lbfgsb", [torch.where(norm.isfinite(), norm, beyond) for norm in norms]))
    return "\n".join(lines) + "\n"


def _anytime_row(name: str, norms: list[Tensor]) -> str:
    return f"| {name} | " + " | ".join(f"{norm.mean():.4f}" for norm in norms) + " |"


def overhead(case: Trial, title: str, attack: Attack) -> str:
    """Time of one of our attacks beyond the model's own forward and backward passes."""
    spent = [0.0]

    class Timed(nn.Module):
        def forward(self, point: Tensor) -> Tensor:
            return _Clock.apply(case.model, point, spent)  # type: ignore[no-any-return, no-untyped-call]

    shares = []
    for _ in range(3):
        spent[0] = 0.0
        start = now(case.image.device)
        attack(Timed(), case.image, case.label, case.target)
        whole = now(case.image.device) - start
        shares.append((whole - spent[0]) / spent[0])
    share = 100 * statistics.median(shares)
    return f"\n{case.name}, {title}: the engine takes {share:.1f} % above the model's forward and backward.\n"


class _Clock(torch.autograd.Function):
    """The model's forward and backward passes, with timers inside."""

    @staticmethod
    def forward(ctx: object, model: nn.Module, point: Tensor, spent: list[float]) -> Tensor:
        start = now(point.device)
        with torch.enable_grad():
            inner = point.detach().requires_grad_()
            logits: Tensor = model(inner)
        ctx.kept = inner, logits, spent  # type: ignore[attr-defined]
        spent[0] += now(point.device) - start
        return logits.detach()

    @staticmethod
    def backward(ctx: object, *slope: Tensor) -> tuple[None, Tensor, None]:
        inner, logits, spent = ctx.kept  # type: ignore[attr-defined]
        start = now(inner.device)
        (result,) = torch.autograd.grad(logits, inner, slope[0])
        spent[0] += now(inner.device) - start
        return None, result, None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mnist", help="folder of MNIST")
    parser.add_argument("--quick", action="store_true", help="digits only, without the slow attacks")
    parser.add_argument("--only", help="one of digits, mnist, convnet")
    parser.add_argument("--no-peers", action="store_true", help="without other libraries")
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="folder with trained weights")
    parser.add_argument("--write", type=Path, help="file for the tables")
    given = parser.parse_args()
    torch.set_num_threads(1)
    cases: dict[str, Callable[[], Trial]] = {"digits": lambda: trial(Digits(), Logistic(), 100, given.cache)}
    if given.mnist and not given.quick:
        mnist = MNIST(root=given.mnist, download=False)
        cases["mnist"] = lambda: trial(mnist, Logistic(), 256, given.cache)
        cases["convnet"] = lambda: trial(mnist, ConvNet(), 64, given.cache)
    texts = [f"{platform.machine()}, torch {torch.__version__}, one thread\n"]
    peers = {} if given.no_peers else dict(adv_lib_peers()) | dict(foolbox_peers())
    for name in cases if given.only is None else [given.only]:
        texts += measured(name, cases[name](), peers, given.quick)
        if given.write:
            given.write.write_text("".join(texts))
    print("".join(texts))


def measured(name: str, case: Trial, peers: Mapping[str, Callable[..., Tensor]], quick: bool) -> list[str]:
    """All tables of one problem."""
    linear = name != "convnet"
    runs: dict[str, Callable[[], Row]] = {}
    if linear:
        runs["linear_exact"] = lambda: attacked(case, LinearExact(), "given")
    runs["lbfgsb_scipy, one by one"] = lambda: attacked(case, LBFGSBScipy(), "tight")
    for title, attack in OURS.items():
        runs[title] = lambda attack=attack: attacked(case, attack, "tight")  # type: ignore[misc]
    slow = set() if linear else {"lbfgsb_scipy, one by one"}
    for title, peer in peers.items():
        if quick and title in SLOW:
            continue
        for steps in PEER_STEPS.get(title, (100, 1000)):
            full = f"{title}, {'9 x ' if 'C&W' in title else ''}{steps} steps"
            runs[full] = lambda peer=peer, steps=steps: peer_attacked(case, peer, steps)[0]  # type: ignore[misc]
            slow |= {full} if title in SLOW or steps > 100 else set()
    tables = [compare(case, runs, 3, slow), overhead(case, DEFAULT, OURS[DEFAULT])]
    return [*tables, anytime(case, peers)]


if __name__ == "__main__":
    main()
