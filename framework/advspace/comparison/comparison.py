"""The runs of a multirun: joined tables, and one row of estimates per run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advspace.analysis.findings import Findings
from advspace.analysis.finished_run import FinishedRun, read_run
from advspace.analysis.summary import headline, read_summary
from advspace.comparison.differences import called, differences
from advspace.comparison.failed_run import FailedRun, read_failure
from advspace.comparison.not_started import not_started
from advspace.errors import AdvspaceError
from advspace.files.atomic import write_bytes
from advspace.pasted import resume_command
from advspace.registry.registry import RUN_KINDS
from advspace.run_directory import MultirunDirectory, RunDirectory
from advspace.shapes import Frame

Summary = dict[str, Any]
NO_FINDINGS = Findings()
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""The beginnings of a formula in a spreadsheet."""


@dataclass(frozen=True)
class Comparison:
    """The runs of a multirun.

    Args:
        directory: Directory of the multirun.
        finished: The finished runs, in the order of their start.
        summaries: Content of the `summary.json` of each finished run, by name of the run.
        failed: The runs without results, not started, or with a failed analysis, with the reason.
    """

    directory: MultirunDirectory
    finished: list[FinishedRun]
    summaries: Mapping[str, Summary]
    failed: list[FailedRun]

    @property
    def varies(self) -> list[str]:
        """Names of the settings that differ between runs, such as `noise`, `seed`, `attack.stop`."""
        return differences([run.settings for run in self.finished])

    @property
    def runs(self) -> Frame:
        """One row per finished run.

        Columns: `run` (its path relative to the multirun's), `name` (settings that differ, such as
        `noise=gaussian,seed=1`), `directory`, `overrides`, one column for each of the five plugins and each setting
        that differs, and the estimates of the analyses with the ends of their 95 % intervals (`<estimate>_low`,
        `<estimate>_high`).
        """
        import pandas as pd

        return pd.DataFrame([self._row(run) for run in self.finished])

    @property
    def images(self) -> Frame:
        """The joined tables of images, with a first column `run`."""
        return _joined({run.name: run.images for run in self.finished})

    @property
    def probes(self) -> Frame:
        """The joined tables of probes, with a first column `run`."""
        return _joined({run.name: run.probes for run in self.finished})

    def called(self, run: FinishedRun) -> str:
        """Settings of a run that differ between runs, such as `noise=gaussian,seed=1`; if none, its name."""
        values = {key: called(run.settings, key) for key in self.varies}
        return ",".join(f"{key}={value}" for key, value in values.items() if value is not None) or run.name

    def _row(self, run: FinishedRun) -> dict[str, Any]:
        overrides = " ".join(RunDirectory(run.directory).read_overrides())
        names = {"run": run.name, "name": self.called(run), "directory": str(run.directory), "overrides": overrides}
        settings = {key: called(run.settings, key) for key in (*RUN_KINDS, *self.varies)}
        return names | settings | headline(self.summaries[run.name])


@dataclass(frozen=True)
class Compared:
    """A multirun with the findings about all its runs."""

    comparison: Comparison
    findings: Findings


def read_comparison(directory: Path) -> Comparison:
    """Read the results of the runs in `directory`; some runs may still be unfinished.

    Args:
        directory: Directory of a multirun.

    Raises:
        AdvspaceError: there is no run in it.
    """
    multirun = MultirunDirectory(directory)
    runs = multirun.runs()
    if not runs:
        raise AdvspaceError(
            f"report: there is no run in {directory}; give the directory of a run (it has .hydra/config.yaml) or of a "
            "multirun (it has such directories)"
        )
    read = [_read(run, run.path.relative_to(directory).as_posix()) for run in runs]
    finished = [each for each in read if not isinstance(each, FailedRun)]
    failed = [each for each in read if isinstance(each, FailedRun)]
    failed += [failure for run, _ in finished if (failure := read_failure(RunDirectory(run.directory)))]
    failed += not_started(multirun)
    return Comparison(multirun, [run for run, _ in finished], {run.name: each for run, each in finished}, failed)


def write_comparison(comparison: Comparison, findings: Findings = NO_FINDINGS) -> None:
    """Write the tables into `comparison/`; `runs`, `failed` and those of the findings also as CSV.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    import pandas as pd

    folder = comparison.directory.comparison
    failed = pd.DataFrame(
        [(run.directory.name, " ".join(run.overrides), run.reason) for run in comparison.failed],
        columns=["run", "overrides", "reason"],
    )
    tables = {"runs": comparison.runs, "images": comparison.images, "probes": comparison.probes, "failed": failed}
    for name, table in tables.items():
        write_bytes(folder / f"{name}.parquet", readable(table).to_parquet(index=False))
    for name in ("runs", "failed"):
        _write_csv(folder / f"{name}.csv", tables[name])
    for name, finding in findings.made.items():
        if len(finding.table.columns):
            own = comparison.directory.analysis
            write_bytes(own / f"{name}.parquet", finding.table.to_parquet(index=False))
            _write_csv(own / f"{name}.csv", finding.table)


def readable(table: Frame) -> Frame:
    """The table with columns of mixed types as text, such as a setting that is a number or a name."""
    mixed = [name for name in table if table[name].dtype == object and table[name].map(type).nunique() > 1]
    return table.astype(dict.fromkeys(mixed, str))


def _write_csv(path: Path, table: Frame) -> None:
    write_bytes(path, _without_formulas(table).to_csv(index=False).encode())


def _without_formulas(table: Frame) -> Frame:
    """The table for a CSV: a spreadsheet would run a text that begins like a formula."""
    return table.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell)


def _read(run: RunDirectory, name: str) -> tuple[FinishedRun, Summary] | FailedRun:
    """A run with its summary, or a failed run with the reason."""
    try:
        failure = read_failure(run)
        if failure is not None and not failure.finished:
            return failure
        summary = read_summary(run)
        if summary is None:
            return FailedRun.of(run, f"it has not come to its end; go on with: {resume_command(run.path)}")
        return read_run(run.path, summary["settings"], name), summary
    except AdvspaceError as error:
        return FailedRun.of(run, str(error))
    except (OSError, ValueError, KeyError) as error:
        return FailedRun.of(run, f"its files cannot be read ({error}); start it anew")


def _joined(tables: dict[str, Frame]) -> Frame:
    import pandas as pd

    if not tables:
        return pd.DataFrame()
    return pd.concat([table.assign(run=run)[["run", *table]] for run, table in tables.items()], ignore_index=True)
