"""Synthetic runs for the checks of analyses: two outcomes, two centers, both box policies, real files."""

from pathlib import Path
from typing import Any

import torch

from advspace.analysis.finished_run import FinishedRun, read_run
from advspace.box import POLICIES
from advspace.distortion import moments
from advspace.probe.contract import CENTERS, ProbeRecord
from advspace.records.rows import ImageRecord, image_row, probe_rows
from advspace.records.tables import Part, write_part
from advspace.registry.registry import RUN_KINDS
from advspace.seed import generator_of
from advspace.selection.plan import Plan, write_plan
from advspace.selection.selection import Selection

SHAPE = 1, 6, 5
SCALES = 0.25, 0.5, 1.0, 2.0, 4.0
DRAWS = 20
CLASSES = ["zero", "one", "two"]
NAMES = {"dataset": "made", "model": "made", "attack": "made", "noise": "gaussian", "probe": "ladder"}


def write_run(
    directory: Path, *, attacks: int = 6, failed: int = 1, name: str = "", noise: str = "gaussian"
) -> FinishedRun:
    """Write a run, and read it back.

    Args:
        directory: The run directory.
        attacks: Number of attacks, each from the first class to the second.
        failed: Number of failed attacks.
        name: Name of the run among others.
        noise: Name of the noise in its tables.
    """
    plugins = NAMES | {"noise": noise}
    columns = plugins | {f"{kind}_version": "made 1.0" for kind in RUN_KINDS}
    generator = generator_of("made run")
    image = torch.rand((attacks - failed, *SHAPE), generator=generator)
    adversarial = (image + 0.2 * torch.randn(image.shape, generator=generator)).clamp(0, 1)
    ids = [f"made-{number}" for number in range(attacks)]
    rows = [_image_row(id_, adversarial[row] - image[row] if row < len(image) else None) for row, id_ in enumerate(ids)]
    probes = [record for id_ in ids[: len(image)] for record in _records(id_, generator)]
    part = Part(
        [image_row(row, columns) for row in rows],
        probe_rows(probes, columns),
        {"image": image, "adversarial": adversarial},
    )
    write_part(directory, 0, part)
    selection = Selection([*range(attacks)], ids, [0] * attacks, [1] * attacks, [], [], [])
    write_plan(directory, Plan(selection, "", CLASSES))
    settings: dict[str, Any] = {"seed": 0} | {kind: {"plugin": plugin} for kind, plugin in plugins.items()}
    return read_run(directory, settings, name)


def _image_row(id_: str, distortion: torch.Tensor | None) -> ImageRecord:
    nan = float("nan")
    if distortion is None:
        lost = (nan, nan, nan, nan, nan, nan)
        return ImageRecord(id_, 0, True, 1, True, False, "no luck", nan, nan, 9, False, nan, *lost)
    size = moments(distortion)
    values = (size.l2, size.rms, size.mean, size.sd, size.skewness, size.excess_kurtosis)
    return ImageRecord(id_, 0, True, 1, True, True, "", 0.5, 0.25, 50, True, 0.1, *values)


def _records(id_: str, generator: torch.Generator) -> list[ProbeRecord]:
    """Records of one attack: the larger the scale, the fewer probes are kept; the other outcomes are random."""
    records = []
    for center in CENTERS:
        for box in POLICIES:
            for scale in SCALES:
                kept = int(DRAWS / (1 + scale))
                other = int(torch.randint(DRAWS - kept + 1, (), generator=generator))
                changed = DRAWS - kept - other
                target, original = (kept, changed) if center == "adversarial" else (changed, kept)
                counts = [original, target, other]
                cell = (id_, 1, center, box, scale, DRAWS, target, original, other, counts)
                records.append(ProbeRecord(*cell, 0.0, 0.1 * scale, scale, 0.1))
    return records
