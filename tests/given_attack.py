"""An attack that hands over the images it was made with, and the stage after it."""

import torch

from advspace import Adversarial, Attack
from advspace.attack.stop_stage import stopped
from advspace.attack.verify import verified


class Given(Attack):
    """Hands over the images it was made with; NaN is a failure."""

    def __init__(self, image):
        self.image = image

    def __call__(self, model, image, label, target):
        good = self.image.isfinite().flatten(1).all(1)
        nan = torch.full((len(image),), torch.nan)
        reason = tuple("" if won else "out of luck" for won in good.tolist())
        return Adversarial(self.image, good, reason, nan, nan, torch.arange(len(image)))


def stage(stop, problem, attack):
    made = verified(attack(problem.model, problem.image, problem.label, problem.target), problem.model, *aim(problem))
    return made, stopped(attack, stop, problem, made)


def aim(problem):
    return problem.label, problem.target


def distance(made, problem):
    return (made.image.double() - problem.image.double()).flatten(1).norm(dim=1)
