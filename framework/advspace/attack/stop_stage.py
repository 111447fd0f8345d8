"""The stage after any attack: its successes are moved to where the run wants them, and measured anew."""

from dataclasses import replace

import torch

from advspace.attack.contract import Adversarial, Attack, Problem
from advspace.attack.stop import Stop
from advspace.attack.verify import Verified, verified


def stopped(attack: Attack, stop: Stop, problem: Problem, made: Verified) -> Verified:
    """Apply the stop rule to what an attack made, and let the attack finish it.

    The whole batch goes through, failures as clean images, whatever of it comes from the cache: an image's result is
    the same in any batch.

    Args:
        attack: What made them; its `score_at` says where the boundary is.
        stop: The rule.
        problem: What it was asked to solve.
        made: What it made.
    """
    result = attack.after_stop(problem, _moved(attack, stop, problem, made), stop)
    return made if result is made else verified(result, problem.model, problem.label, problem.target)


def _moved(attack: Attack, stop: Stop, problem: Problem, made: Adversarial) -> Adversarial:
    if not stop.moves or not bool(made.success.any()):
        return made
    good = made.success[:, None, None, None]
    start = torch.where(good, made.image, problem.image)
    moved = stop.apply(problem.image, start, attack.score_at(problem))
    return replace(made, image=torch.where(good, moved, torch.nan))
