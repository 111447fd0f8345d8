"""The contract of a probe, clause by clause."""

from collections.abc import Sequence
from dataclasses import fields
from functools import partial
from itertools import pairwise
from math import isclose, isfinite
from typing import Any

import torch
from torch import Tensor, nn

from advspace.model.contract import freeze
from advspace.noise.blocks import NoiseBlocks
from advspace.noise.contract import Noise, blank, spread
from advspace.probe.contract import Case, Measure, Probe, ProbeRecord, ProbeResult, Row
from advspace.records.rows import own_rows, probe_rows
from advspace.registry.registry import KINDS
from advspace.shapes import Draws, Image
from advspace.testing.clauses import Subject, devices
from advspace.testing.installation import check_settings
from advspace.testing.randomness import own_randomness

CLASSES = 4
FEW = 16
"""Points in a small forward pass."""
CLOSE = 1e-5
COLUMNS = dict.fromkeys([*KINDS, *(f"{kind}_version" for kind in KINDS), "precision"], "")
FINITE = "scale", "noise_mean", "noise_sd", "noise_l2", "clipped"


def check_probe(probe: Probe, *, installed: bool = True) -> None:
    """Test a probe against its contract, around an adversarial of a linear classifier of 8 x 8 pixels.

    Args:
        probe: The probe.
        installed: Whether the class must have an entry point, as for `probe=<name>` on the command line.

    Raises:
        ContractError: a clause is broken; the message names it.
    """
    subject = Subject("probe", probe)
    check_settings(subject, named=installed)
    measure = subject.plugin.measure
    subject.must("give its measure as an advspace.Measure", isinstance(measure, Measure), type(measure).__name__)
    for device in devices():
        model, case = _problem(device)
        with own_randomness(subject, "draw from `blocks`"):
            result = _result(subject, model, case, NoiseBlocks(("seed", 0)))
            _form(subject, result.records, case)
            _counts(subject, result.records, case)
            _extra(subject, result.records)
            _seed(subject, result, model, case)
            _memory(subject, result, model, case)


def _form(subject: Subject, records: Sequence[ProbeRecord], case: Case) -> None:
    for row in records:
        known = row.image_id == case.image_id and row.target == case.target
        subject.must("write the case's image_id and target into each record", known, f"{row.image_id}, {row.target}")
        for item in fields(row):
            value = getattr(row, item.name)
            plain = not isinstance(value, Tensor) and not type(value).__module__.startswith("numpy")
            subject.must(f"write plain numbers into records (.item()), {item.name} too", plain, type(value).__name__)
        bad = {name: getattr(row, name) for name in FINITE if not isfinite(getattr(row, name))}
        subject.must(f"write finite numbers into {', '.join(FINITE)}", not bad, bad)
        subject.must("write a scale >= 0", row.scale >= 0, row.scale)
        subject.must("write a share of pixels into clipped", 0 <= row.clipped <= 1, row.clipped)


def _counts(subject: Subject, records: Sequence[ProbeRecord], case: Case) -> None:
    for row in records:
        counts = row.class_counts
        subject.must("count the probes of every class", len(counts) == CLASSES, f"{len(counts)} counts of {CLASSES}")
        subject.must("make at least one probe per record", row.draws >= 1, row.draws)
        counted = (row.n_target, row.n_original, row.n_other)
        agree = counted[:2] == (counts[case.target], counts[case.label]) and sum(counted) == sum(counts) == row.draws
        subject.must("count each probe once: target, original or other", agree, f"{counted} of {row.draws}, {counts}")


def _extra(subject: Subject, records: Sequence[ProbeRecord]) -> None:
    for row in records:
        subject.asked("give extra columns names of their own", partial(probe_rows, [row], COLUMNS))
    columns = [{name: type(value) for name, value in row.extra.items()} for row in records]
    same = all(column == other for column, other in pairwise(columns))
    subject.must("give every record the same extra columns, of the same types", same)
    plain = {type(value) for row in records for value in row.extra.values()} <= {str, int, float, bool}
    subject.must("hold text and plain numbers in extra columns", plain, columns[:1])


def _seed(subject: Subject, result: ProbeResult, model: nn.Module, case: Case) -> None:
    again = _result(subject, model, case, NoiseBlocks(("seed", 0)))
    subject.must("give the same result for the same blocks", again == result)
    noise = _Normal()
    other = _result(subject, model, case, NoiseBlocks(("seed", 1)), noise)
    if noise.drawn:
        subject.must("use the noise that it draws: give another result for other blocks", other != result)


