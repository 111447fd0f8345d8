"""What a run found, in one file that people and programs read."""

import json
import math
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from advspace.analysis.curves import Curve
from advspace.box import GREY_LEVELS
from advspace.files import write_text
from advspace.records.rows import OUTCOMES
from advspace.selection.selection import Selection
from advspace.statistics.half_scale import HalfScale

SUMMARY = "summary.json"
PACKAGES = ("advspace", "torch", "pytorch-lightning", "scipy", "numpy")


def summarise(
    images: pd.DataFrame, curves: list[Curve], selection: Selection, settings: dict[str, Any]
) -> dict[str, Any]:
    """Sum a run up.

    Args:
        images: The table of images.
        curves: What the probes showed.
        selection: Which images were chosen, and which passed over.
        settings: The composed config.

    Returns:
        A tree of plain values; censored scales and absent figures are said plainly.
    """
    good = images[images["success"]]
    return {
        "images": {
            "attacked": images["image_id"].nunique(),
            "attacks": len(images),
            "succeeded": len(good),
            "failed": images.loc[~images["success"], ["image_id", "target", "reason"]].to_dict("records"),
            "misclassified": selection.misclassified,
            "of_target_class": selection.on_target,
            "unreadable": selection.unreadable,
            "unlabelled": images.loc[~images["labelled"], "image_id"].nunique(),
        },
        "distortion": {name: _spread(good[name]) for name in ("l2", "rms", "mean", "sd", "skewness", "excess_kurtosis")}
        | {"rms_grey_levels": _spread(good["rms"] * GREY_LEVELS), "on_box": _spread(good["on_box"])},
        "attack": {name: _spread(good[name]) for name in ("c", "margin", "evaluations")},
        "curves": [_told(curve) for curve in curves],
        "settings": settings,
        "versions": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
    }


def headline(summary: dict[str, Any]) -> dict[str, Any]:
    """The figures of a run that are compared between runs, flat; half scales with the ends of their intervals."""
    flat = {name: summary["images"][name] for name in ("attacked", "attacks", "succeeded")}
    flat |= {f"{name}_mean": summary["distortion"][name]["mean"] for name in ("l2", "rms", "sd", "on_box")}
    for curve in summary["curves"]:
        half, where = curve["half_scale"], f"{curve['center']}/{curve['box']}"
        flat |= {f"half_scale/{where}": half["scale"], f"half_scale_censored/{where}": half["censored"]}
        flat |= {f"half_scale/{where}_{end}": half[end]["scale"] for end in ("low", "high")}
    return flat


def write_summary(directory: Path, summary: dict[str, Any]) -> None:
    """Write `summary.json`.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    write_text(directory / SUMMARY, json.dumps(summary, indent=1, allow_nan=False))


def _told(curve: Curve) -> dict[str, Any]:
    lost = [half for half in curve.halves if half.censored != "above"]
    return {
        "center": curve.center,
        "box": curve.box,
        "images": curve.images,
        "attacks": len(curve.halves),
        "scales": curve.scales.tolist(),
        "clipped": curve.clipped.tolist(),
        **{
            outcome: {key: getattr(curve.bands[outcome], key).tolist() for key in ("mean", "low", "high")}
            for outcome in OUTCOMES
        },
        "half_scale": _half(curve.half) | {"low": _half(curve.half_low), "high": _half(curve.half_high)},
        "half_scale_median_of_attacks": _half(curve.median_half),
        "attacks_that_lose_half": len(lost),
    }


def _half(half: HalfScale) -> dict[str, Any]:
    return {"scale": half.scale, "censored": half.censored, "text": str(half)}


def _spread(values: pd.Series) -> dict[str, float | None]:
    """Mean, median and extremes; None where there is nothing to measure."""
    result = {
        "mean": values.mean(),
        "median": values.median(),
        "min": values.min(),
        "max": values.max(),
    }
    return {key: float(value) if value is not None and math.isfinite(value) else None for key, value in result.items()}
