"""The probe contract: records of the points around one image."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from torch import nn

from advspace.noise.blocks import NoiseBlocks
from advspace.noise.contract import Noise
from advspace.shapes import Image

CENTERS = ("adversarial", "original")


@dataclass(frozen=True)
class Case:
    """One image and its adversarial.

    Args:
        image_id: Stable id of the image.
        image: The clean image.
        adversarial: The adversarial image.
        label: True class, which the model predicts for the clean image.
        target: Class that the model predicts for the adversarial.
    """

    image_id: str
    image: Image
    adversarial: Image
    label: int
    target: int

    @property
    def distortion(self) -> Image:
        """Adversarial minus image."""
        return self.adversarial - self.image

    def center(self, name: str) -> Image:
        """The image of the center `name`, one of `CENTERS`."""
        return {"adversarial": self.adversarial, "original": self.image}[name]


def kept_around(center: str) -> str:
    """The outcome that counts as kept: the original's class around the original, the target around other centers."""
    return "original" if center == "original" else "target"


def kept_class(case: Case, center: str) -> int:
    """The class of the outcome that counts as kept around a center."""
    return case.label if kept_around(center) == "original" else case.target


@dataclass(frozen=True)
class ProbeRecord:
    """The probes of one image, center, box policy and scale.

    Args:
        image_id: Stable id of the image.
        target: Class that the model predicts for the adversarial; with `image_id` it identifies the attack.
        center: `adversarial`, `original`, or a name of the probe's own for another center.  Around another center a
            probe counts as kept if it has the target class.
        box: Box policy: `clip`, `none`, or one of the probe's own.
        scale: Nominal standard deviation, in units of the distortion's; or a distance, >= 0.
        draws: Number of probes.
        n_target: Probes with the target class.
        n_original: Probes with the true class.
        n_other: Probes with any other class.
        class_counts: Probes per class.
        noise_mean: Mean offset after the box policy, over the measured probes (`advspace.probe.measure`) and pixels;
            pixels in [0, 1].
        noise_sd: Standard deviation of these offsets.
        noise_l2: Mean Euclidean norm of these offsets.
        clipped: Share of the pixels that the box moved.
        extra: Additional columns of the probe, the same in all its records; curves average over records that differ
            only in them.
    """

    image_id: str
    target: int
    center: str
    box: str
    scale: float
    draws: int
    n_target: int
    n_original: int
    n_other: int
    class_counts: list[int]
    noise_mean: float
    noise_sd: float
    noise_l2: float
    clipped: float
    extra: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Measure:
    """What a probe measures, in the words of figures, reports and the terminal.

    Args:
        axis: Meaning of `scale`, as the label of an axis: `noise sd / distortion sd`, `distance along the ray, L2`.
        unit: Unit after a value of `scale`: `x the distortion's sd`, `L2`.
        noise: Whether probes are drawn from the run's noise; else the noise is not named.
        centers: Names of the centers, in the order in which they are shown.
    """

    axis: str = "noise sd / distortion sd"
    unit: str = "x the distortion's sd"
    noise: bool = True
    centers: tuple[str, ...] = CENTERS


Row = Mapping[str, Any]


@dataclass(frozen=True)
class ProbeResult:
    """The result of a probe with tables of its own, for one image.

    Args:
        records: Records for the common table of probes; may be empty.
        tables: Rows of the probe's own tables, by name: texts, plain numbers, lists of numbers or bytes, the same
            columns in every row.  The framework adds the columns `image_id` and `target`, and those that name the
            plugins.
    """

    records: Sequence[ProbeRecord] = ()
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)


class Probe(ABC):
    """A way to probe the space around an image; `measure` describes what it measures."""

    measure: ClassVar[Measure] = Measure()

    @abstractmethod
    def __call__(
        self, model: nn.Module, case: Case, noise: Noise, blocks: NoiseBlocks
    ) -> list[ProbeRecord] | ProbeResult:
        """Probe around one case.

        Args:
            model: Frozen network, pixels to logits.
            case: The image and its adversarial, on the model's device.
            noise: Distribution of the probes.
            blocks: Random numbers of the noise, and the number of points in a forward pass.
        """
