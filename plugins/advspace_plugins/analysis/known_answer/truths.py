"""Estimates of the boundary beside what is true of it."""

from advspace import FinishedRun
from advspace.model.known_answer import KnownAnswer
from advspace.records.tables import CASE
from advspace.shapes import Frame
from advspace.statistics.paired import paired_mean
from advspace_plugins.analysis.known_answer.answers import centers_of

ESTIMATING = "half_space"
"""The analysis whose estimates have the names of the truths."""
COLUMNS = ["center", "quantity", "images", "truth", "estimate", "low", "high"]


def beside_truth(run: FinishedRun, known: KnownAnswer) -> Frame:
    """Mean estimate and mean truth of each quantity around each center, with the interval of their difference.

    Args:
        run: A run with the estimates of `half_space`; without them the table is empty.
        known: The known answer of its model.
    """
    import pandas as pd

    estimates, rows = run.attack_estimates(ESTIMATING), []
    if estimates.empty:
        return pd.DataFrame(columns=COLUMNS)
    for (center, quantity), truths in _true_shapes(run, known).groupby(["center", "quantity"], sort=False):
        column = str(quantity) if center == "adversarial" else f"{quantity}, {center}"
        if column not in estimates:
            continue
        both = truths.merge(estimates[[*CASE, column]], on=CASE).dropna(subset=[column])
        by_image = both.groupby("image_id")[["truth", column]].mean()
        if len(by_image):
            error = paired_mean((by_image[column] - by_image["truth"]).to_numpy())
            truth, (low, high) = float(by_image["truth"].mean()), error.interval()
            ends = (truth + error.mean, truth + low, truth + high)
            rows.append((center, quantity, len(by_image), truth, *ends))
    return pd.DataFrame(rows, columns=COLUMNS)


def _true_shapes(run: FinishedRun, known: KnownAnswer) -> Frame:
    """What is true of the boundary near each center: one row per attack, center and `quantity`, with its `truth`."""
    import pandas as pd

    rows = [
        (*case, center, quantity, truth)
        for case, centers in centers_of(run)
        for center, image in centers.items()
        if center != "original"
        for quantity, truth in known.shape(image).items()
    ]
    return pd.DataFrame(rows, columns=[*CASE, "center", "quantity", "truth"])
