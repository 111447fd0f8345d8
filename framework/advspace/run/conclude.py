"""The last stage of a run or a multirun: findings, figures, summary, report and comparison from its tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from advspace.analysis.contract import Analysis
from advspace.analysis.findings import Findings, analyse, compare, write_findings
from advspace.analysis.finished_run import FinishedRun, read_run
from advspace.analysis.summary import Conclusion, read_summary, summarise, write_summary
from advspace.comparison.comparison import Compared, read_comparison, write_comparison
from advspace.comparison.differences import flat
from advspace.comparison.failed_run import FailedRun
from advspace.errors import AdvspaceError, DamagedError
from advspace.figures.style import PAPER, FigureStyle
from advspace.pasted import resume_command
from advspace.records.tables import done_cases
from advspace.registry.components import all_analyses, analyses_of
from advspace.run.messages import say
from advspace.run.page import print_page
from advspace.run_directory import MultirunDirectory, RunDirectory
from advspace.selection.plan import stored_plan
from advspace.settings import plain

MOST_NAMED = 3
"""Number of runs that a message names."""
Analyses = Mapping[str, Analysis]


def conclude(run: FinishedRun, analyses: Analyses, style: FigureStyle = PAPER) -> Conclusion:
    """Analyse a run; write its findings, figures, summary and report.

    Args:
        run: The run.
        analyses: Analyses by name; an error of one does not stop the others.
        style: Style of the figures.

    Raises:
        AdvspaceError: the directory cannot be written.
    """
    from advspace.figures import draw_charts
    from advspace.report import write_report

    directory = RunDirectory(run.directory)
    findings = analyse(run, analyses)
    summary = summarise(run, findings)
    write_findings(directory, findings)
    draw_charts(findings.charts, directory.figures, style)
    write_summary(directory, summary)
    write_report(run, findings, summary)
    return Conclusion(run, findings, summary)


def compare_runs(directory: Path, analyses: Analyses, style: FigureStyle = PAPER) -> Compared:
    """Compare the runs of a multirun: joined tables, charts in `comparison/`, and a report.

    Args:
        directory: Directory of the multirun.
        analyses: Analyses by name.
        style: Style of the figures.

    Raises:
        AdvspaceError: there is no run, or the directory cannot be written.
    """
    from advspace.figures import draw_charts
    from advspace.report import write_comparison_report

    comparison = read_comparison(directory)
    findings = compare(comparison.finished, analyses)
    write_comparison(comparison, findings)
    draw_charts(findings.charts, comparison.directory.comparison, style)
    write_comparison_report(comparison, findings)
    return Compared(comparison, findings)


def conclude_again(directory: Path, today: DictConfig, overrides: Sequence[str]) -> None:
    """Repeat the last stage of a finished run or multirun, from its tables, and print where its report is.

    Args:
        directory: Directory of the run or multirun.
        today: The config of the current command: it gives the style of the figures, and the analyses if the command
            names any.
        overrides: Overrides of the current command.

    Raises:
        AdvspaceError: it is no run or multirun, nothing in it is finished, or an analysis failed.
    """
    style = FigureStyle(**plain(today.figures))
    named = analyses_of(today) if _names_analyses(overrides) else None
    if not directory.is_dir():
        raise AdvspaceError(f"report: there is no directory {directory}; give that of a run or of a multirun")
    if RunDirectory(directory).config.exists():
        made = _conclude_one(RunDirectory(directory), named, style)
        print_page(f"report: {RunDirectory(directory).report}")
        made.raise_failures(str(directory))
        return
    findings = _each_again(MultirunDirectory(directory), named, style)
    compared = compare_runs(directory, named or all_analyses(), style)
    if not compared.comparison.finished:
        first = compared.comparison.failed[0]
        raise AdvspaceError(
            f"report: none of the {len(compared.comparison.failed)} runs in {directory} is finished "
            f"({first.directory.name}: {first.reason})"
        )
    if compared.comparison.failed:
        say(_left_out(compared.comparison.failed, directory))
    print_page(f"report: {MultirunDirectory(directory).report}")
    for each in (*findings, compared.findings):
        each.raise_failures(str(directory))


def _left_out(failed: list[FailedRun], directory: Path) -> str:
    named = "; ".join(f"{run.directory.name}: {run.reason}" for run in failed[:MOST_NAMED])
    more = f"; and {len(failed) - MOST_NAMED} more" if len(failed) > MOST_NAMED else ""
    runs = "1 run is" if len(failed) == 1 else f"{len(failed)} runs are"
    return f"{runs} not in the comparison ({named}{more}); go on with: {resume_command(directory)}"


def _each_again(directory: MultirunDirectory, named: Analyses | None, style: FigureStyle) -> list[Findings]:
    """Repeat the last stage of the finished runs that lack findings, or of all if the command names analyses."""
    finished = [run for run in directory.runs() if run.summary.exists()]
    lacking = [run for run in finished if named is not None or _is_old(run)]
    return [findings for run in lacking if (findings := _concluded(run, named, style)) is not None]


def _concluded(run: RunDirectory, named: Analyses | None, style: FigureStyle) -> Findings | None:
    """The findings of a run, made again; None if it is not finished or damaged, which the comparison tells."""
    try:
        return None if _unfinished(run) else _conclude_one(run, named, style)
    except DamagedError:
        return None


def _is_old(run: RunDirectory) -> bool:
    try:
        summary = read_summary(run)
        return summary is None or flat(summary["settings"]) != flat(run.read_settings())  # else it is another run's
    except DamagedError:
        return True


def _conclude_one(run: RunDirectory, named: Analyses | None, style: FigureStyle) -> Findings:
    config = _stored_config(run)
    reason = _unfinished(run)
    if reason:
        raise AdvspaceError(f"report: {reason}; finish it first: {resume_command(run.path)}")
    own = analyses_of(config) if _names_analyses(run.read_overrides()) else all_analyses()
    return conclude(read_run(run.path), own if named is None else named, style).findings


def _unfinished(run: RunDirectory) -> str:
    """The reason why a run is not finished; empty if it is finished."""
    if not run.plan.exists():
        return f"the run in {run.path} stopped before it chose its images"
    done, wanted = len(done_cases(run.path)), len(stored_plan(run.path).selection.ids)
    return "" if done >= wanted else f"the run in {run.path} has {done} of {wanted} attacks done"


def _stored_config(run: RunDirectory) -> DictConfig:
    config = run.read_settings()
    if "noise" not in config:
        raise AdvspaceError(f"report: {run.path} is no run with probes (.hydra/config.yaml has no noise)")
    return OmegaConf.create(config)


def _names_analyses(overrides: Sequence[str]) -> bool:
    return any(override.lstrip("+~").startswith("analysis") for override in overrides)
