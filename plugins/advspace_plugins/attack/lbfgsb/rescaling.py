"""Factors that bring logits of an unusual size to a usual one, so that a temperature does not change an attack.

The cross-entropy sees the differences of logits in its own unit: where they are small, all classes pull at the image,
and its adversarial lies further away; where they are large, only the nearest class does.  A temperature of the network
does not change its classes, so it should change no adversarial.
"""

import torch
from torch import nn

from advspace import answer
from advspace.model.probabilities import are_probabilities
from advspace.shapes import Images, Logits, PerImage

SMALL, LARGE = 2.0, 20.0
"""Spreads between these are usual.  Those of our models on digits, MNIST and photographs are 6 to 18 at the median
image, and 2 to 11 on random images; a network is unusual where both are outside."""
USUAL = 8.0
"""The spread of an image after rescaling: about the median of our models."""
TWO_CLASSES = 32.0
"""With two classes no third one pulls, so the size matters less, and the spread is a mere margin: the range is wider by
this factor."""
RANDOM_IMAGES = 4


def rescaling(model: nn.Module, image: Images) -> PerImage:
    """A factor on the logits of each image: 1, unless they are unusually small or large.

    They are so if the spread at the image and the median spread at four random images are both too small, or both too
    large.  An image near a boundary has a small spread in any network.  The factor of an image depends on no other
    image of the batch.  Probabilities stay: their size is no matter of a temperature.

    Args:
        model: Frozen network.
        image: Clean images.
    """
    noise = torch.rand((RANDOM_IMAGES, *image.shape[1:]), generator=torch.Generator().manual_seed(0)).to(image)
    logits = answer(model, image).float()
    own, typical = spread(logits), spread(answer(model, noise).float()).median()
    room = TWO_CLASSES if logits.shape[1] == 2 else 1.0
    smallest, largest = torch.minimum(own, typical), torch.maximum(own, typical)
    factor = USUAL / largest
    unusual = (largest < SMALL / room) | (smallest > LARGE * room)
    return torch.where(unusual & torch.isfinite(factor) & ~are_probabilities(logits), factor, 1.0)


def spread(logits: Logits) -> PerImage:
    """Largest logit minus the median one, which no masked class moves; minus the smallest of two or three classes."""
    classes = logits.shape[1]
    order = logits.sort(1, descending=True).values
    return order[:, 0] - order[:, min(max(classes // 2, 2), classes - 1)]
