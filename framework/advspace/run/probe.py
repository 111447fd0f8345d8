"""The straight line: dataset, model, attack, noise, probe, records, analyses."""

from collections.abc import Mapping
from pathlib import Path
from signal import SIGINT

from omegaconf import DictConfig

from advspace.analysis.contract import Estimate
from advspace.analysis.finished_run import FinishedRun, read_run
from advspace.analysis.summary import Conclusion
from advspace.analysis.wanted import wanted_names
from advspace.comparison.membership import current_sweep
from advspace.errors import DamagedError, warn
from advspace.figures.style import FigureStyle
from advspace.forward.torch_state import ordinary_state
from advspace.lightning import first_process, in_multirun
from advspace.records.integrity import drop, faults, sentence
from advspace.records.tables import done_cases, drop_unfinished
from advspace.registry.components import Components
from advspace.registry.guard import plugin_faults
from advspace.registry.installed import RUN_KINDS
from advspace.registry.required import write_plugins
from advspace.run.conclude import conclude
from advspace.run.identity import begin
from advspace.run.lock import writing
from advspace.run.messages import say, say_anyway
from advspace.run.preparation import Surroundings, planned, ready_network_of
from advspace.run.results import run_results
from advspace.run.resume import keep_values
from advspace.run.shallow import shallow
from advspace.run.terminal import show, show_line
from advspace.run.tracked import tracked
from advspace.run_directory import RunDirectory
from advspace.selection.plan import stored_plan
from advspace.selection.selection import Selection
from advspace.selection.target import check_targets_per_image, target_class
from advspace.settings import Settings, plain
from advspace.signals import Stopped, Told
from advspace.training.store import Ready


@plugin_faults()
@ordinary_state()
def run_probe(config: DictConfig, directory: Path, command: str) -> Conclusion | None:
    """Make adversarial images, probe around them, and write tables, findings, figures, a summary and a report.

    Args:
        config: A composed `conf/probe.yaml`.
        directory: The run directory; attacks that are done already are not repeated.
        command: The command that resumes the run after an interruption.

    Returns:
        The run and its findings; None in all processes but the first.

    Raises:
        AdvspaceError: a setting, a plugin, the data or the weights cannot be used; or an analysis failed, after all
            other results are written.
        Stopped: a signal stopped the run.
    """
    settings, components = Settings.of(config), Components.of(config)
    FigureStyle(**plain(config.figures))  # refused now rather than after the work
    with writing(directory):
        begin(directory, plain(config))
        keep_values(directory, config)
        write_plugins(directory, config)
        try:
            return _logged(config, settings, components, directory, command)
        except (Stopped, KeyboardInterrupt) as stop:
            say(_how_to_go_on(directory, command))  # in one process: a signal often reaches all of them
            raise Told(getattr(stop, "number", SIGINT)) from None


def _logged(
    config: DictConfig, settings: Settings, components: Components, directory: Path, command: str
) -> Conclusion | None:
    with tracked(config, directory, repeatable=True) as tracking:
        surroundings = Surroundings(plain(config.trainer), plain(config), tracking.loggers, command)
        if surroundings.speaks:
            say(_begins(components, settings, directory))
        run = probe(components, settings, directory, surroundings)
        if run is None:
            return None
        conclusion = conclude(run, components.analyses, FigureStyle(**plain(config.figures)))
        tracking.log(run_results(conclusion))
        if in_multirun() and not config.verbose:
            sweep = current_sweep()
            show_line(conclusion, list(config.objective), name=sweep.run.replace(",", ", ") if sweep else "")
        else:
            show(conclusion, list(config.objective), verbose=bool(config.verbose))
    conclusion.findings.raise_failures(str(directory))
    return conclusion


def _begins(components: Components, settings: Settings, directory: Path) -> str:
    """What a run consists of, and where it is, in one line."""
    dataset, model, attack, noise, _ = (components.names[kind] for kind in RUN_KINDS)
    where = directory.relative_to(Path.cwd()) if directory.is_relative_to(Path.cwd()) else directory
    return f"{settings.images} images of {dataset}, {model}, {attack}, {noise} noise, in {where}"


def _how_to_go_on(directory: Path, command: str) -> str:
    try:
        planned = RunDirectory(directory).plan.exists()
        wanted = f"{len(stored_plan(directory).selection.ids)} attacks are" if planned else "the work is"
        done = str(len(done_cases(directory)) if planned else "nothing")
    except DamagedError:
        done, wanted = "some", "the work is"
    return f"stopped: {done} of {wanted} done; go on with: {command}"


@plugin_faults()
def probe(
    components: Components, settings: Settings, directory: Path, surroundings: Surroundings | None = None
) -> FinishedRun | None:
    """Attack and probe, and write the tables into the run directory.

    Attacks that are done already are not repeated.

    Args:
        components: The plugins.
        settings: The settings that belong to no plugin.
        directory: The run directory.
        surroundings: Devices, loggers, and command to resume; None for one device without logging and messages.

    Returns:
        The run; None in all processes but the first.

    Raises:
        AdvspaceError: a setting, the data or the weights cannot be used.
        Stopped: a signal stopped the run.
    """
    around = surroundings or Surroundings()
    classes = list(components.dataset.classes)
    target_class(settings.target, classes)
    check_targets_per_image(settings.target, settings.targets_per_image, classes)
    ready = ready_network_of(components, settings, directory, around)
    selection = planned(components, settings, ready, directory, around)
    try:
        _attack_and_probe(components, settings, ready, selection, directory, around)
    except Exception:
        if around.resume:
            say_anyway(_how_to_go_on(directory, around.resume))
        raise
    if not first_process():
        return None
    run = read_run(directory, around.stored)
    if text := shallow(run.succeeded, components.stop):
        warn(text)
    return run


def objective(headline: Mapping[str, Estimate], wanted: list[str]) -> float | None:
    """The value that a sweep maximises: the first of the wanted estimates that the run has; None if it has none.

    Args:
        headline: The estimates of the run.
        wanted: Names of estimates, or patterns such as `half_scale/adversarial/*`, in the order of priority.
    """
    return next((headline[name].value for name in wanted_names(headline, wanted)), None)


def _attack_and_probe(
    components: Components,
    settings: Settings,
    ready: Ready,
    selection: Selection,
    directory: Path,
    around: Surroundings,
) -> None:
    cases = list(zip(selection.ids, selection.targets, strict=True))
    if first_process():
        found = faults(directory, set(cases))
        if found:
            parts = "1 part is" if len(found) == 1 else f"{len(found)} parts are"
            say(f"the tables do not agree, {parts} made again: {sentence(found)}")
            drop(directory, found)
        drop_unfinished(directory)
    done = done_cases(directory)
    todo = [index for index, case in enumerate(cases) if case not in done]
    if done and (around.speaks or not around.resume):
        say(f"{len(done)} of {len(selection.ids)} attacks are done already")
    if todo:
        from advspace.attack.cache import AdversarialCache
        from advspace.run.batches import Pending
        from advspace.run.predict import AttackAndProbe, predict

        RunDirectory(directory).summary.unlink(missing_ok=True)  # it does not include the attacks made now
        pending = Pending(components.dataset.split("test"), selection, todo)
        task = AttackAndProbe(ready.network, components, settings, directory)
        predict(task, pending, dict(around.trainer))
        cache: AdversarialCache = task.cache
        if cache.folder is not None and (around.speaks or not around.resume):
            say(f"adversarial images: {cache.hits} found in {cache.folder}, {cache.made} attacked now")