def _memory(subject: Subject, result: ProbeResult, model: nn.Module, case: Case) -> None:
    counting = _Counting(model)
    cut = _result(subject, freeze(counting), case, NoiseBlocks(("seed", 0), FEW))
    most = max(counting.sizes, default=0)
    subject.must(f"classify no more at once than `blocks.per_forward` ({FEW})", most <= FEW, most)
    same = len(cut.records) == len(result.records) and all(map(_alike, cut.records, result.records))
    same &= list(cut.tables) == list(result.tables)
    for one, other in zip(cut.tables.values(), result.tables.values(), strict=False):
        same &= len(one) == len(other) and all(map(_alike_rows, one, other))
    subject.must("give the same result for any number of points in a forward pass", same)


def _alike(one: ProbeRecord, other: ProbeRecord) -> bool:
    cells = [(row.center, row.box, row.scale, row.class_counts) for row in (one, other)]
    return cells[0] == cells[1] and abs(one.noise_l2 - other.noise_l2) <= CLOSE * (1 + other.noise_l2)


def _alike_rows(one: Row, other: Row) -> bool:
    """Rows of a probe's own table; passes of other sizes round a logit differently."""
    return one.keys() == other.keys() and all(
        isclose(one[name], value, rel_tol=CLOSE, abs_tol=CLOSE) if isinstance(value, float) else one[name] == value
        for name, value in other.items()
    )


def _result(
    subject: Subject, model: nn.Module, case: Case, blocks: NoiseBlocks, noise: Noise | None = None
) -> ProbeResult:
    kept = case.image.clone(), case.adversarial.clone()
    given: Any = subject.asked(
        f"probe on {case.image.device}", lambda: subject.plugin(model, case, noise or _Normal(), blocks)
    )
    same = torch.equal(kept[0], case.image) and torch.equal(kept[1], case.adversarial)
    subject.must("leave image and adversarial as they are", same)
    records = given.records if isinstance(given, ProbeResult) else given
    tables = given.tables if isinstance(given, ProbeResult) else {}
    whole = isinstance(records, list | tuple) and all(isinstance(row, ProbeRecord) for row in records)
    known = whole and isinstance(given, list | ProbeResult) and bool(records or tables)
    clause = "return a list of advspace.ProbeRecord, or an advspace.ProbeResult, with one row at least"
    subject.must(clause, known, type(given).__name__)
    result = ProbeResult(records, tables)
    _tables(subject, result, case)
    return result


def _tables(subject: Subject, result: ProbeResult, case: Case) -> None:
    """Clauses for a probe's own tables: names of files, plain values, the same columns in every row."""
    subject.asked(
        "give tables of its own names of letters, digits and _, and columns that are not taken",
        lambda: own_rows([case.image_id], [case.target], [result], COLUMNS),
    )
    for name, rows in result.tables.items():
        columns = {tuple(row) for row in rows}
        subject.must(f"give every row of table '{name}' the same columns", len(columns) <= 1, columns)
        values = [value for row in rows for value in row.values()]
        single = [each for value in values for each in (value if isinstance(value, list) else [value])]
        plain = {type(value) for value in single} <= {str, int, float, bool, bytes}
        clause = f"hold text, plain numbers, lists of them or bytes in table '{name}'"
        subject.must(clause, plain, next(iter(rows), None))


def _problem(device: torch.device) -> tuple[nn.Module, Case]:
    """A model and a case: the adversarial is a mixture of two images of different classes."""
    generator = torch.Generator().manual_seed(3)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, CLASSES))
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(generator=generator)
    freeze(model)
    images = torch.rand(20, 1, 8, 8, generator=generator)
    label = model(images).argmax(1)
    other = int((label != label[0]).int().argmax())
    adversarial = 0.2 * images[0] + 0.8 * images[other]
    target = int(model(adversarial[None]).argmax())
    case = Case("image", images[0].to(device), adversarial.to(device), int(label[0]), target)
    return model.to(device), case


class _Normal(Noise):
    """A noise that records whether it was drawn; it is defined here because the core knows no plugin."""

    def __init__(self) -> None:
        self.drawn = False

    def sample(self, distortion: Image, scale: float, draws: int, generator: torch.Generator) -> Draws:
        self.drawn = True
        return blank(distortion, draws).normal_(0.0, spread(distortion, scale), generator=generator)


class _Counting(nn.Module):
    """A model that records the sizes of its batches."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model, self.sizes = model, list[int]()

    def forward(self, image: Tensor) -> Tensor:
        self.sizes.append(len(image))
        logits: Tensor = self.model(image)
        return logits
