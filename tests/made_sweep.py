"""Multiruns made by hand, with shares that are known beforehand."""

from pathlib import Path
from typing import Any

import pandas as pd
from made_run import summed_up
from omegaconf import OmegaConf

SCALES = (0.5, 1.0, 2.0)
KEPT = {"gaussian": (1.0, 0.5, 0.0), "empirical": (1.0, 0.75, 0.25), "uniform": (1.0, 1.0, 1.0)}
"""Share of the probes that keep the target, by noise and scale."""
PLUGINS = {"dataset": "digits", "model": "logistic", "attack": "lbfgsb", "noise": "gaussian", "probe": "ladder"}
CONSTANT = {
    "target": 1,
    "label": 0,
    "labelled": True,
    "targeted": True,
    "reason": "",
    "margin": 0.1,
    "c": 1.0,
    "evaluations": 10,
    "mean": 0.0,
    "skewness": 0.0,
    "excess_kurtosis": 0.0,
}


def made_sweep(directory: Path, *runs: dict[str, Any]) -> Path:
    """Write run directories of four images each.

    Args:
        directory: Where to; the runs are called 0, 1, ...
        runs: What each has set: plugins by kind, `seed`, `box`, and settings of plugins by their dotted names.
    """
    for number, changes in enumerate(runs):
        _write_run(directory / str(number), changes)
    return directory


def _write_run(path: Path, changes: dict[str, Any]) -> None:
    seed, box = changes.get("seed", 0), changes.get("box", "both")
    names = PLUGINS | {kind: changes[kind] for kind in PLUGINS if kind in changes}
    (path / ".hydra").mkdir(parents=True)
    settings: dict[str, Any] = {
        "seed": seed,
        **{kind: {"plugin": name} for kind, name in names.items()},
        "report": None,
    }
    settings["probe"]["box"] = box
    for key, value in changes.items():
        kind, _, setting = key.partition(".")
        if setting:
            settings[kind][setting] = value
    OmegaConf.save(settings, path / ".hydra" / "config.yaml")
    OmegaConf.save([f"{key}={value}" for key, value in changes.items()], path / ".hydra" / "overrides.yaml")
    versions = {f"{kind}_version": "made 1.0" for kind in PLUGINS}
    images = pd.DataFrame({"image_id": [f"image-{seed}-{n}" for n in range(4)]} | CONSTANT | names | versions)
    for name in ("l2", "rms", "sd", "on_box"):
        images[name] = [1.0, 2.0, 3.0, 4.0]
    images["success"] = True
    rows = [
        {
            "image_id": id_,
            "target": 1,
            "center": "adversarial",
            "box": policy,
            "scale": scale,
            "clipped": 0.0,
            "draws": 100,
        }
        | {"share_target": kept, "share_original": 1 - kept, "share_other": 0.0}
        | names
        | versions
        for id_ in images["image_id"]
        for policy in (("clip", "none") if box == "both" else (box,))
        for scale, kept in zip(SCALES, KEPT[names["noise"]], strict=True)
    ]
    for table, content in (("images", images), ("probes", pd.DataFrame(rows))):
        (path / f"{table}.parquet").mkdir()
        content.to_parquet(path / f"{table}.parquet" / "part-0000000.parquet")
    summed_up(path)
