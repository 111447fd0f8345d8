"""Attacks image by image against the best of all: ``python benchmarks/attack_best_of.py --mnist ROOT``.

Targeted and untargeted, one thread, the same images for all.  Ours run with their defaults, with and without a limit of
gradients; peers run long.  ``--photographs ROOT WEIGHTS [--device cuda]`` takes a timm classifier on an ImageNet tree.
"Best" is the smallest distortion of an image that any row found in any of its queries; on linear models it is the exact
optimum.  Needs the extra `bench`.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from attack import Trial, trial
from attack_photographs import photographs
from clock import now
from peers import GradientCounter
from torch import Tensor, nn

from advspace import UNTARGETED, Attack, Problem, Stop
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified
from advspace.forward.full_precision import full_precision
from advspace_plugins.attack.lbfgsb.attack import LBFGSB
from advspace_plugins.attack.linear_exact.attack import LinearExact
from advspace_plugins.dataset.digits import Digits
from advspace_plugins.dataset.idx.mnist import MNIST
from advspace_plugins.model.convnet import ConvNet
from advspace_plugins.model.logistic import Logistic

LIMITS = (None, 50, 100, 200, 1000)
STEPS = (50, 100, 200, 1000)
PHOTOGRAPHS, PHOTOGRAPH_STEPS = (None, 100, 250), (500, 1000)
MANY = 100
"""With more classes, attacks that take the gradient of every class are left out."""
Peer = Callable[[nn.Module, Tensor, Tensor], object]
"""Model, images, labels or targets -> the attack's images, or a tuple that begins with them."""


@dataclass(frozen=True)
class Found:
    """The smallest distortions of one attack, and what it took.

    Args:
        norm: Distance of each image; infinite where it failed.
        reached: Class of each.
        gradients: Gradients per image.
        seconds: CPU seconds, or seconds of a GPU.
    """

    norm: Tensor
    reached: Tensor
    gradients: float
    seconds: float


def peers(targeted: bool, many: bool, limits: Sequence[int]) -> Mapping[str, Peer]:
    """Attacks of adv_lib and Foolbox with their defaults; the last four have no targets."""
    import foolbox
    from adv_lib import attacks as adv
    from foolbox.attacks import L2DeepFoolAttack

    def deepfool(model: nn.Module, image: Tensor, goal: Tensor) -> object:
        return L2DeepFoolAttack()(
            foolbox.PyTorchModel(model, bounds=(0, 1), device=image.device), image, goal, epsilons=None
        )

    result: dict[str, Peer] = {}
    for steps in limits:
        result |= {
            f"DDN, {steps} steps": partial(adv.ddn, targeted=targeted, steps=steps, levels=None),
            f"FMN, {steps} steps": partial(adv.fmn, norm=2, targeted=targeted, steps=steps),
            f"ALMA, {steps} steps": partial(adv.alma, targeted=targeted, num_steps=steps),
            f"PDGD, {steps} steps": partial(adv.pdgd, targeted=targeted, num_steps=steps),
        }
    if not many:
        result["C&W, 9 x 667 steps"] = partial(adv.carlini_wagner_l2, targeted=targeted, max_iterations=667)
    if not targeted:
        result["DeepFool (Foolbox)"] = deepfool
    if not targeted and not many:
        result |= {
            "FAB, 100 steps": partial(adv.fab, norm=2, n_iter=100),
            "SuperDeepFool": adv.sdf,
            "trust region": adv.tr,
        }
    return result


def of_peer(case: Trial, goal: Tensor, targeted: bool, peer: Peer) -> Found:
    """Run an attack of another library; what it returns is a query too."""
    watched = GradientCounter(case.model, case.image, goal, targeted=targeted)
    start = now(case.image.device)
    try:
        result = peer(watched, case.image, goal)
    except Exception as error:  # a peer that fails gets a row of failures
        print(f"{type(error).__name__}: {error}", flush=True)
        result = None
    spent = now(case.image.device) - start
    last = result[0] if isinstance(result, tuple) else result
    if isinstance(last, Tensor):
        with torch.no_grad():
            watched(last.detach())
    return Found(watched.best.cpu(), watched.reached.cpu(), watched.gradients, spent)


