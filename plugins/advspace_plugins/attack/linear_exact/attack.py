"""The closest adversarial image of a linear classifier, exactly: the reference for every other attack."""

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from advspace import UNTARGETED, Adversarial, AdvspaceError, Attack, aims, answer, margin
from advspace.box import HIGH, LOW, clip
from advspace.checks import above
from advspace.progress.ticks import tick
from advspace.seed import generator_of
from advspace.shapes import Images, Labels
from advspace_plugins.attack.linear_exact.box_projection import Projection, project
from advspace_plugins.attack.refusals import accepted, refused

PROBES = 8
CERTAIN = 1e-9
LINEAR = 1e-8


@dataclass(frozen=True)
class LinearExact(Attack):
    """Minimise ||D||^2 in the box so that the target has the largest logit: a convex quadratic programme.

    If untargeted, solve one programme for each class but the label, and take the closest result.

    Models must be linear: their logits are an affine function of the pixels.  A result is kept only if the
    Karush-Kuhn-Tucker conditions hold to 1e-9.  If a target cannot be reached, this is proved too.

    Args:
        margin: Logits by which the target wins; must exceed rounding errors of single precision.
    """

    margin: float = 1e-4

    def __post_init__(self) -> None:
        above("margin", self.margin, 0)

    def __call__(self, model: nn.Module, image: Images, label: Labels, target: Labels) -> Adversarial:
        """Solve the whole batch at once, in double precision.

        Raises:
            AdvspaceError: the model is not linear in the pixels.
        """
        weight, bias = affine(model, image)
        reasons = refused(image, label, target)
        solved = self._any(weight, bias, image, label) if _free(target) else self._closest(weight, bias, image, target)
        exact = (solved.residual <= CERTAIN) & accepted(reasons, image)
        distortion = clip(image.double() + solved.step.reshape(image.shape)).to(image.dtype) - image
        adversarial = clip(image + distortion)  # a sum in the model's own precision
        tick("attack", len(image))
        won = margin(answer(model, adversarial), aims(label, target, len(weight)))
        return Adversarial(
            image=torch.where(exact[:, None, None, None], adversarial, torch.nan),
            success=exact,
            reason=tuple(reason or _reason(solved, row) for row, reason in enumerate(reasons)),
            c=torch.full_like(won, torch.nan),
            margin=torch.where(exact, won, torch.nan),
            evaluations=torch.full_like(target, len(weight)),
        )

    def _any(self, weight: Tensor, bias: Tensor, image: Images, label: Labels) -> Projection:
        """The closest of all classes but the label; certain only if each class is solved or proved impossible."""
        targets = _all_but(label, len(weight))
        count = targets.shape[1]
        solved = self._closest(weight, bias, image.repeat_interleave(count, 0), targets.flatten())
        norm = solved.step.norm(dim=1).where(solved.residual <= CERTAIN, torch.inf).view(-1, count)
        best = norm.argmin(1) + count * torch.arange(len(norm), device=norm.device)
        certain = ((solved.residual <= CERTAIN) | solved.impossible).view(-1, count).all(1)
        return Projection(
            step=solved.step[best],
            multipliers=solved.multipliers[best],
            residual=solved.residual[best].where(certain, torch.inf),
            impossible=solved.impossible.view(-1, count).all(1),
            iterations=solved.iterations,
        )

    def _closest(self, weight: Tensor, bias: Tensor, image: Images, target: Labels) -> Projection:
        flat = image.double().flatten(1)
        others = _all_but(target, len(weight))
        rows = weight[target][:, None] - weight[others]
        behind = bias[target][:, None] - bias[others] + torch.einsum("bkn,bn->bk", rows, flat)
        return project(rows, self.margin - behind, LOW - flat, HIGH - flat)


def affine(model: nn.Module, image: Images) -> tuple[Tensor, Tensor]:
    """Weights `[class, pixel]` and biases `[class]` of a linear model, in double precision.

    Raises:
        AdvspaceError: the logits at random images differ from this affine function.
    """
    double, shape = deepcopy(model).double(), image.shape[1:]
    zero = torch.zeros((1, *shape), dtype=torch.float64, device=image.device, requires_grad=True)
    with torch.enable_grad():
        logits = double(zero)[0]
        slopes = [torch.autograd.grad(logit, zero, retain_graph=True)[0].flatten() for logit in logits]
    weight, bias = torch.stack(slopes), logits.detach()
    points = torch.rand((PROBES, *shape), generator=generator_of("affine"), dtype=torch.float64).to(image.device)
    with torch.no_grad():
        error = (double(points) - points.flatten(1) @ weight.T - bias).abs().max()
    if not error <= LINEAR * (1 + bias.abs().max() + weight.abs().sum(1).max()):
        raise AdvspaceError(
            f"linear_exact needs logits that are linear in the pixels, this model departs from a line by {error:.3g}; "
            "choose another attack"
        )
    return weight, bias


def _free(target: Labels) -> bool:
    """Whether the attack is untargeted; all images of a batch have a target, or none has."""
    return bool((target == UNTARGETED).any())


def _all_but(target: Labels, classes: int) -> Tensor:
    """The other classes of each target, in cyclic order."""
    offsets = torch.arange(1, classes, device=target.device)
    return (target[:, None] + offsets) % classes


def _reason(solved: Projection, row: int) -> str:
    if solved.residual[row] <= CERTAIN:
        return ""
    if solved.impossible[row]:
        return "no image in the box is of the target class (proved)"
    return (
        f"the quadratic programme was not solved: residual {solved.residual[row]:.2g} after {solved.iterations} steps"
    )
