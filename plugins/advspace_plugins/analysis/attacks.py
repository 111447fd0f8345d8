"""How many attacks succeeded, and their cost."""

from dataclasses import dataclass
from typing import Any

from advspace import Analysis, Estimate, Finding, FinishedRun
from advspace.shapes import Frame
from advspace.statistics.bootstrap import percentile_interval
from advspace.statistics.interval import wilson

COLUMNS = ("margin", "c", "evaluations")


@dataclass(frozen=True)
class Attacks(Analysis):
    """The share of the attacks that succeeded, with Wilson's interval, and the reasons of the others.

    The unit of the interval is the image: an image with several targets counts with its share of successes.  The table
    has one row per reason of failure: `reason`, `attacks`, `images` (the ids of the first twelve).
    """

    title = "The attacks"
    order = 10

    def __call__(self, run: FinishedRun) -> Finding:
        """Count successes and failures."""
        images = run.images
        by_image = images.groupby("image_id")["success"].mean()
        low, high = wilson(float(by_image.sum()), len(by_image))
        share = float(by_image.mean())
        headline = {"success": Estimate(share, float(low), float(high), "of the attacks", "attacks that succeeded")}
        return Finding(_failures(images), headline | _costs(run), sentence=_sentence(run), glance=["success"])


def _costs(run: FinishedRun) -> dict[str, Estimate]:
    labels = {"evaluations": "gradients per attack"}
    means = run.succeeded.groupby("image_id")[["evaluations"]].mean()
    return {
        f"{name}_mean": Estimate(float(means[name].mean()), *percentile_interval(means[name].to_numpy()), "", label)
        for name, label in labels.items()
        if len(means)
    }


def _failures(images: Frame) -> Frame:
    import pandas as pd

    failed = images[~images["success"]]
    rows: list[dict[str, Any]] = [
        {"reason": reason, "attacks": len(group), "images": ", ".join(group["image_id"].head(12))}
        for reason, group in failed.groupby("reason", sort=False)
    ]
    return pd.DataFrame(rows, columns=["reason", "attacks", "images"]).sort_values("attacks", ascending=False)


def _sentence(run: FinishedRun) -> str:
    images, selection = run.images, run.plan.selection
    kinds = {
        "which the model misclassifies": selection.misclassified,
        "of the target class": selection.on_target,
        "that cannot be read": selection.unreadable,
    }
    passed = [f"{len(ids)} {kind}" for kind, ids in kinds.items() if ids]
    skipped = f" Passed over: {', '.join(passed)}." if passed else ""
    return (
        f"{len(run.succeeded)} of {len(images)} attacks on {images['image_id'].nunique()} images reached their goal."
        f"{skipped}"
    )
