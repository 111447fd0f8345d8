"""Where the probes go: from the center's class to which other classes, scale by scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advspace import Analysis, Finding, FinishedRun
from advspace.shapes import Frame
from advspace_plugins.analysis.flow.changes import beside_attacks, taken_over
from advspace_plugins.analysis.flow.charts import disorder, stack
from advspace_plugins.analysis.flow.counts import counts_of, gaining
from advspace_plugins.analysis.flow.shares import Flow, flow_of
from advspace_plugins.analysis.flow.words import sentence

REST = "all other classes"


@dataclass(frozen=True)
class ClassFlow(Analysis):
    """Mean shares of the original's class, of the target, and of the other classes that gain most.

    The table has one row per center, box policy, scale and `group` of classes: `mean` over images, with `low` and
    `high`, which hold for all classes of a scale together with 95 % (Bonferroni over the classes, because the named
    ones are chosen by their shares).  `class` is the number of a named class, else -1.  `leads` counts the attacks
    that the group certainly leads: the interval of its class lies above those of all other classes (Goodman's
    simultaneous intervals of the attack's own draws).  `entropy` of the classes is in bits, corrected by Miller &
    Madow, with its mean over images.

    Source: Goodman 1965, Technometrics 7, 247-254; Miller 1955.
    """

    title = "Which classes the probes go to"
    order = 32
    needs = frozenset({"images", "probes.class_counts"})

    def __call__(self, run: FinishedRun) -> Finding:
        """Average the class counts over images."""
        import pandas as pd

        counts = counts_of(run)
        if not counts:
            return Finding()
        named = gaining(counts)
        names = ["original class", "target class", *(_name(run, index) for index in named), REST]
        flows = [flow_of(each, named) for each in counts]
        shown = [flow for flow in flows if flow.curve.center != "original"] or flows
        told = [each for each in counts if each.curve.center != "original"] or counts
        return Finding(
            pd.concat([_table(flow, names, named) for flow in flows], ignore_index=True),
            dict(taken_over(each, flow) for each, flow in zip(told, shown, strict=True)),
            [stack(run, flows, names), disorder(run, flows)],
            " ".join(sentence(flow, names, run.measure.unit) for flow in shown),
            beside_attacks(run, told, shown),
        )


def _name(run: FinishedRun, index: int) -> str:
    """Name of a class; a bare number becomes `class 8`."""
    name = run.class_name(index)
    return f"class {name}" if name.isdigit() else name


def _table(flow: Flow, names: Sequence[str], named: Sequence[int]) -> Frame:
    import pandas as pd

    curve = flow.curve
    scales, groups = flow.mean.shape
    entropies = dict(zip(("entropy", "entropy_low", "entropy_high"), np.repeat(flow.entropy, groups, 1), strict=True))
    return pd.DataFrame(
        {
            "center": curve.center,
            "box": curve.box,
            "scale": np.repeat(curve.scales, groups),
            "group": list(names) * scales,
            "class": [-1, -1, *named, -1] * scales,
            "mean": flow.mean.ravel(),
            "low": flow.low.ravel(),
            "high": flow.high.ravel(),
            "leads": flow.leads.ravel(),
            **entropies,
            "attacks": len(curve.image_ids),
            "images": curve.images,
        }
    )
