"""Run directories made by hand, with figures that are known beforehand."""

from collections.abc import Sequence
from math import prod
from pathlib import Path

import torch
import yaml

from advspace import ProbeRecord
from advspace.analysis.findings import analyse, compare
from advspace.analysis.finished_run import read_run
from advspace.analysis.summary import Conclusion, summarise, write_summary
from advspace.comparison.comparison import read_comparison
from advspace.comparison.failed_run import write_failure
from advspace.distortion import moments
from advspace.records.rows import ImageRecord, image_row, probe_rows
from advspace.records.tables import Part, write_part
from advspace.registry.components import all_analyses
from advspace.report import write_comparison_report, write_report
from advspace.run_directory import RunDirectory
from advspace.selection.plan import Plan, write_plan
from advspace.selection.selection import Selection

IMAGE_COLUMNS = {"dataset": "made", "model": "hand", "attack": "none"} | {
    f"{kind}_version": "thirdparty 1.0" for kind in ("dataset", "model", "attack")
}
PROBE_COLUMNS = IMAGE_COLUMNS | {"noise": "coin", "probe": "ladder", "noise_version": "coins 2.0"}
SCALES = (0.5, 1.0, 2.0, 4.0)
KEPT = (10, 10, 0, 0)
"""Probes of ten that stay with the center: half are lost half-way between 1 and 2 in log2, at the root of 2."""


def made_run(
    directory: Path,
    attacks: int = 4,
    *,
    failed: Sequence[int] = (),
    classes: Sequence[str] = ("zero", "one", "two"),
    shape: tuple[int, int, int] = (1, 8, 8),
    finished: bool = True,
    planned: int | None = None,
    boxes: Sequence[str] = ("clip", "none"),
    kept: Sequence[int] = KEPT,
    model: str = "hand",
    noise: str = "coin",
) -> Path:
    """Write a run whose attack `i` has an L2 norm of `i + 1`, and whose probes are the same for all.

    Args:
        directory: Where to.
        attacks: How many.
        failed: Which of them failed.
        classes: What the classes are called; every attack goes from the first to the second.
        shape: Of each image.
        finished: Whether the run came to its end.
        planned: How many attacks the run set out to make, where these are not all.
        boxes: Box policies of the probes.
        kept: How many of ten probes keep their class at each scale.
        model: What is said to have been attacked.
        noise: What is said to have been added.
    """
    ids = [f"made-{number}" for number in range(attacks)]
    good = [number for number in range(attacks) if number not in failed]
    image = torch.rand((1, *shape), generator=torch.Generator().manual_seed(0)).expand(len(good), *shape) / 2
    step = torch.linspace(-1, 1, prod(shape)).reshape(shape)
    sizes = torch.tensor([number + 1.0 for number in good]).reshape(-1, 1, 1, 1)
    distortion = sizes * step / step.norm()
    made = {"model": model}
    images = [_image_row(id_, number in failed, distortion, good, number) | made for number, id_ in enumerate(ids)]
    made |= {"noise": noise}
    records = [record for number in good for record in _records(ids[number], boxes, kept)]
    probes = probe_rows(records, PROBE_COLUMNS | made)
    write_part(directory, 0, Part(images, probes, {"image": image.clone(), "adversarial": image + distortion}))
    all_ids = [f"made-{number}" for number in range(planned or attacks)]
    count = len(all_ids)
    selection = Selection([*range(count)], all_ids, [0] * count, [1] * count, ["made-wrong"], [], [])
    write_plan(directory, Plan(selection, "digest", list(classes)))
    plugins = {"dataset": "made", "model": model, "attack": "none", "noise": noise, "probe": "ladder"}
    settings = {"seed": 7} | {kind: {"plugin": name} for kind, name in plugins.items()}
    hydra = directory / ".hydra"
    hydra.mkdir()
    (hydra / "config.yaml").write_text(yaml.safe_dump(settings))
    (hydra / "overrides.yaml").write_text(yaml.safe_dump(["seed=7", "dataset.only=[a, b]"]))
    if finished:
        summed_up(directory)
    return directory


def summed_up(directory: Path) -> Conclusion:
    """Analyse the run with all analyses that are installed, and write its summary."""
    run = read_run(directory)
    findings = analyse(run, all_analyses())
    findings.raise_failures("the test")
    conclusion = Conclusion(run, findings, summarise(run, findings))
    write_summary(RunDirectory(directory), conclusion.summary)
    return conclusion


def reported(directory: Path) -> Path:
    """Write the report of a run, and its summary if it is finished; returns the file."""
    run = read_run(directory)
    findings = analyse(run, all_analyses())
    findings.raise_failures("the test")
    write_report(run, findings, summarise(run, findings))
    return RunDirectory(directory).report


def compared(directory: Path) -> Path:
    """Write the report of a multirun; returns the file."""
    comparison = read_comparison(directory)
    findings = compare(comparison.finished, all_analyses())
    findings.raise_failures("the test")
    write_comparison_report(comparison, findings)
    return comparison.directory.report


def made_multirun(directory: Path) -> Path:
    """Two noises on two models, of which the second loses half at once; one run has a report, one failed."""
    places = [(model, noise) for model in ("hand", "foot") for noise in ("gaussian", "empirical")]
    for number, (model, noise) in enumerate(places):
        kept = KEPT if model == "hand" else (5, 0, 0, 0)
        made_run(directory / str(number), model=model, noise=noise, kept=kept)
    reported(directory / "2")
    made_run(directory / "4", noise="broken", finished=False)
    write_failure(directory / "4", "no <noise> & no luck", "trace")
    task = {"task": ["noise=gaussian,empirical,broken", "seed=7"]}
    (directory / "multirun.yaml").write_text(yaml.safe_dump({"hydra": {"overrides": task}}))
    return directory


def _image_row(id_, failed, distortion, good, number):
    if failed:
        nan = float("nan")
        record = ImageRecord(id_, 0, True, 1, True, False, f"no luck & <b>{number}</b>", nan, nan, 9, False, *7 * [nan])
    else:
        size = moments(distortion[good.index(number)])
        values = (size.l2, size.rms, size.mean, size.sd, size.skewness, size.excess_kurtosis)
        record = ImageRecord(id_, 0, True, 1, True, True, "", 0.5, 0.25, 100 - number, False, 0.25, *values)
    return image_row(record, IMAGE_COLUMNS)


def _records(id_, boxes, kept):
    for center in ("adversarial", "original"):
        for box in boxes:
            for scale, count in zip(SCALES, kept, strict=True):
                lost = 10 - count
                counts = (count, 0, lost) if center == "adversarial" else (0, count, lost)
                classes = [counts[1], counts[0], counts[2]]
                yield ProbeRecord(id_, 1, center, box, scale, 10, *counts, classes, 0.0, 0.1, 0.1, 0.0)
