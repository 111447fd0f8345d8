"""How sure the model is of an image's class, and of the class that its adversarial reached."""

from dataclasses import dataclass

import torch
from torch import nn

from advspace.attack.contract import answer
from advspace.attack.verify import Verified
from advspace.model.probabilities import are_probabilities
from advspace.shapes import Images, Labels, PerImage


@dataclass(frozen=True)
class Probabilities:
    """Probabilities that the model gives to classes, in [0, 1].

    Args:
        original: Of the label, for the original.
        adversarial: Of the class reached, for the adversarial; NaN where the attack failed.
    """

    original: PerImage
    adversarial: PerImage


def probabilities(model: nn.Module, image: Images, label: Labels, made: Verified, most: int) -> Probabilities:
    """Ask the model once for each original and each adversarial.

    Args:
        model: Pixels to logits.
        image: The originals.
        label: Their classes.
        made: Result of the attack.
        most: Most images of a forward pass.
    """
    reached = _of(model, made.image.nan_to_num(0.0), made.reached.clamp(min=0), most)
    return Probabilities(_of(model, image, label, most), torch.where(made.success, reached, torch.nan))


def _of(model: nn.Module, image: Images, label: Labels, most: int) -> PerImage:
    """The softmax of the logits; the values themselves where the model gives probabilities."""
    logits = torch.cat([answer(model, part) for part in torch.split(image, most)]).double()
    shares = torch.where(are_probabilities(logits)[:, None], logits, logits.softmax(1))
    return shares.gather(1, label[:, None])[:, 0]
