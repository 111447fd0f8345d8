"""The runs of a multirun side by side."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import ArrowInvalid

from advspace.analysis.curves import Curve, curves
from advspace.analysis.summary import SUMMARY, headline
from advspace.comparison.differences import called, differences
from advspace.comparison.failed_run import (
    FAILURE,
    FOLDER,
    FailedRun,
    failed_run,
    overrides_of,
    read_failure,
    run_directories,
)
from advspace.errors import AdvspaceError
from advspace.files import write_bytes
from advspace.records.tables import read_tables
from advspace.statistics.bootstrap import percentile_interval
from advspace.statistics.interval import wilson


@dataclass(frozen=True)
class Comparison:
    """The runs of a multirun.

    Args:
        directory: Of the multirun.
        runs: A row per finished run: `run` (its directory below the multirun's, which is its name in all tables),
            `name` (what varies, as `noise=gaussian,seed=1`), `directory`, `overrides`, a column for each of the five
            plugins and for each setting in `varies`, and the headline figures, most with the ends of their 95 %
            intervals in `<figure>_low` and `<figure>_high`.
        images: The tables of images joined, with a column `run` in front.
        probes: The tables of probes joined in the same way.
        varies: Names of the settings that differ between runs, such as `noise`, `seed`, `attack.stop`.
        failed: The runs that left no result, with the reason.
        summaries: What each finished run's `summary.json` says, by `run`.
    """

    directory: Path
    runs: pd.DataFrame
    images: pd.DataFrame
    probes: pd.DataFrame
    varies: list[str]
    failed: list[FailedRun]
    summaries: dict[str, dict[str, Any]]

    def curves_of(self, *runs: str) -> list[Curve]:
        """The curves of one run, or of several that differ in nothing but the seed taken as one.

        Of several, an image's share is the mean over all its attacks: images stay the unit.
        """
        if runs not in self._result:
            self._result[runs] = curves(self.probes[self.probes["run"].isin(runs)])
        return self._result[runs]

    @cached_property
    def _result(self) -> dict[tuple[str, ...], list[Curve]]:
        return {}


def read_comparison(directory: Path) -> Comparison:
    """Read what the runs below `directory` left, also while some are under way.

    Args:
        directory: Of a multirun.

    Raises:
        AdvspaceError: there is no run in it.
    """
    paths = run_directories(directory)
    if not paths:
        raise AdvspaceError(
            f"report: there is no run in {directory}; give the directory of a run (it has .hydra/config.yaml) or of a "
            "multirun (it has such directories)"
        )
    read = {path.relative_to(directory).as_posix(): _read(path) for path in paths}
    failed = [result for result in read.values() if isinstance(result, FailedRun)]
    good = {run: result for run, result in read.items() if not isinstance(result, FailedRun)}
    settings = {run: summary["settings"] for run, (summary, _, _) in good.items()}
    varies = differences(list(settings.values()))
    rows = [_row(run, directory / run, settings[run], varies) | _headline(*good[run][:2]) for run in good]
    return Comparison(
        directory=directory,
        runs=pd.DataFrame(rows),
        images=_joined({run: images for run, (_, images, _) in good.items()}),
        probes=_joined({run: probes for run, (_, _, probes) in good.items()}),
        varies=varies,
        failed=failed,
        summaries={run: summary for run, (summary, _, _) in good.items()},
    )


def write_comparison(comparison: Comparison) -> None:
    """Write the tables into `comparison/`; `runs` and `failed` as CSV too.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    folder = comparison.directory / FOLDER
    failed = pd.DataFrame(
        [(result.directory.name, " ".join(result.overrides), result.reason) for result in comparison.failed],
        columns=["run", "overrides", "reason"],
    )
    tables = {"runs": comparison.runs, "images": comparison.images, "probes": comparison.probes, "failed": failed}
    for name, table in tables.items():
        write_bytes(folder / f"{name}.parquet", readable(table).to_parquet(index=False))
    for name in ("runs", "failed"):
        write_bytes(folder / f"{name}.csv", tables[name].to_csv(index=False).encode())


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Columns whose values are of several types, such as a setting that is a number here and a name there, as text."""
    mixed = [name for name in table if table[name].map(type).nunique() > 1 and table[name].dtype == object]
    return table.astype(dict.fromkeys(mixed, str))


def _read(path: Path) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame] | FailedRun:
    try:
        if (path / FAILURE).exists():
            return read_failure(path)
        if not (path / SUMMARY).exists():
            return failed_run(path, f"it has not come to its end; go on with: python probe.py resume={path}")
        return json.loads((path / SUMMARY).read_text()), *read_tables(path)
    except AdvspaceError as error:
        return failed_run(path, str(error))
    except (ArrowInvalid, OSError, ValueError, KeyError) as error:
        return failed_run(path, f"its files cannot be read ({error}); start it anew")


def _row(run: str, path: Path, settings: dict[str, Any], varies: list[str]) -> dict[str, Any]:
    kinds = {kind: called(settings, kind) for kind in ("dataset", "model", "attack", "noise", "probe")}
    differing = {key: called(settings, key) for key in varies}
    name = ",".join(f"{key}={value}" for key, value in differing.items() if value is not None)
    facts = {"run": run, "name": name or run, "directory": str(path), "overrides": " ".join(overrides_of(path))}
    return facts | kinds | differing


def _headline(summary: dict[str, Any], images: pd.DataFrame) -> dict[str, Any]:
    """The headline figures of a run, with intervals: of shares Wilson's, of means a bootstrap over images."""
    flat = headline(summary)
    counts = summary["images"]
    low, high = wilson(counts["succeeded"], counts["attacks"])
    flat |= {"success": counts["succeeded"] / counts["attacks"], "success_low": float(low), "success_high": float(high)}
    by_image = images[images["success"]].groupby("image_id")
    for name in ("l2", "rms", "sd", "on_box"):
        flat[f"{name}_mean_low"], flat[f"{name}_mean_high"] = percentile_interval(by_image[name].mean().to_numpy())
    return flat


def _joined(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    if not tables:
        return pd.DataFrame()
    return pd.concat([table.assign(run=run)[["run", *table]] for run, table in tables.items()], ignore_index=True)
