"""The stage after any attack: it applies the stop rule and verifies the moved images."""

from dataclasses import replace

import torch

from advspace.attack.contract import Adversarial, Attack, Problem
from advspace.attack.counting import counted_rows, padded_by
from advspace.attack.overshoot import distance
from advspace.attack.stop import Stop
from advspace.attack.verify import Verified, verified
from advspace.shapes import PerImage


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
    with counted_rows(problem.model) as rows:
        moved, boundary = _moved(attack, stop, problem, made)
        result = attack.after_stop(problem, moved, stop)
    if result is made:
        return made
    checked = verified(padded_by(result, made, rows.count), problem.model, problem.label, problem.target)
    depth = distance(problem.image, moved.image) / boundary - 1
    return replace(checked, depth=torch.where(checked.success, depth, torch.nan))


def _moved(attack: Attack, stop: Stop, problem: Problem, made: Verified) -> tuple[Adversarial, PerImage]:
    """The moved images, and the distance of the boundary from each image; NaN where it is not known."""
    if not stop.moves or not bool(made.success.any()):
        return made, made.depth
    good = made.success[:, None, None, None]
    start = torch.where(good, made.image, problem.image)
    moved = stop.apply(problem.image, start, attack.score_at(problem))
    spent = None if made.forwards is None else made.forwards + moved.forwards * made.success
    return replace(made, image=torch.where(good, moved.image, torch.nan), forwards=spent), moved.boundary
