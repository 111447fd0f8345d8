"""The Python interface: a network and images of the user's in; tables, findings and figures out."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from advspace.analysis.contract import Analysis
from advspace.analysis.findings import analyse
from advspace.analysis.summary import Conclusion, summarise
from advspace.attack.contract import Attack
from advspace.dataset.given import images_and_labels
from advspace.dataset.in_memory import InMemoryImages, check_images, digest
from advspace.errors import AdvspaceError
from advspace.forward.torch_state import ordinary_state
from advspace.lightning import ALONE
from advspace.model.contract import logits_of
from advspace.model.existing import GivenNetwork
from advspace.noise.contract import Noise
from advspace.probe.contract import Probe
from advspace.records.tables import done_cases
from advspace.registry.components import Components, all_analyses
from advspace.registry.registry import installed, load, name_of, owner, version
from advspace.registry.results import guarded_plugin
from advspace.registry.stop import stop_settings
from advspace.run.conclude import conclude
from advspace.run.identity import begin
from advspace.run.lock import writing
from advspace.run.preparation import Surroundings
from advspace.run.probe import probe as run_probe
from advspace.run.probed import Probed
from advspace.settings import Settings


@ordinary_state()
def probe_images(
    network: Callable[[torch.Tensor], Any],
    images: Any,
    labels: Any = None,
    *,
    attack: Attack | str = "lbfgsb",
    noise: Noise | str = "gaussian",
    probe: Probe | str = "ladder",
    analyses: Mapping[str, Analysis] | None = None,
    stop: str | None = None,
    tolerance: float | None = None,
    overshoot: float | None = None,
    target: str | int = "random",
    targets_per_image: int = 1,
    classes: Sequence[str] | None = None,
    seed: int = 0,
    batch_size: int = 64,
    draws_per_forward: int | str = "auto",
    precision: str = "32-true",
    accelerator: str = "auto",
    directory: Path | str | None = None,
    resume: bool = False,
) -> Probed:
    """Make adversarials of images and probe the space around both.

    Args:
        network: A module or a function: pixels in [0, 1] to logits, including normalisation.  A frozen copy of a module
            is used, in single precision; a function, or a module that cannot be copied, is called as it is.
        images: Floats [image, channel, height, width] in [0, 1]: a tensor, a NumPy array, or a list of either.  Or PIL
            pictures of one size, grey or RGB: their black is 0, their white 1.  Or a `torch.utils.data.Dataset` of
            such images, or of pairs of image and label; all its items are read.
        labels: Class of each image, whole numbers in the same forms; None to use the labels of the dataset, or else the
            network's predictions.
        attack: An attack, or the name of an installed one, which then has its default settings.
        noise: A noise, or the name of an installed one.
        probe: A probe, or the name of an installed one.
        analyses: Analyses by name; None for all installed ones.
        stop: Stop rule: `given` or `algorithm1`: the attack's own result; `tight`: the boundary; `overshoot`: a share
            of the boundary distance beyond it.  None for the attack's default.
        tolerance: Largest margin (in logits) of a `tight` adversarial; None for the attack's default.
        overshoot: Share of the boundary distance that `overshoot` goes beyond it; None for the attack's default.
        target: `random`, `least_likely`, `runner_up`, `untargeted`, or a class by number or name.
        targets_per_image: Number of random targets of each image.
        classes: Names of the classes; None for their numbers.
        seed: Seed of all random numbers.
        batch_size: Images attacked at once.
        draws_per_forward: Probes in one forward pass, or `auto`.
        precision: Precision of the network while it is probed: `32-true` or `bf16-mixed`.
        accelerator: Accelerator, as for Lightning's Trainer.
        directory: Directory for tables, tensors, findings, figures, summary and `report.html`, as of a run of
            `probe.py`; None to write no files.
        resume: Whether to resume the run in `directory`, which began with the same network, images and arguments; else
            the directory must not contain a run.

    Returns:
        Tables, findings and images.

    Raises:
        AdvspaceError: an argument is not allowed, no image can be attacked, the directory contains a run (with
            `resume`: of other images or arguments), another process writes into it, or an analysis failed.
    """
    dataset = _dataset(network, images, labels, classes)
    given = {"attack": attack, "noise": noise, "probe": probe}
    chosen = all_analyses() if analyses is None else analyses
    rule = {"stop": stop, "tolerance": tolerance, "overshoot": overshoot}
    components = _components(network, dataset, given, chosen, rule)
    settings = Settings(
        seed=seed,
        images=len(dataset.image),
        targets_per_image=targets_per_image,
        batch_size=batch_size,
        draws_per_forward=draws_per_forward,
        precision=precision,
        target=target,
        cache="off",
    )
    stored = _stored(components) | vars(settings)
    identity = stored | {"images": digest(components.dataset.split("test"))}
    with _folder(directory, resume=resume) as folder, writing(folder):
        begin(folder, identity)
        run = run_probe(components, settings, folder, Surroundings(ALONE | {"accelerator": accelerator}, stored))
        if run is None:
            raise AdvspaceError("probe_images works in one process; start the program once")
        tensors = dict(run.tensors())
        if directory is not None:
            conclusion = conclude(run, chosen)
        else:
            findings = analyse(run, chosen)
            conclusion = Conclusion(run, findings, summarise(run, findings))
    conclusion.findings.raise_failures(str(directory or "no directory (none was given)"))
    return Probed(conclusion, tensors)


@contextmanager
def _folder(directory: Path | str | None, *, resume: bool) -> Iterator[Path]:
    """The directory given, or a temporary one."""
    if directory is None:
        with TemporaryDirectory() as folder:
            yield Path(folder)
        return
    if done_cases(Path(directory)) and not resume:
        raise AdvspaceError(
            f"directory: there is a run in {directory} already; choose another one, or go on with it (resume=True)"
        )
    yield Path(directory)


def _components(
    network: Callable[[torch.Tensor], Any],
    dataset: InMemoryImages,
    given: dict[str, Any],
    analyses: Mapping[str, Analysis],
    rule: dict[str, Any],
) -> Components:
    """The plugins, with defaults for those given by name, and the stop rule."""
    made = {kind: load(kind, plugin)() if isinstance(plugin, str) else plugin for kind, plugin in given.items()}
    names = {kind: name_of(kind, plugin) for kind, plugin in made.items()} | {"dataset": "images", "model": "network"}
    made = {kind: guarded_plugin(plugin, owner(kind, names[kind])) for kind, plugin in made.items()}
    return Components(
        dataset=dataset,
        model=GivenNetwork(given=network),
        stop=made["attack"].default_stop.changed(**rule),
        names=names,
        versions={kind: version(kind, name) if name in installed(kind) else "own" for kind, name in names.items()},
        analyses=analyses,
        **made,
    )


def _stored(components: Components) -> dict[str, Any]:
    """The plugins and their settings, in the form of a config."""
    settings = {kind: dict(getattr(getattr(components, kind), "__dict__", {})) for kind in ("attack", "noise", "probe")}
    settings["attack"] |= stop_settings(type(components.attack), components.stop)
    plain: dict[str, Any] = json.loads(json.dumps(settings, default=repr))
    return {kind: {"plugin": name} | plain.get(kind, {}) for kind, name in components.names.items()}


def _dataset(
    network: Callable[[torch.Tensor], Any], images: Any, labels: Any, classes: Sequence[str] | None
) -> InMemoryImages:
    """The images with their labels; the names of the classes are their numbers, if none are given.

    Raises:
        AdvspaceError: images or labels are not allowed, the network cannot take the images, or it gives no logits.
    """
    image, label = images_and_labels(images, labels)
    if label is not None and not (label.is_floating_point() or label.is_complex()):
        label = label.long()
    check_images(image)
    channels, height, width = image.shape[1:]
    usable = GivenNetwork(given=network).network((channels, height, width), 0)
    count = logits_of(usable, image[:1].float().clone(), "the network").shape[1]
    return InMemoryImages(image, label, [str(number) for number in range(count)] if classes is None else list(classes))
