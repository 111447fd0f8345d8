"""Persistence: up to which noise a share of the probes is kept, around the ends and along the line between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advspace import AdvspaceError, Analysis, Estimate, Finding, FinishedRun
from advspace.analysis.appearance import around as name_of
from advspace.analysis.appearance import beside
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace_plugins.analysis.persistence.angle import angle_estimates, angle_sentence, angles
from advspace_plugins.analysis.persistence.charts import chart
from advspace_plugins.analysis.persistence.line import along_line, line_chart
from advspace_plugins.analysis.persistence.reaches import Around, around

LEVELS = (0.5, 0.7, 0.9)
OTHER, NOT_CLIPPED = "original", "none"


@dataclass(frozen=True)
class Persistence(Analysis):
    """sigma_gamma = sup{sigma: p(sigma) >= gamma}: the largest noise at which a share gamma of the probes is kept.

    The table has one row per attack, center, box policy and `level`: `scale` (in units of the distortion's standard
    deviation), `low` and `high` (95 %, by inverting Clopper & Pearson's band over all scales together), for each with
    `_censored` whether it lies `below` or `above` the ladder, and `sigma`, the standard deviation in pixel values.  A
    curve that falls below the level and rises again counts up to its last fall.

    If the probe has the table `line`, rows of the center `line` follow, with `t` (0 = original, 1 = adversarial): there
    a probe counts as kept if it has the class of the point itself.  If it has the table `boundary`, the angle between
    distortion and gradient is an estimate, and beside each attack.

    Args:
        levels: Shares to be kept, between 0 and 1.

    Raises:
        AdvspaceError: a level is not between 0 and 1, or there is none.

    Source: Bell et al. 2024, arXiv:2404.08069.
    """

    levels: tuple[float, ...] = LEVELS

    title = "Persistence: how much noise a share of the probes survives"
    order = 33
    needs = frozenset({"images", "probes.n_original", "probes.n_target"})

    def __post_init__(self) -> None:
        wrong = next((level for level in self.levels if not 0 < level < 1), None)
        if wrong is not None or not self.levels:
            raise AdvspaceError(f"levels must be one or more shares between 0 and 1, got {list(self.levels)}")

    def __call__(self, run: FinishedRun) -> Finding:
        """Find the last scale at each level, for every attack and for the mean curve."""
        import pandas as pd

        levels = tuple(sorted({float(level) for level in self.levels}))
        known = [around(run, curve, levels) for curve in run.curves]
        found = [each for each in known if each is not None]
        if not found:
            return Finding(sentence="No persistence: no scale above 0 is common to all attacks.")
        told = [each for each in found if each.curve.center != OTHER] or found
        line, angle = along_line(run, found), angles(run)
        tables = [each.table(_sd(run, each)) for each in found]
        if len(line):
            tables.append(line.assign(center="line"))
        estimates = {name: estimate for each in told for name, estimate in _estimates(run, each).items()}
        texts = [*(_sentence(run, each) for each in told), angle_sentence(angle)]
        return Finding(
            pd.concat(tables, ignore_index=True),
            estimates | dict(angle_estimates(angle)),
            [chart(run, found), *([line_chart(run, line)] if len(line) else [])],
            " ".join(text for text in texts if text),
            _beside_attacks(run, told, angle),
            [name for name in estimates if name.startswith(f"persistence/{max(self.levels):g}/")],
        )


def _sd(run: FinishedRun, each: Around) -> np.ndarray:
    """Standard deviation of each distortion, in the order of the curve."""
    keys = list(zip(each.curve.image_ids, each.curve.targets, strict=True))
    return run.images.set_index(CASE)["sd"].loc[keys].to_numpy(np.float64)


def _estimates(run: FinishedRun, each: Around) -> dict[str, Estimate]:
    """Of the mean curve, at each level."""
    curve = each.curve
    return {
        f"persistence/{level:g}/{curve.center}/{curve.box}": ends.estimate(
            0, run.measure.unit, f"mean curve keeps {100 * level:g} %, {name_of(curve.center, curve.box)}"
        )
        for level, ends in each.mean.items()
    }


def _sentence(run: FinishedRun, each: Around) -> str:
    curve = each.curve
    texts = [f"{100 * level:g} % up to {ends.estimate(0, '')}" for level, ends in each.mean.items()]
    where = name_of(curve.center, curve.box).capitalize()
    return f"{where}, the mean share kept is at least {', '.join(texts)} {run.measure.unit}."


def _beside_attacks(run: FinishedRun, told: Sequence[Around], angle: Frame) -> Frame:
    """The persistence at each level, not clipped if there is such a curve; and the angle."""
    import pandas as pd

    chosen = [each for each in told if each.curve.box == NOT_CLIPPED] or told[:1]
    columns = []
    for each in chosen:
        curve = each.curve
        keys = pd.MultiIndex.from_arrays([curve.image_ids, curve.targets], names=CASE)
        for level, ends in each.attacks.items():
            values = [ends.estimate(row, run.measure.unit) for row in range(len(keys))]
            name = f"keeps {100 * level:g} % up to, {beside(curve.center, curve.box)}"
            columns.append(pd.Series(values, keys, name=name))
    table = pd.concat(columns, axis=1).reset_index()
    return table.merge(angle, on=CASE, how="left") if len(angle) else table
