"""Noise around points of the line from the image to its adversarial, each probed for its own class."""

from collections.abc import Sequence
from itertools import product

import torch
from torch import nn

from advspace import Case, Noise, NoiseBlocks, ProbeCounter
from advspace.probe.contract import Row
from advspace_plugins.probe.boundary import classes_of


def line(
    model: nn.Module,
    case: Case,
    noise: Noise,
    blocks: NoiseBlocks,
    shares: Sequence[float],
    cells: Sequence[tuple[str, float]],
    draws: int,
    *,
    pairs: bool,
) -> list[Row]:
    """Rows of the table `line`: one for each point, box policy and scale.

    Args:
        model: Frozen network, pixels to logits.
        case: The image and its adversarial.
        noise: Distribution of the probes.
        blocks: Random numbers; all points and scales share the draws.
        shares: Points as shares of the way: 0 is the image, 1 the adversarial.
        cells: Box policies and scales.
        draws: Probes per row.
        pairs: Whether draws come in pairs of mirror images.
    """
    points = torch.stack([case.image + share * case.distortion for share in shares])
    labels: list[int] = classes_of(model, points, blocks).tolist()
    counter, made = ProbeCounter(model, case, blocks), []
    for (index, share), (box, scale) in product(enumerate(shares), cells):
        made.append((share, labels[index], counter.cell(f"line {share:g}", box, scale, around=points[index])))
    counter.add_noise([cell for _, _, cell in made], noise, draws, pairs=pairs)
    return [
        {
            "t": float(share),
            "box": record.box,
            "scale": record.scale,
            "draws": record.draws,
            "kept": record.class_counts[label],
            "label": label,
        }
        for (share, label, _), record in zip(made, counter.records(), strict=True)
    ]
