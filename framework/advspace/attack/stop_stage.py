"""The stage after any attack: it applies the stop rule and verifies the moved images."""

from dataclasses import replace

import torch

from advspace.attack.contract import Adversarial, Attack, Problem
from advspace.attack.stop import Stop
from advspace.attack.verify import Verified, verified


def stopped(attack: Attack, stop: Stop, problem: Problem, made: Verified) -> Verified:
    """Apply the stop rule to the result of an attack, then call the attack's `after_stop`.

    It takes the whole batch, with clean images for failures, whether images come from the cache or not.  So the result
    of an image does not depend on the cache.

    Args:
        attack: The attack; its `score_at` defines the boundary.
        stop: The rule.
        problem: The problem that the attack solved.
        made: Result of the attack.
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