def of_ours(case: Trial, goal: Tensor, targeted: bool, attack: Attack, rule: str) -> Found:
    """Run one of our attacks and the stop rule."""
    target = goal if targeted else torch.full_like(goal, UNTARGETED)
    start = now(case.image.device)
    made = verified(attack(case.model, case.image, case.label, target), case.model, case.label, target)
    checked = stopped(attack, Stop(rule), Problem(case.model, case.image, case.label, target), made)
    spent = now(case.image.device) - start
    norm = case.norms(checked.image).nan_to_num(torch.inf)
    return Found(norm.cpu(), checked.reached.cpu(), checked.evaluations.double().mean().item(), spent)


def table(case: Trial, targeted: bool, linear: bool, limits: Sequence[int | None], steps: Sequence[int]) -> str:
    """The table of one model; times are milliseconds of CPU per image, or of a GPU."""
    many = case.model(case.image[:1]).shape[1] > MANY
    goal = case.target if targeted else case.label
    found: dict[str, Found] = {}
    if linear:
        found["linear_exact"] = of_ours(case, goal, targeted, LinearExact(), "given")
    for limit in limits:
        name = "lbfgsb" if limit is None else f"lbfgsb, gradients={limit}"
        found[name] = of_ours(case, goal, targeted, LBFGSB(gradients=limit), "tight")
    for name, peer in peers(targeted, many, steps).items():
        found[name] = of_peer(case, goal, targeted, peer)
        print(case.name, targeted, name, found[name].norm.mean().item(), flush=True)
    norms = torch.stack([each.norm for each in found.values()])
    best = norms.amin(0)
    classes = torch.stack([each.reached for each in found.values()]).gather(0, norms.argmin(0)[None])[0]
    lines = [
        f"\n## {case.name}, {'targeted' if targeted else 'untargeted'}, {len(goal)} images\n",
        "| attack | success | mean L2 | to the best | > 1 % | of these another class | > 5 % | gradients | ms |",
        "|---" * 9 + "|",
    ]
    return "\n".join([*lines, *(_row(name, each, best, classes) for name, each in found.items())]) + "\n"


def _row(name: str, found: Found, best: Tensor, classes: Tensor) -> str:
    good, ratio = found.norm.isfinite(), found.norm / best
    further = ratio > 1.01
    elsewhere = int((further & good & (found.reached != classes)).sum())
    return (
        f"| {name} | {100 * good.double().mean():.0f} % | {found.norm[good].mean():.4f} | {ratio[good].mean():.4f} "
        f"| {int(further.sum())} | {elsewhere} | {int((ratio > 1.05).sum())} | {found.gradients:.0f} "
        f"| {1000 * found.seconds / len(best):.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mnist", help="folder of MNIST")
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="folder with trained weights")
    parser.add_argument("--only", help="one of digits, digits_convnet, mnist, mnist_convnet")
    parser.add_argument("--photographs", nargs=2, metavar=("ROOT", "WEIGHTS"), help="photographs alone")
    parser.add_argument("--architecture", default="mobilenetv2_100", help="timm's name of the photographs' classifier")
    parser.add_argument("--images", type=int, default=32, help="number of photographs")
    parser.add_argument("--device", default="cpu", help="where photographs are attacked")
    given = parser.parse_args()
    torch.set_num_threads(1)
    with full_precision():
        if given.photographs:
            _photographs(given)
            return
        for name, make in ({given.only: _cases(given)[given.only]} if given.only else _cases(given)).items():
            for targeted in (True, False):
                print(table(make(), targeted, "convnet" not in name, LIMITS, STEPS), flush=True)


def _photographs(given: argparse.Namespace) -> None:
    root, weights = given.photographs
    case = photographs(root, given.architecture, Path(weights), given.images, given.device)
    for targeted in (True, False):
        print(table(case, targeted, False, PHOTOGRAPHS, PHOTOGRAPH_STEPS), flush=True)


def _cases(given: argparse.Namespace) -> dict[str, Callable[[], Trial]]:
    cases: dict[str, Callable[[], Trial]] = {
        "digits": lambda: trial(Digits(), Logistic(), 100, given.cache),
        "digits_convnet": lambda: trial(Digits(padding=8), ConvNet(), 100, given.cache),
    }
    if given.mnist:
        mnist = MNIST(root=given.mnist, download=False)
        cases["mnist"] = lambda: trial(mnist, Logistic(), 100, given.cache)
        cases["mnist_convnet"] = lambda: trial(mnist, ConvNet(), 64, given.cache)
    return cases


if __name__ == "__main__":
    main()
