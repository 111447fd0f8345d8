"""Other libraries' targeted minimum-norm attacks under one signature, and a model that counts gradients.

Needs the extra `bench`.  Settings are the libraries' defaults, with two exceptions: adv_lib's DDN does not round to
grey levels, and Foolbox's Brendel-Bethge starts at an image of the target class, because it needs one.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from advspace import UNTARGETED

Peer = Callable[[nn.Module, Tensor, Tensor, Tensor, Tensor, int], Tensor]
"""Model, images, labels, targets, images of the target classes, steps -> the attack's images."""


class GradientCounter(nn.Module):
    """A model that counts gradients per image and keeps the smallest distortion that reached the goal.

    Args:
        model: Frozen network.
        image: Clean images in the box.
        goal: Classes wanted; classes to leave if not `targeted`.
        targeted: Whether the goal is a target.
    """

    def __init__(self, model: nn.Module, image: Tensor, goal: Tensor, *, targeted: bool = True) -> None:
        super().__init__()
        self.model, self.image, self.goal, self.targeted = model, image, goal, targeted
        self.best = torch.full((len(image),), torch.inf, device=image.device)
        self.reached = torch.full_like(goal, UNTARGETED)
        self.rows = self.plain = 0
        self.eval()

    @property
    def gradients(self) -> float:
        """Queries with a gradient, per image."""
        return self.rows / len(self.image)

    @property
    def forwards(self) -> float:
        """Queries without a gradient, per image."""
        return self.plain / len(self.image)

    def forward(self, point: Tensor) -> Tensor:
        """Compute the logits, count gradients, and keep the best points that are in the box and reach the goal."""
        logits: Tensor = self.model(point)
        if point.requires_grad:
            self.rows += len(point)
        else:
            self.plain += len(point)
        if len(point) == len(self.image):
            with torch.no_grad():
                given = logits.argmax(1)
                good = ((given == self.goal) == self.targeted) & ((point >= 0) & (point <= 1)).flatten(1).all(1)
                norm = (point - self.image).flatten(1).norm(dim=1)
                better = good & (norm < self.best)
                self.best = torch.where(better, norm.detach(), self.best)
                self.reached = torch.where(better, given, self.reached)
        return logits


def adv_lib_peers() -> Mapping[str, Peer]:
    """adv_lib's attacks; a step is a gradient, except for C&W, which takes nine gradients per step."""
    from adv_lib.attacks import alma, carlini_wagner_l2, ddn, fmn, pdgd

    return {
        "DDN": lambda m, x, y, t, s, n: ddn(m, x, t, targeted=True, steps=n, levels=None),
        "FMN": lambda m, x, y, t, s, n: fmn(m, x, t, norm=2, targeted=True, steps=n),
        "ALMA": lambda m, x, y, t, s, n: alma(m, x, t, targeted=True, num_steps=n),
        "PDGD": lambda m, x, y, t, s, n: pdgd(m, x, t, targeted=True, num_steps=n),
        "C&W": lambda m, x, y, t, s, n: carlini_wagner_l2(m, x, t, targeted=True, max_iterations=n),
    }


def foolbox_peers() -> Mapping[str, Peer]:
    """Foolbox's attacks."""
    import foolbox
    from foolbox.attacks import DDNAttack, L2BrendelBethgeAttack, L2CarliniWagnerAttack

    def run(attack: object, model: nn.Module, x: Tensor, t: Tensor, **more: Tensor) -> Tensor:
        wrapped = foolbox.PyTorchModel(model, bounds=(0, 1), device=x.device)
        result, _, _ = attack(wrapped, x, foolbox.criteria.TargetedMisclassification(t), epsilons=None, **more)  # type: ignore[operator]
        return result.detach()

    return {
        "Foolbox DDN": lambda m, x, y, t, s, n: run(DDNAttack(steps=n), m, x, t),
        "Foolbox C&W": lambda m, x, y, t, s, n: run(L2CarliniWagnerAttack(steps=n), m, x, t),
        "Foolbox Brendel-Bethge": lambda m, x, y, t, s, n: run(
            L2BrendelBethgeAttack(steps=n), m, x, t, starting_points=s
        ),
    }
