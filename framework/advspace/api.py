"""The Python door: one's own network and images in, tables, curves and figures out."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd
import torch
from torch import nn

from advspace.analysis.curves import Curve, curves
from advspace.attack.contract import Attack
from advspace.dataset.in_memory import InMemoryImages
from advspace.errors import AdvspaceError
from advspace.lightning import ALONE
from advspace.model.existing import GivenNetwork
from advspace.model.weights import digest
from advspace.noise.contract import Noise
from advspace.probe.contract import Probe
from advspace.records.tables import CASE, CaseKey, done_cases, read_tables, read_tensors
from advspace.registry.components import Components
from advspace.registry.registry import installed, load, name_of, version
from advspace.run.batches import Pending
from advspace.run.conclude import conclude
from advspace.selection.plan import Plan, write_plan
from advspace.selection.selection import Selection, select
from advspace.settings import Settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Probed:
    """What was found around adversarial images.

    Args:
        images: A row per attack, in the order of the images given: label, target, success or the reason of failure, c,
            margin, distortion.
        probes: A row per attack, center, box policy and scale: counts and shares per outcome, 95 % intervals.
        curves: Mean shares over images per center and box policy, with their bands and half scales.
        tensors: `image` and `adversarial` of each success, by image id and target.
        passed_over: Ids of the images that were not attacked: the network errs on them, or they are of the target
            class.
        classes: Names of the classes.
        noise: Name of the noise.
    """

    images: pd.DataFrame
    probes: pd.DataFrame
    curves: list[Curve]
    tensors: dict[CaseKey, dict[str, torch.Tensor]]
    passed_over: list[str]
    classes: list[str]
    noise: str

    @property
    def adversarials(self) -> torch.Tensor:
        """The adversarial images, in the order of the successes in `images`.

        Raises:
            AdvspaceError: no attack succeeded.
        """
        cases = self.images.loc[self.images["success"], CASE].itertuples(index=False, name=None)
        result = [self.tensors[case]["adversarial"] for case in cases]
        if not result:
            raise AdvspaceError("no attack succeeded; see the column reason of images")
        return torch.stack(result)

    def figures(self) -> dict[str, "Figure"]:
        """The figures of a run: `shares`, `images`, `gallery` and `histogram`; none where no attack succeeded."""
        from advspace.figures import figures

        return figures(self.images, self.curves, self.tensors, self.noise, self.classes)


def probe_images(
    network: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor | None = None,
    *,
    attack: Attack | str = "lbfgsb",
    noise: Noise | str = "gaussian",
    probe: Probe | str = "ladder",
    target: str | int = "random",
    classes: Sequence[str] | None = None,
    seed: int = 0,
    batch_size: int = 64,
    draws_per_forward: int | str = "auto",
    precision: str = "32-true",
    accelerator: str = "auto",
    directory: Path | str | None = None,
) -> Probed:
    """Make adversarials of images and probe the space around both.

    Args:
        network: Pixels in [0, 1] to logits, normalising included; a frozen copy of it is used.
        images: Floats [image, channel, height, width] in [0, 1].
        labels: Class of each; without them the network's own answer counts.
        attack: A plugin of that kind, or the name of one, with its defaults.
        noise: The same.
        probe: The same.
        target: `random`, `least_likely`, `runner_up`, `untargeted`, or a class by number or name.
        classes: Names of the classes; numbers, unless given.
        seed: Of everything random.
        batch_size: Images attacked at once.
        draws_per_forward: Probes in one forward pass, or `auto`.
        precision: Of the network while it is probed: `32-true` or `bf16-mixed`.
        accelerator: As Lightning's Trainer takes it.
        directory: Where to leave tables, tensors, figures, summary and `report.html`, as a run of `probe.py` does; it
            must not hold a run yet.  Without it nothing is left.

    Returns:
        Tables, curves and images.

    Raises:
        AdvspaceError: an argument is refused, no image can be attacked, or the directory holds a run.
    """
    names = list(classes) if classes is not None else _numbers(network, images)
    components = _parts(
        network, InMemoryImages(images, labels, names), {"attack": attack, "noise": noise, "probe": probe}
    )
    settings = Settings(
        seed=seed,
        images=len(images),
        targets_per_image=1,
        batch_size=batch_size,
        draws_per_forward=draws_per_forward,
        precision=precision,
        target=target,
        cache="off",
    )
    with _place(directory) as path:
        selection = _attacked_and_probed(components, settings, accelerator, path)
        if directory is not None:
            conclude(path, _told(components) | vars(settings), selection, names)
        return _read(path, selection, names, components.names["noise"])


@contextmanager
def _place(directory: Path | str | None) -> Iterator[Path]:
    """The directory given, or one that is gone afterwards."""
    if directory is None:
        with TemporaryDirectory() as folder:
            yield Path(folder)
        return
    if done_cases(Path(directory)):
        raise AdvspaceError(f"directory: there is a run in {directory} already; choose another directory")
    yield Path(directory)


def _attacked_and_probed(components: Components, settings: Settings, accelerator: str, path: Path) -> Selection:
    from advspace.run.predict import AttackAndProbe, predict

    network, split, names = (
        components.model.network(components.dataset.shape, 0),
        components.dataset.split("test"),
        components.dataset.classes,
    )
    selection = select(network, split, list(names), images=settings.images, target=settings.target, seed=settings.seed)
    write_plan(path, Plan(selection, digest(network), list(names)))
    chosen = Pending(split, selection, range(len(selection.ids)))
    predict(AttackAndProbe(network, components, settings, path), chosen, ALONE | {"accelerator": accelerator})
    return selection


def _read(path: Path, selection: Selection, classes: list[str], noise: str) -> Probed:
    images, probes = read_tables(path)
    order = ["image_id", "target"]
    return Probed(
        images=images.sort_values(order, ignore_index=True),
        probes=probes if probes.empty else probes.sort_values(order, kind="stable", ignore_index=True),
        curves=curves(probes),
        tensors=read_tensors(path),
        passed_over=sorted([*selection.misclassified, *selection.on_target]),
        classes=classes,
        noise=noise,
    )


def _parts(network: nn.Module, dataset: InMemoryImages, given: dict[str, Any]) -> Components:
    """The five plugins, those given by name with their defaults."""
    made = {kind: load(kind, plugin)() if isinstance(plugin, str) else plugin for kind, plugin in given.items()}
    names = {kind: name_of(kind, plugin) for kind, plugin in made.items()} | {"dataset": "images", "model": "network"}
    versions = {kind: version(kind, name) if name in installed(kind) else "own" for kind, name in names.items()}
    return Components(dataset=dataset, model=GivenNetwork(given=network), names=names, versions=versions, **made)


def _told(components: Components) -> dict[str, Any]:
    """The plugins and their settings, as a config would say them."""
    settings = {kind: getattr(getattr(components, kind), "__dict__", {}) for kind in ("attack", "noise", "probe")}
    plain: dict[str, Any] = json.loads(json.dumps(settings, default=repr))
    return {kind: {"plugin": name} | plain.get(kind, {}) for kind, name in components.names.items()}


def _numbers(network: nn.Module, images: torch.Tensor) -> list[str]:
    """The classes that the network tells apart, by number.

    Raises:
        AdvspaceError: it does not take the images, or does not give logits.
    """
    own = GivenNetwork(given=network).network((0, 0, 0), 0)
    try:
        with torch.no_grad():
            logits = own(images[:1].detach().cpu().float())
    except (RuntimeError, ValueError) as error:
        raise AdvspaceError(
            f"the network cannot take images of shape {list(images.shape[1:])} ({error}); give it what it was made for"
        ) from error
    if not isinstance(logits, torch.Tensor) or logits.dim() != 2 or logits.shape[1] < 2:
        result = list(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise AdvspaceError(f"the network must give logits [image, class] of two classes or more, got {result}")
    return [str(number) for number in range(logits.shape[1])]
