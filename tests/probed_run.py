"""A run of the real ladder around images made by hand, so that the answers are those of a known network."""

from dataclasses import asdict

import torch

from advspace import Case, NoiseBlocks
from advspace.analysis.finished_run import read_run
from advspace.distortion import moments
from advspace.records.rows import ImageRecord, image_row, own_rows, probe_rows
from advspace.records.tables import Part, write_part
from advspace.selection.plan import Plan, write_plan
from advspace.selection.selection import Selection
from advspace_plugins.noise.gaussian import Gaussian
from advspace_plugins.probe.ladder import Ladder

LADDER, NOISE = Ladder(), Gaussian()
NAMES = {"dataset": "made", "model": "made", "attack": "made", "noise": "gaussian", "probe": "ladder"}


def probed_run(directory, model, cases, ladder=LADDER, noise=NOISE, classes=(), seed=0, **settings):
    """Probe around each case, write the tables and read them back.

    Args:
        directory: Where to.
        model: The network.
        cases: Images with their adversarials.
        ladder: The probe.
        noise: The noise.
        classes: Names of the classes.
        seed: Seed of the noise.
        settings: Settings of plugins, by kind, instead of those of the probe and the noise.
    """
    columns = NAMES | {"probe_version": "1"}
    results = [ladder(model, case, noise, NoiseBlocks((seed, case.image_id, case.target))) for case in cases]
    ids, targets = [case.image_id for case in cases], [case.target for case in cases]
    records = [record for result in results for record in result.records]
    part = Part(
        [_image_row(case, columns) for case in cases],
        probe_rows(records, columns),
        {name: torch.stack([case.center(center) for case in cases]) for name, center in CENTERS.items()},
        own_rows(ids, targets, results, columns),
    )
    write_part(directory, 0, part)
    labels = [case.label for case in cases]
    write_plan(directory, Plan(Selection([*range(len(ids))], ids, labels, targets, [], [], []), "", list(classes)))
    own = {"probe": asdict(ladder), "noise": asdict(noise)} | settings
    return read_run(directory, {kind: {"plugin": name} | own.get(kind, {}) for kind, name in NAMES.items()})


CENTERS = {"image": "original", "adversarial": "adversarial"}


def _image_row(case, columns):
    size = moments(case.distortion)
    values = (size.l2, size.rms, size.mean, size.sd, size.skewness, size.excess_kurtosis)
    record = ImageRecord(case.image_id, case.label, True, case.target, True, True, "", 0.5, 0.5, 7, False, 0.0, *values)
    return image_row(record, columns)


def half_space(linear, images=6, distance=0.1, pixels=16):
    """A network of two classes, with cases whose adversarials are `distance` beyond its boundary, at any angle.

    The first class is where the mean of the pixels is below one half.  A smoothed classifier of it is the same network,
    so the radius around each center is its distance from the boundary.
    """
    along = torch.full((pixels,), pixels**-0.5)
    model = linear(torch.stack([-along, along]), torch.tensor([1.0, -1.0]) * pixels**0.5 / 2)
    generator, cases = torch.Generator().manual_seed(1), []
    for number in range(images):
        across = torch.randn((2, pixels), generator=generator) * 0.05
        across -= across @ along[:, None] * along
        ends = [0.5 + side * distance * along + each for side, each in zip((-1, 1), across, strict=True)]
        image, adversarial = (end.reshape(1, 4, -1) for end in ends)
        cases.append(Case(f"made-{number}", image, adversarial, 0, 1))
    return model, cases
